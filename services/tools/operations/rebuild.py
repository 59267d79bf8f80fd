"""Rebuild: fold the ledger again, say whether the books are what it says, and take over if wanted."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from projections.engine.rebuild import Report
from projections.engine.rebuild import rebuild as fold_again
from services.runtime.settings import Settings

EXIT_DIFFERS = 1


async def rebuild(settings: Settings, console: Console, *, swap: bool) -> int:
    """Rebuild or verify the books.

    Shape:  the exit code: 0 when they agree
    Raises: as `projections.engine.rebuild.rebuild`
    """
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress("{task.description}", *columns, console=console) as progress:
        task = progress.add_task("重建" if swap else "核对", total=None)

        def moved(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        report = await fold_again(settings, swap=swap, progress=moved)
    _tell(console, report)
    made_anew = report.swapped and report.agree  # over books that were empty
    return 0 if report.proved or made_anew else EXIT_DIFFERS


def _tell(console: Console, report: Report) -> None:
    console.print(f"总账事实 {report.facts:,} 条，摘要 {report.digest}")
    for partition, trouble in report.troubles.items():
        console.print(f"[bold red]分区 {partition} 停止：{trouble}[/]")
    if report.differences:
        table = Table("表", "分区", "现有", "重算", title="台账与总账不一致")
        for one in report.differences:
            table.add_row(*(str(part) for part in one))
        console.print(table)
    for name, (before, now) in report.changed.items():
        console.print(f"{name}：定义已变，原 {before or 0:,} 行，现 {now:,} 行")
    if report.agree and not report.facts:
        console.print(
            "[bold red]没有可比对的内容[/]：现有台账没有读入一条事实，或总账是空的；未切换。"
            "总账丢失的，见 docs/how-to/restore.md。"
        )
    elif report.agree and not report.proved:
        done = "已从总账新建" if report.swapped else "未切换"
        console.print(f"[yellow]未经比对[/]：现有台账是空的，没有什么可以与总账比对；{done}。")
    elif report.agree:
        done = "已切换到新台账" if report.swapped else "未切换"
        console.print(f"[green]一致[/]：{len(report.compared)} 张表逐表逐分区摘要相同；{done}。")
