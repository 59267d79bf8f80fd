"""`benefit-ledger link`: the same person under two documents; two people, always."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

app = typer.Typer(help="关联：同一个人的两个证件，由两人办理后限额合并计算。", no_args_is_help=True)

Application = Annotated[str, typer.Argument(help="一个证件名下的一件申请，来源:申请编号")]
Other = Annotated[str, typer.Argument(help="另一个证件名下的一件申请")]
Reason = Annotated[str, typer.Option(help="理由")]
By = Annotated[str, typer.Option(help="经手人")]
_STATES = {
    "proposed": "待复核",
    "rejected": "不同意",
    "confirmed": "已同意，正在移交",
    "linked": "已按同一人计",
}


@app.command("list")
def list_links() -> None:
    """列出同一人的关联和办理情况。"""
    from services.runtime.settings import Settings
    from services.tools.staff.links import listed

    found = asyncio.run(listed(Settings().postgres_dsn))
    table = Table("一个证件", "另一个证件", "状态", "依据", "理由", "提出人", "复核人")
    for one in found:
        state = _STATES[one.state]
        table.add_row(
            one.lead, one.other, state, one.document, one.reason, one.maker, one.checker or ""
        )
    console.print(table if found else "没有关联。")


@app.command()
def propose(
    application: Application,
    other: Other,
    document: Annotated[str, typer.Option(help="依据文书")],
    reason: Reason,
    by: By = ME,
) -> None:
    """提出两件申请的申请人是同一人；由另一人复核。"""
    from services.runtime.settings import Settings
    from services.tools.staff.links import propose as run_propose

    asyncio.run(run_propose(Settings(), application, other, document, reason, by))
    console.print("已提出，等待另一人复核；用 link list 查看。")


@app.command()
def confirm(application: Application, other: Other, reason: Reason, by: By = ME) -> None:
    """同意关联；提出人不能复核自己提出的。"""
    from services.runtime.settings import Settings
    from services.tools.staff.links import judge

    asyncio.run(judge(Settings(), application, other, "confirm", reason, by))
    console.print("已提交复核意见；用 link list 查看。")


@app.command()
def reject(application: Application, other: Other, reason: Reason, by: By = ME) -> None:
    """不同意两件申请属于同一人。"""
    from services.runtime.settings import Settings
    from services.tools.staff.links import judge

    asyncio.run(judge(Settings(), application, other, "reject", reason, by))
    console.print("已提交复核意见；用 link list 查看。")
