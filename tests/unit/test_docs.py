"""Documents: what is generated is fresh, what is cited is there, and no machine's own name is left."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.authoring.quotes import load_notices
from services.runtime.settings import Settings, describe
from services.tools.authoring.generated_docs import stale

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
_MACHINE = re.compile(
    r"(?<![\w.])/(work|root|home)/\w|/tmp/lead|"
    r"https?://[\w.-]*(artifact|nexus|mirror|proxy|registry|packages\.)[\w.-]*",
    re.IGNORECASE,
)


def tracked() -> Iterator[Path]:
    """Name every file that is in git, and is text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in (".png", ".xlsx", ".mo"):
            yield path


PUBLIC = (
    "GB 11643-1999",
    "GB 32100-2015",
    "ISO 7064",
    "民法典 第",
    "中国人民银行《支付结算办法》",
    "OWASP CSV Injection",
    "OWASP Password Storage",
    "RFC 6238",
    "RFC 9106",
    "NIST SP 800-63B",
)
"""Standards and laws that anybody can look up under these names."""


def test_no_generated_page_is_stale() -> None:
    assert stale() == [], "run: benefit-ledger docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in _LINK.findall(text) if not re.match(r"[a-z]+:|#", link)]
    gone = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert gone == []


def test_every_source_that_a_docstring_cites_is_there() -> None:
    clauses = {
        f"{number}#{clause.id}"
        for number, registered in load_notices(ROOT / "policies" / "notices").items()
        for clause in registered.notice.clauses
    }
    assert clauses
    lost = []
    for path in tracked():
        if path.suffix != ".py":
            continue
        for cited in sources(path):
            known = cited in clauses or cited.startswith(PUBLIC)
            if not known and not (ROOT / cited.partition("#")[0]).is_file():
                lost.append(f"{path.relative_to(ROOT)}: {cited}")
    assert lost == []


def sources(path: Path) -> Iterator[str]:
    """Find what the docstrings of a module cite."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for cited in re.findall(
                r"^\s*Source: *(.+)$", ast.get_docstring(node) or "", re.MULTILINE
            ):
                yield cited.partition(";")[0].strip()


def test_every_setting_is_documented_and_says_what_it_is() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    described = describe()
    assert len(described) == len(Settings.model_fields)
    for setting in described:
        assert f"`{setting.variable}`" in page
        assert setting.meaning.endswith("."), setting


def test_a_decision_record_that_was_replaced_names_what_replaced_it() -> None:
    texts = {path.name[:4]: path.read_text("utf-8") for path in (ROOT / "docs/adr").glob("0*.md")}

    def told(pattern: str) -> set[tuple[str, str]]:
        return {
            (number, other)
            for number, text in texts.items()
            for line in re.findall(pattern, text)
            for other in re.findall(r"\d{4}", line)
        }

    replaces = told(r"\*\*Replaces(?: in part)? ([\d, ]+)\*\*")
    replaced = told(r"\*\*Replaced(?: in part)? by ([\d, ]+)\*\*")
    assert {("0010", "0003"), ("0008", "0002"), ("0008", "0007")} <= replaces
    assert {(old, new) for new, old in replaces} == replaced


def test_the_index_of_decision_records_has_each_with_its_title_and_status() -> None:
    folder = ROOT / "docs" / "adr"
    expected = []
    for record in sorted(folder.glob("0*.md")):
        text = record.read_text("utf-8")
        title = re.sub(r"^# \d+ ?[·.:] ", "", text.partition("\n")[0])
        status = re.findall(r"^Status: (.+)$", text, re.MULTILINE)
        expected.append(f"| [{record.name[:4]}]({record.name}) | {title} | {', '.join(status)} |")
    listed = re.findall(r"^\| \[.*$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == expected


def test_no_package_is_listed_twice() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for listed in (project["dependencies"], *project["optional-dependencies"].values()):
        names = [re.split(r"[<>=~;\[ ]", one)[0] for one in listed]
        assert sorted(set(names)) == sorted(names)


def test_every_decision_record_says_what_would_change_our_mind() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    assert len(records) >= 4
    for record in records:
        assert "change our mind" in record.read_text(encoding="utf-8").lower(), record.name


def test_the_changelog_names_programmes_and_periods() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in text or re.search(r"^## \d", text, re.MULTILINE)
    assert "技能提升补贴" in text


def test_no_file_names_a_machine_or_its_registry() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if _MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert found == []
