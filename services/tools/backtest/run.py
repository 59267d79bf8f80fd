"""Backtest run: read the ledger, put every decision to the changed rules, tell and write the result."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table as Screen

from events.envelope import Recorded
from policies.engine.registry import Policies
from services.runtime.city import policies_of
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable, csv_lines
from services.spreadsheets.workbooks import workbook
from services.tools.authoring.overlay import overlaid
from services.tools.backtest.comparison import BacktestJudge, BacktestReport, ChangedDecision
from services.tools.backtest.recorded_decisions import (
    BeneficiaryHistory,
    from_ledger,
    from_lines,
    stated_in,
    stated_on,
)
from services.wording import figures


class BadName(OperatingFailure):
    """The file to write is neither a workbook nor a CSV file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"不知道怎么写 {path}。", "文件名请以 .xlsx 或 .csv 结尾。")


class DecisionFilter(NamedTuple):
    """Which decisions are looked at."""

    programme: str | None = None
    first: date | None = None
    last: date | None = None

    def holds(self, programme: str, applied_on: date) -> bool:
        """Whether a claim is among them."""
        return (
            self.programme in (None, programme)
            and (self.first is None or self.first <= applied_on)
            and (self.last is None or applied_on <= self.last)
        )


def backtest(
    settings: Settings,
    console: Console,
    folder: Path | None,
    *,
    facts: Path | None,
    wanted: DecisionFilter,
    output: Path | None,
) -> None:
    """Run, tell and write; without a folder the change is what was stated on the running ledger.

    Raises: NoPolicies, BadName, BrokerAway, TopicsMissing
    """
    if output is not None and output.suffix not in (".xlsx", ".csv"):
        raise BadName(output)
    in_force = policies_of(settings)
    if folder is None:
        stated = (
            asyncio.run(stated_on(settings))
            if facts is None
            else stated_in(facts.read_bytes().splitlines())
        )
        changed = in_force.with_figures(stated)
    else:
        changed = overlaid(folder, in_force.cities)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress("{task.description}", *columns, console=console) as bar:
        task = bar.add_task("回测", total=None)

        def moved(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        source = (
            from_ledger(settings, moved) if facts is None else _from_simulation(facts.read_bytes())
        )
        report = asyncio.run(decided_again(source, changed, wanted, in_force))
    _print_report(console, report)
    if output is not None:
        table = sheet(report)
        if output.suffix == ".xlsx":
            about = "改动后的规则对过去申请的结论；每件单独判断，不推演后续"
            output.write_bytes(
                workbook(
                    table,
                    [("说明", about), ("改动", folder.name if folder else "台账运行中规定的参数")],
                )
            )
        else:
            output.write_bytes(asyncio.run(_csv(table)))
        console.print(f"已写 {output}，{len(report.changed)} 件", highlight=False)


async def decided_again(
    source: AsyncIterator[Recorded], changed: Policies, wanted: DecisionFilter, in_force: Policies
) -> BacktestReport:
    """Fold the facts and put each decision to the changed rules just before it is folded."""
    judge, history = BacktestJudge(in_force, changed), BeneficiaryHistory(in_force)
    async for recorded in source:
        past = history.tell(recorded)
        if past is not None and wanted.holds(past.stated.programme, past.stated.applied_on):
            judge.look(past)
        history.folded(recorded)
    return judge.report()


async def _from_simulation(raw: bytes) -> AsyncIterator[Recorded]:
    for recorded in from_lines(raw.splitlines()):
        yield recorded


async def _csv(table: PageTable[ChangedDecision]) -> bytes:
    async def once() -> AsyncIterator[Iterable[ChangedDecision]]:
        yield table.rows

    return b"".join([chunk async for chunk in csv_lines(table, once())])


def sheet(report: BacktestReport) -> PageTable[ChangedDecision]:
    """The changed decisions as a table of a file."""
    columns: list[PageColumn[ChangedDecision]] = [
        PageColumn("申请", lambda one: one.application, ColumnKind.ID),
        PageColumn("补贴项目", lambda one: one.programme),
        PageColumn("区划", lambda one: one.region, ColumnKind.ID),
        PageColumn("申请日期", lambda one: one.applied_on, ColumnKind.DAY),
        PageColumn("原结论", lambda one: one.was.kind),
        PageColumn("原金额（元）", lambda one: one.was.amount_fen, ColumnKind.AMOUNT),
        PageColumn("新结论", lambda one: one.now.kind),
        PageColumn("新金额（元）", lambda one: one.now.amount_fen, ColumnKind.AMOUNT),
        PageColumn("差额（元）", lambda one: one.difference_fen, ColumnKind.DIFFERENCE),
        PageColumn("原版本", lambda one: one.was.version, ColumnKind.ID),
        PageColumn("新版本", lambda one: one.now.version, ColumnKind.ID),
        PageColumn("原条款与原文", lambda one: "\n".join(one.was.clauses)),
        PageColumn("新条款与原文", lambda one: "\n".join(one.now.clauses)),
    ]
    changed = report.changed
    totals: dict[str, object] = {
        "原金额（元）": sum(one.was.amount_fen or 0 for one in changed),
        "新金额（元）": sum(one.now.amount_fen or 0 for one in changed),
        "差额（元）": sum(one.difference_fen for one in changed),
    }
    return PageTable("backtest", "回测", columns, changed, totals)


def _print_report(console: Console, report: BacktestReport) -> None:
    table = Screen("项目", "原结论", "新结论", "件", "原金额（元）", "新金额（元）", "差额（元）")
    for name in ("件", "原金额（元）", "新金额（元）", "差额（元）"):
        next(column for column in table.columns if column.header == name).justify = "right"
    for one in report.groups:
        table.add_row(
            one.programme,
            one.was,
            one.now,
            figures.count(one.cases),
            figures.yuan(one.was_fen),
            figures.yuan(one.now_fen),
            figures.yuan(one.now_fen - one.was_fen, signed=True),
        )
    if report.changed:
        console.print(table)
    total = sum(one.difference_fen for one in report.changed)
    console.print(
        f"过去 {figures.count(report.looked_at)} 件规则结论，改动后 "
        f"{figures.count(len(report.changed))} 件不同，金额差 {figures.yuan(total, signed=True)} 元。"
    )
