"""`benefit-ledger ledger`: is the log what the desk has written; what must somebody see."""

import asyncio
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

app = typer.Typer(help="总账：验证签名和链；查看并关闭异常记录。", no_args_is_help=True)

_KINDS = {
    "foreign_record": "外来记录",
    "foreign_command": "冒名命令",
    "lost_messages": "报文丢失",
    "damaged": "分区损坏",
}


@app.command("verify")
def verify(
    start: Annotated[int | None, typer.Option("--from", min=0, help="从这个位点起")] = None,
    end: Annotated[int | None, typer.Option("--to", min=0, help="到这个位点为止")] = None,
) -> None:
    """从外部验证总账：逐分区验签名、事实清单和链，指出第一处断点和全部外来记录。"""
    from services.runtime.settings import Settings
    from services.tools.operations.verify_ledger import verified

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("验证", total=None)

        def moved(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        found = asyncio.run(verified(Settings(), moved, start, end))
    table = Table("分区", "位点", "事务", "其中未签名", "事实", "外来记录", "链")
    for one in found:
        chain = "完整" if one.broken_at is None else f"断于 {one.broken_at}：{one.why}"
        table.add_row(
            str(one.partition),
            f"{one.first}–{one.end}",
            f"{one.transactions:,}",
            f"{one.unsigned:,}",
            f"{one.facts:,}",
            f"{len(one.foreign):,}",
            chain,
        )
    console.print(table)
    for one in found:
        for foreign in one.foreign:
            console.print(f"外来记录 ledger/{one.partition}/{foreign.offset}：{foreign.why}")
    broken = [one for one in found if one.broken_at is not None]
    if broken:
        first = broken[0]
        console.print(
            f"[bold red]链断了[/]：第一处 ledger/{first.partition}/{first.broken_at}。"
            "办法见 docs/how-to/damaged-log.md。"
        )
        raise typer.Exit(1)
    if not any(one.facts for one in found):
        console.print("[bold red]没有可验证的内容[/]：总账里一条事实也没有。")
        raise typer.Exit(1)
    if any(one.foreign for one in found):
        console.print("[bold red]有外来记录[/]：各处均已略过，账不受影响；请查明是谁写入的。")
        raise typer.Exit(2)
    console.print(f"[green]完整[/]：{sum(one.facts for one in found):,} 条事实，链与签名无误。")


@app.command("violations")
def list_violations() -> None:
    """列出未关闭的异常记录：外来记录、冒名命令、丢失的报文。"""
    from services.machine.connections import books
    from services.runtime.postgres.violations import open_ones
    from services.runtime.settings import Settings

    async def body() -> list[Any]:
        async with books(Settings().postgres_dsn) as connection:
            return await open_ones(connection)

    found = asyncio.run(body())
    table = Table("编号", "种类", "位置", "条数", "说明", "发现")
    for row in found:
        table.add_row(
            str(row["violation"]),
            _KINDS[row["kind"]],
            f"{row['topic']}/{row['partition']}/{row['first_offset']}",
            f"{row['records']:,}",
            row["text"],
            f"{row['found_by']} {row['found_at']:%F %T}",
        )
    console.print(table if found else "没有未关闭的异常记录。")


@app.command("close")
def close_violation(
    violation: Annotated[int, typer.Argument(help="编号，见 violations")],
    reason: Annotated[str, typer.Option(help="查明了什么")],
    operator: Annotated[str, typer.Option(help="操作人")] = ME,
) -> None:
    """关闭一条异常记录，写明查明了什么。"""
    from services.machine.connections import books
    from services.runtime.postgres.violations import close
    from services.runtime.settings import Settings

    async def body() -> bool:
        async with books(Settings().postgres_dsn) as connection:
            return await close(connection, violation, operator, reason)

    if len(reason.strip()) < 4:
        console.print("请写明查明了什么。")
        raise typer.Exit(2)
    if not asyncio.run(body()):
        console.print(f"没有编号 {violation} 的未关闭记录。")
        raise typer.Exit(1)
    console.print(f"已关闭 {violation}。")
