"""`benefit-ledger set-aside`: what could not be decided, and how it goes on."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

app = typer.Typer(help="搁置：无法处理的命令所在的流，及恢复。", no_args_is_help=True)


@app.command("list")
def list_waiting() -> None:
    """列出搁置的命令，按流和先后。"""
    from services.runtime.settings import Settings
    from services.tools.staff.set_aside import waiting

    found = asyncio.run(waiting(Settings().postgres_dsn))
    table = Table("流", "事实", "命令", "命令编号", "原因", "位置")
    for one in found:
        reason = "排在搁置命令之后" if one.behind else one.error
        table.add_row(one.stream, str(one.seq), one.command, one.command_id, reason, one.place)
    console.print(table if found else "没有搁置的命令。")


@app.command("resume")
def resume(
    stream: Annotated[str, typer.Argument(help="流的名称，见 list")],
    reason: Annotated[str, typer.Option(help="为什么现在可以继续")],
    operator: Annotated[str, typer.Option(help="操作人")] = ME,
) -> None:
    """恢复一个流，并按原次序重发搁置的命令。"""
    from services.runtime.settings import Settings
    from services.tools.staff.set_aside import resume as run_resume

    count = asyncio.run(run_resume(Settings(), stream, operator, reason))
    console.print(f"已恢复 {stream}，重发 {count} 条命令。")


@app.command("reject")
def reject(
    stream: Annotated[str, typer.Argument(help="流的名称，见 list")],
    command: Annotated[str, typer.Argument(help="命令编号，见 list")],
    reason: Annotated[str, typer.Option(help="为什么不再办理；会告知上游并记录")],
    operator: Annotated[str, typer.Option(help="操作人")] = ME,
) -> None:
    """不再办理一条搁置的命令，记录理由，其余的按原次序继续。"""
    from services.runtime.settings import Settings
    from services.tools.staff.set_aside import reject as run_reject

    if not reason.strip():
        raise typer.BadParameter("请写明理由。")
    count = asyncio.run(run_reject(Settings(), stream, command, operator, reason))
    console.print(f"已不再办理 {command}，{stream} 继续，重发其余 {count} 条命令。")
