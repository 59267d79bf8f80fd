"""Nothing of a city stands in code: what a city decides lies in its folder, or in data that names it.

Looked for: every region's code and name, published or a city's own, cities without 市, payers,
accounts, upstream systems and staff, as the city folders and the published list have them, and who
numbers the notices (铁市人社). Looked at: every Python module of the product, to its comments, and
every page's template.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from policies.cities import read_cities
from policies.reference_data.regions import published_regions
from tests.policies.test_law_elsewhere import NUMBERS
from tests.unit.test_architecture import ROOT, TOPS

FOLDERS = (ROOT / "cities", ROOT / "tests" / "cities")
ALLOWED: dict[str, str] = {}
"""Files in which a name may stand, and why."""


def words() -> set[str]:
    """Every name that is a city's own."""
    published = published_regions()
    found = set(published.values())
    found |= {published[code][:-1] for code in published if re.search("[^0]00$|[1-9]000$", code)}
    found |= {number.partition("〔")[0] for number in NUMBERS}
    for city in (one for folder in FOLDERS for one in read_cities(folder)):
        about = city.about
        found |= {about.name, about.payer, *about.districts.values(), *about.sources}
        found |= {member.id for member in about.staff} | {member.name for member in about.staff}
        found |= {account.alias for account in city.accounts}
        found |= {account.title for account in city.accounts}
    return found


def codes() -> set[str]:
    """Every region's code."""
    cities = (one for folder in FOLDERS for one in read_cities(folder))
    return {*published_regions(), *(code for city in cities for code in city.about.districts)}


@cache
def pattern() -> re.Pattern[str]:
    """What is looked for: a code alone or at the head of somebody's number, a name anywhere."""
    return re.compile(rf"(?<![0-9]){any_of(codes())}(?![0-9]{{1,10}}(?![0-9X]))|{any_of(words())}")


def any_of(wanted: set[str]) -> str:
    """A pattern of any of these, the longest first; by their first characters, so that most places
    of a text are passed over at one look."""
    by_head: dict[str, list[str]] = {}
    for word in sorted(wanted, key=len, reverse=True):
        by_head.setdefault(word[0], []).append(re.escape(word[1:]))
    heads = "".join(map(re.escape, by_head))
    each = "|".join(f"{re.escape(head)}(?:{'|'.join(rest)})" for head, rest in by_head.items())
    return f"(?=[{heads}])(?:{each})"


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """A file's lines, and what a module's texts say when escapes are read."""
    source = path.read_text(encoding="utf-8")
    yield from enumerate(source.splitlines(), 1)
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                value = node.value
                yield (
                    node.lineno,
                    value if isinstance(value, str) else value.decode("utf-8", "replace"),
                )


def found_in(path: Path, wanted: re.Pattern[str]) -> set[str]:
    """Where a file names something of a city."""
    return {
        f"{path.name}:{line}: {match[0]}"
        for line, text in texts(path)
        for match in wanted.finditer(text)
    }


def test_no_module_and_no_template_names_anything_of_a_city() -> None:
    wanted = pattern()
    files = [
        path
        for top in TOPS
        for suffix in ("py", "html", "js")
        for path in (ROOT / top).rglob(f"*.{suffix}")
    ]
    assert len(files) > 600
    found = {path.relative_to(ROOT).as_posix(): found_in(path, wanted) for path in files}
    named = {name: lines for name, lines in found.items() if lines}
    assert {name: lines for name, lines in named.items() if name not in ALLOWED} == {}
    assert set(ALLOWED) <= set(named), "is excused and names nothing"


@pytest.mark.parametrize(
    "line",
    [
        'CITY = "211200"',
        "CITY = 211200",
        'LOCAL = "210401"',
        'name = f"{x}/211202.yaml"',
        'PAYER = "抚顺市人力资源和社会保障局"',
        'text = "铁岭开发区"',
        'text = "\\u94c1\\u5cad"',
        'account = "icbc-1234"',
        'document = "铁市人社批〔2022〕15号"',
        'WHO = "li-jing"',
        'id = "21120219900307000X"',
        "x = 1  # 如 沈阳市",
    ],
)
def test_what_is_looked_for_is_found(tmp_path: Path, line: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(line, encoding="utf-8")
    assert found_in(module, pattern())


@pytest.mark.parametrize(
    "line", ['x = "2112001"', "y = 1_211_200_000", 'z = "市人力资源"', "n = 9211200"]
)
def test_what_is_no_city_s_is_not_found(tmp_path: Path, line: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(line, encoding="utf-8")
    assert not found_in(module, pattern())
