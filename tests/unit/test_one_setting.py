"""One setting: every process, command and page reads the rules of the city that is set."""

import ast
import shutil
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from tests.own_programme import CASE, CITY

ROOT = Path(__file__).resolve().parents[2]
NAME = "returnee-post/210500-2022-03-01"

LOADS = {
    "services/runtime/city.py": "the one way",
    "services/cli/rules.py": "without a folder of a city, authoring goes by what ships, and says so",
    "services/tools/authoring/overlay.py": "a try-out: files in the place of those in force",
    "services/tools/city/skeleton.py": "a new folder is written from what the shipped rules leave open",
    "services/tools/authoring/generated_docs.py": "the reference of the package is about what ships",
}
"""The only places under `services` that load rules, and why each is right."""


def loads(source: str) -> bool:
    """Whether a module loads rules or cities itself, in whatever spelling."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "load"
        and isinstance(node.value, ast.Name)
        and node.value.id == "Policies"
        for node in ast.walk(ast.parse(source))
    )


def test_nobody_loads_rules_but_by_the_setting() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "services").rglob("*.py")
        if loads(path.read_text("utf-8"))
    }
    assert found == set(LOADS)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A city with a programme of its own, set as a ledger has it set."""
    folder = Path(shutil.copytree(CITY, tmp_path / "210500"))
    monkeypatch.setenv("BENEFIT_LEDGER_CITY", str(folder))
    return folder


@pytest.fixture
def message(tmp_path: Path) -> Path:
    path = tmp_path / "case.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, CASE)))
    return path


def test_every_command_knows_the_citys_own_programme(
    city: Path, message: Path, tmp_path: Path
) -> None:
    """What each answers of a programme that stands in the city's folder alone."""
    facts = tmp_path / "facts.jsonl"
    told = run("simulate", str(message), "--funded")
    facts.write_text(told.output, encoding="utf-8")
    assert '"ApprovalGranted"' in told.output, told.output
    assert '"amount":120000' in told.output.replace(" ", "")
    same = tmp_path / "same"
    same.mkdir()
    shutil.copytree(city / "programmes", same / "programmes")
    own = same / "programmes" / f"{NAME}.yaml"
    text = own.read_text("utf-8")
    own.write_text(text.replace("in: [高职, 本科]", "in: [高职]"), encoding="utf-8")
    for words, wanted in (
        (("simulate", str(message), "--funded", "--decisions"), "返乡驻村"),
        (("check", str(message)), "没有发现问题"),
        (("policies", "list", "--json"), "返乡驻村补贴"),
        (("policies", "card", NAME), "到行政村驻村工作"),
        (("policies", "questions"), "返乡驻村补贴（returnee-post）"),
        (("policies", "diff", ".", str(same)), f"改变 {NAME}"),
        (("policies", "backtest", str(same), "--facts", str(facts)), "returnee-post"),
    ):
        answer = run(*words)
        assert answer.exit_code == 0, (words, answer.output)
        assert wanted in answer.output, (words, answer.output)


def test_a_citys_figures_count_in_every_command(city: Path, message: Path) -> None:
    figures = city / "figures/returnee/210500.yaml"
    figures.write_text(
        "monthly:\n- {from: 2022-03-01, value: 700, source: 本溪示例公告}\n", encoding="utf-8"
    )
    assert '"amount":140000' in run("simulate", str(message), "--funded").output.replace(" ", "")
    assert "700" in run("policies", "card", NAME).output
    tried = city.parent / "tried/returnee"
    tried.mkdir(parents=True)
    (tried / "210500.yaml").write_text(
        "monthly:\n- {from: 2022-03-01, value: 800, source: 试算}\n", encoding="utf-8"
    )
    before = run("simulate", str(message), "--funded", "--parameters", str(tried.parent))
    assert '"amount":160000' in before.output.replace(" ", "")
    assert "800" in run("policies", "card", NAME, "--parameters", str(tried.parent)).output


def test_a_newcomer_outside_a_checkout_works_with_what_ships_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BENEFIT_LEDGER_CITY", raising=False)
    monkeypatch.chdir(tmp_path)
    listed = run("policies", "list", "--json")
    assert listed.exit_code == 0
    assert orjson.loads(listed.stdout)
    assert listed.stderr.count("\n") == 1
    assert "只用随附的规则" in listed.stderr


def test_a_folder_that_is_set_and_is_not_there_is_refused_by_every_command(
    message: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BENEFIT_LEDGER_CITY", str(tmp_path / "nowhere"))
    for words in (
        ("simulate", str(message)),
        ("check", str(message)),
        ("policies", "list"),
        ("policies", "card", NAME),
        ("policies", "check"),
        ("policies", "questions"),
        ("policies", "diff", ".", str(tmp_path)),
        ("past", "template", str(tmp_path / "t.csv")),
    ):
        answer = run(*words)
        assert answer.exit_code != 0, words
        assert "nowhere" in answer.output + str(answer.exception), words
