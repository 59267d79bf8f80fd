"""`benefit-ledger tokens`: which systems may send messages over HTTP."""

import asyncio
import re
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME, read_settings
from services.cli.screen import console

app = typer.Typer(help="HTTP 受理的令牌：发、查、撤销。每个来源一个。", no_args_is_help=True)

By = Annotated[str, typer.Option(help="经手人")]


def _source(text: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", text) is None:
        raise typer.BadParameter("来源为小写字母、数字、点和连字符，2 至 63 位。")
    return text


@app.command()
def new(
    source: Annotated[str, typer.Argument(callback=_source, help="来源，即报文的 source")],
    sends: Annotated[
        list[str], typer.Option(help="可发送哪一类或哪一种报文；可写几次，例如 applications")
    ],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="用到哪一天；不填即不限")
    ] = None,
    by: By = ME,
) -> None:
    """发一个令牌，只显示这一次。

    例：benefit-ledger tokens new hall-区划代码 --sends applications --sends person.status-changed
    """
    from services.tools.staff.source_tokens import make

    ends_on = until.date() if until else None
    made = asyncio.run(make(read_settings(), source, sends, by, ends_on))
    console.print(f"{made.number} 来源 {source}", highlight=False)
    typer.echo(made.token)
    console.print("请现在交给对方保管；台账只存它的摘要，以后查不到。丢失的撤销后另发。")


@app.command()
def withdraw(number: Annotated[str, typer.Argument(help="令牌编号，见 list")], by: By = ME) -> None:
    """撤销一个令牌：从下一次请求起无效。"""
    from services.tools.staff.source_tokens import withdraw as run_withdraw

    asyncio.run(run_withdraw(read_settings(), number, by))
    console.print(f"{number} 已撤销。", highlight=False)


@app.command("list")
def list_tokens() -> None:
    """列出令牌：属于谁、可发送什么、是否在用；令牌本身不存。"""
    from services.tools.staff.source_tokens import listed

    rows = asyncio.run(listed(read_settings()))
    table = Table("编号", "来源", "可发送", "经手", "发于", "用到", "撤销")
    for row in rows:
        table.add_row(
            row.number,
            row.source,
            "、".join(row.types),
            row.made_by,
            f"{row.made_at:%Y-%m-%d}",
            str(row.ends_on or "不限"),
            f"{row.withdrawn_at:%Y-%m-%d} {row.withdrawn_by}" if row.withdrawn_at else "",
        )
    console.print(table if rows else "还没有发过令牌。")
