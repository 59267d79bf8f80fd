"""`policies backtest`: past claims under changed rules, on what was really used before them."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from events.envelope import Recorded
from policies.cities import read_cities
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from services.cli.app import app
from services.tools.authoring.overlay import overlaid
from services.tools.backtest.comparison import BacktestReport
from services.tools.backtest.recorded_decisions import from_lines
from services.tools.backtest.run import DecisionFilter, decided_again, sheet
from services.tools.simulation.simulate import simulate
from tests.example_cities import city_with
from tests.scenario_folders import CITY, messages

FILE = "programmes/skill-upgrade/211200-2022-01-01.yaml"
NAMES = ("caps-of-a-year", "what-is-refused")


@pytest.fixture(scope="module")
def facts() -> bytes:
    """What two scenarios led to."""
    return "\n".join(
        simulate([line for name in NAMES for line in messages(name)], Policies.load())
    ).encode()


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """A directory with one changed file in it."""
    text = (ROOT / FILE).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / FILE).parent.mkdir(parents=True)
    (folder / FILE).write_text(text, "utf-8")
    return folder


async def again(
    facts: bytes, policies: Policies, wanted: DecisionFilter | None = None
) -> BacktestReport:
    async def source() -> AsyncIterator[Recorded]:
        for recorded in from_lines(facts.splitlines()):
            yield recorded

    return await decided_again(source(), policies, wanted or DecisionFilter(), Policies.load())


def decisions(facts: bytes) -> int:
    kinds = (ApprovalProposed, ApprovalDenied, ApprovalReferred)
    bodies = [recorded.body for recorded in from_lines(facts.splitlines())]
    return sum(isinstance(body, kinds) and not getattr(body, "reviewer", None) for body in bodies)


async def test_unchanged_rules_decide_every_past_claim_as_they_did(facts: bytes) -> None:
    report = await again(facts, Policies.load())
    assert report.looked_at == decisions(facts) > 5
    assert report.changed == ()


async def test_a_higher_rate_changes_the_amount_and_nothing_else(
    facts: bytes, tmp_path: Path
) -> None:
    report = await again(
        facts, overlaid(changed(tmp_path, ("四级: 1500, 三级", "四级: 1600, 三级")))
    )
    assert report.changed
    for one in report.changed:
        assert (one.was.kind, one.now.kind, one.difference_fen) == ("核准", "核准", 10_000)
    (group,) = report.groups
    assert group.now_fen - group.was_fen == 10_000 * len(report.changed)


async def test_a_lower_cap_counts_what_was_really_used_before_each_claim(
    facts: bytes, tmp_path: Path
) -> None:
    report = await again(facts, overlaid(changed(tmp_path, ("max: 3, quote", "max: 1, quote"))))
    turned = [one for one in report.changed if one.was.kind == "核准"]
    assert turned
    for one in turned:
        assert one.now.kind == "不予核准"
        assert "per_year" in one.now.about
        assert any("每人每年享受补贴次数最多不超过3次" in line for line in one.now.clauses)
        assert one.difference_fen == -(one.was.amount_fen or 0)


async def test_only_what_is_asked_for_is_looked_at(facts: bytes) -> None:
    none = await again(facts, Policies.load(), DecisionFilter(programme="jobseeking"))
    everything = await again(facts, Policies.load())
    some = await again(facts, Policies.load(), DecisionFilter(programme="skill-upgrade"))
    assert none.looked_at < some.looked_at <= everything.looked_at


async def test_the_same_facts_give_the_same_report(facts: bytes, tmp_path: Path) -> None:
    policies = overlaid(changed(tmp_path, ("max: 3, quote", "max: 2, quote")))
    assert await again(facts, policies) == await again(facts, policies)


async def test_a_file_holds_every_changed_decision_with_its_clauses(
    facts: bytes, tmp_path: Path
) -> None:
    report = await again(facts, overlaid(changed(tmp_path, ("max: 3, quote", "max: 1, quote"))))
    table = sheet(report)
    assert len(table.rows) == len(report.changed)
    headers = [column.header for column in table.columns]
    assert table.totals["差额（元）"] == sum(one.difference_fen for one in report.changed)
    assert "新条款与原文" in headers


def test_a_citys_own_figures_stay_where_a_directory_changes_something_else(tmp_path: Path) -> None:
    own = read_cities(city_with(CITY, tmp_path / "city"))
    rules = changed(tmp_path / "rules", ("max: 3, quote", "max: 1, quote"))
    assert minimum_wage(overlaid(rules, own), "211202") == 170_000
    others = tmp_path / "figures"
    (others / "local").mkdir(parents=True)
    (others / "local/211204.yaml").write_text(
        "min_wage:\n- {from: 2022-01-01, value: 1800, source: not stated}\n"
    )
    both = overlaid(others, own)
    assert (minimum_wage(both, "211202"), minimum_wage(both, "211204")) == (170_000, 180_000)


def minimum_wage(policies: Policies, region: str) -> object:
    return policies.standards.figure("local.min_wage", region).rows[0].value


def test_the_command_tells_a_summary_and_writes_both_kinds_of_file(
    facts: bytes, tmp_path: Path
) -> None:
    told = tmp_path / "facts.jsonl"
    told.write_bytes(facts)
    folder = changed(tmp_path / "new", ("max: 3, quote", "max: 1, quote"))
    for suffix in ("xlsx", "csv"):
        output = tmp_path / f"out.{suffix}"
        words = ["policies", "backtest", str(folder), "--facts", str(told), "-o", str(output)]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        assert "改动后" in result.output
        assert "不予核准" in result.output
    book = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert book.max_row == len(rows) > 2
    assert isinstance(book.cell(2, 6).value, int | float)
