"""`benefit-ledger letters`: what could not be taken in, and what an administrator does about it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

app = typer.Typer(help="死信：受理不了的报文，查看、更正重发、关闭、搁置。", no_args_is_help=True)

Letter = Annotated[str, typer.Argument(help="死信编号，主题/分区/位点/行，见 list")]
Purpose = Annotated[str, typer.Option(help="为什么；记入台账")]
By = Annotated[str, typer.Option(help="操作人")]
STATES = {"open": "待处理", "resubmitted": "已重新提交", "closed": "已关闭"}


@app.command("list")
def list_letters(
    state: Annotated[str, typer.Option(help="open、resubmitted、closed 或 all")] = "open",
    most: Annotated[int, typer.Option(help="至多列出几封")] = 200,
) -> None:
    """列出死信，最近的在前；不含报文内容。"""
    from services.runtime.settings import Settings
    from services.tools.staff.dead_letters import listed

    if state not in (*STATES, "all"):
        raise typer.BadParameter("state 为 open、resubmitted、closed 或 all。")
    found = asyncio.run(listed(Settings().postgres_dsn, state, most))
    table = Table("死信", "状态", "代码", "字段", "来源", "报文编号", "申请", "错误")
    for one in found:
        table.add_row(
            one.letter, STATES[one.state], one.code, one.field, one.source, one.event,
            one.application, one.error,
        )  # fmt: skip
    console.print(table if found else "没有这样的死信。")


@app.command()
def show(letter: Letter, purpose: Purpose, by: By = ME) -> None:
    """打开一封死信，显示报文和全部问题；谁、为什么打开，先记入台账。"""
    from services.runtime.settings import Settings
    from services.tools.staff.dead_letters import show as run_show

    opened = asyncio.run(run_show(Settings(), letter, purpose, by))
    console.print(
        f"[bold]{letter}[/]  {opened.letter.code}  {opened.received_at:%Y-%m-%d %H:%M:%S}Z"
    )
    console.print(opened.letter.details, markup=False)
    for name, value in opened.letter.headers:
        console.print(f"{name}: {(value or b'').decode('utf-8', 'replace')}", markup=False)
    console.print((opened.letter.value or b"").decode("utf-8", "replace"), markup=False)
    if not opened.letter.whole:
        console.print("（只保存了报文的一部分）")


@app.command()
def resubmit(
    letter: Letter,
    purpose: Purpose,
    file: Annotated[
        Path | None, typer.Option(help="更正后的报文；不填则原样再发一次", dir_okay=False)
    ] = None,
    by: By = ME,
) -> None:
    """把更正后的报文发回原主题；又被退回的，另有一封死信。"""
    from services.runtime.settings import Settings
    from services.tools.staff.dead_letters import resubmit as run_resubmit

    value = file.read_bytes() if file else None
    asyncio.run(run_resubmit(Settings(), letter, value, purpose, by))
    console.print(f"已重新提交 {letter}。")


@app.command()
def close(
    letter: Letter, reason: Annotated[str, typer.Option(help="理由；记入台账")], by: By = ME
) -> None:
    """关闭一封不需要再办的死信。"""
    from services.runtime.settings import Settings
    from services.tools.staff.dead_letters import close as run_close

    asyncio.run(run_close(Settings(), letter, reason, by))
    console.print(f"已关闭 {letter}。")


@app.command("waiting")
def list_waiting() -> None:
    """列出先于申请到达、正在等候申请的报文。"""
    from services.intake.waiting_messages import WAITING_DAYS, read_waiting
    from services.runtime.settings import Settings
    from services.tools.staff.dead_letters import waiting

    table = Table(
        "申请", "类型", "来源", "报文编号", "等候自", title=f"等候满 {WAITING_DAYS} 天退回"
    )
    found = asyncio.run(waiting(Settings()))
    for one in found:
        for note in map(read_waiting, one.notes.values()):
            message = note.inbound
            table.add_row(
                one.application,
                message.type,
                message.source,
                message.event,
                f"{one.since:%Y-%m-%d %H:%M}",
            )
    console.print(table if found else "没有等候申请的报文。")


@app.command()
def park(
    topic: Annotated[str, typer.Argument(help="主题，见报警")],
    partition: Annotated[int, typer.Argument(help="分区")],
    offset: Annotated[int, typer.Argument(help="位点")],
    reason: Annotated[str, typer.Option(help="理由")],
    by: By = ME,
) -> None:
    """让受理跳过一条使它反复终止的报文：下次启动时，该条成为死信，其余照办。"""
    from services.runtime.settings import Settings
    from services.runtime.vault.parking import ParkedMessage
    from services.tools.staff.dead_letters import park as run_park

    if not reason.strip():
        raise typer.BadParameter("请写明理由。")
    new = asyncio.run(run_park(Settings(), ParkedMessage(topic, partition, offset, reason, by)))
    place = f"{topic} 分区 {partition} 位点 {offset}"
    console.print(f"已搁置 {place}，受理重启后生效。" if new else f"{place} 早已搁置。")
