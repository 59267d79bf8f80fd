"""The page of ASVS: every test that it names exists, and no row of its chapters is left out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
_NAMED = re.compile(r"`(test_\w+\.py)::(\w+)`")
STATES = {"shown", "partly", "written", "not met", "not here"}
MOST = {
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section of the chapters has that are listed whole."""

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]


def test_every_test_that_is_named_is_there() -> None:
    texts: dict[str, str] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        texts[path.name] = texts.get(path.name, "") + path.read_text("utf-8")
    named = set(_NAMED.findall(PAGE))
    assert len(named) > 60
    gone = [
        f"{file}::{name}"
        for file, name in sorted(named)
        if not re.search(rf"^(async )?def {name}\(", texts.get(file, ""), re.MULTILINE)
    ]
    assert gone == []


def test_every_requirement_stands_there_once() -> None:
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers))
    wanted = {f"{section}.{nth + 1}" for section, most in MOST.items() for nth in range(most)}
    assert {one for one in numbers if one.split(".")[0] in {"2", "6", "7", "8"}} == wanted


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_a_row_says_how_it_stands_and_by_what(row: list[str]) -> None:
    _number, gist, state, why = row
    assert gist
    assert state in STATES
    if state == "shown":
        assert _NAMED.search(why), "nothing shows it"
    assert why
