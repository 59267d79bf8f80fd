"""Demo: a city's claims through the whole real system on this computer, and its books afterwards."""

import asyncio

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from services.demo.driver import run_demo
from services.demo.summary import Summary
from services.main.machine import machine
from services.runtime.settings import Settings

_STATES = {
    "granted": "核准",
    "denied": "不予核准",
    "referred": "转人工",
    "held": "待预算",
    "withdrawn": "已撤回",
    "proposed": "审核中",
    "lapsed": "已过期",
}


async def demo(
    settings: Settings, console: Console, *, once: bool, applications: int, seed: int
) -> None:
    """Play the demo; then show the books until Ctrl-C, or end at once.

    Raises: as `services.main.machine.machine` and `services.demo.driver.run_demo`
    """
    console.print("惠民补贴台账 · 演示：真的 Kafka、Faust、PostgreSQL，虚构的人。", style="bold")
    async with machine(settings, console) as running:
        with _progress(console) as progress:
            summary = await run_demo(running.settings, progress, lines=applications, seed=seed)
        for table in _tables(summary):
            console.print(table)
        if running.supervisor.restarts:
            console.print(f"进程重启 {running.supervisor.restarts} 次，见 {settings.data_dir}/logs")
        if not once:
            console.print(f"\n工作台 [bold]{running.pages}[/]   Ctrl-C 停止；数据保留。")
            await asyncio.Event().wait()
    if once:
        console.file.write(summary.model_dump_json() + "\n")


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _tables(summary: Summary) -> list[Table]:
    return [_decisions(summary), _money(summary), _books(summary)]


def _decisions(summary: Summary) -> Table:
    states = [name for name in _STATES if any(name in row for row in summary.by_programme.values())]
    table = Table(title="审核结果（件）")
    table.add_column("补贴项目")
    for state in states:
        table.add_column(_STATES[state], justify="right")
    for programme, row in sorted(summary.by_programme.items()):
        table.add_row(programme, *(f"{row.get(state, 0):,}" for state in states))
    return table


def _money(summary: Summary) -> Table:
    table = Table(title="办理", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    dead = "，".join(f"{code} {count}" for code, count in sorted(summary.dead_letters.items()))
    for label, value in (
        ("发布报文", f"{summary.messages_published:,} 条"),
        (
            "申请 / 已决定",
            f"{summary.applications_published:,} / {summary.applications_decided:,} 件",
        ),
        ("更正 / 内容冲突", f"{summary.corrected:,} / {summary.conflicts:,} 件"),
        ("核准", f"{summary.granted:,} 件  {summary.granted_fen / 100:,.2f} 元"),
        (
            "已到账",
            f"{summary.payments_settled:,} 笔  {summary.payments_settled_fen / 100:,.2f} 元",
        ),
        ("退回 / 停发", f"{summary.payments_returned:,} / {summary.instalments_stopped:,} 笔"),
        ("批次", f"{summary.batches:,} 批"),
        ("坏报文", dead or "0"),
    ):
        table.add_row(label, value)
    return table


def _books(summary: Summary) -> Table:
    found = summary.reconciliation
    table = Table(title="账实相符", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    kinds = "，".join(f"{kind} {count}" for kind, count in found.differences_by_kind.items())
    for label, value in (
        ("凭证", f"{summary.journal_entries:,} 张，借贷平衡{_yes(summary.journal_balanced)}"),
        ("银行账户", f"{found.accounts} 户：相符 {found.agreed}，待查 {found.to_explain}"),
        ("差异", f"{found.differences} 笔（{kinds}）"),
        ("放入的差异各找到一次", _yes(found.injected_found_once)),
        ("没有多报", _yes(found.nothing_else_found)),
        ("调节后余额相等", _yes(found.adjusted_balances_equal)),
        ("账面余额", f"{found.book_balance_fen / 100:,.2f} 元"),
        ("银行余额", f"{found.bank_balance_fen / 100:,.2f} 元"),
        ("用时", f"{summary.seconds:.1f} 秒"),
    ):
        table.add_row(label, value)
    return table


def _yes(holds: bool) -> str:
    return "[green]是[/]" if holds else "[bold red]否[/]"
