"""`benefit-ledger figures`: what a figure comes to from a day on; stated by two people, always."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

if TYPE_CHECKING:
    from services.tools.staff.figures import Answered

app = typer.Typer(
    help="参数：文件留给各市确定的数值；由两人规定，自起始日起对以后的申请适用。",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="参数名称，如 local.min_wage")]
Proposal = Annotated[str, typer.Argument(help="编号，见 figures list")]
By = Annotated[str, typer.Option(help="经手人")]
_SAID = {
    "ActProposed": "已提出，等待另一人复核",
    "ActConfirmed": "已规定，以后的申请按申请日期适用",
    "ActRejected": "已退回",
    "": "没有变化：已经如此规定",
}


@app.command("list")
def list_figures(
    name: Annotated[str, typer.Argument(help="只看一个参数或一组")] = "",
) -> None:
    """列出各参数自何日起为何值、依据何文件，和待复核的。"""
    from policies.reference_data.figure_texts import write_value
    from services.runtime.city import policies_of
    from services.runtime.settings import Settings
    from services.tools.staff.figures import listed, policies_now, waiting
    from services.wording.figure_values import UNSOURCED, said_row

    settings = Settings()
    policies = policies_of(settings)
    found = listed(asyncio.run(policies_now(settings, policies)), name)
    table = Table("参数", "地区", "起", "止", "数值", "依据")
    for one in found:
        for span in one.spans:
            table.add_row(
                f"{one.label}（{one.name}）",
                one.jurisdiction,
                str(span.first),
                str(span.last or ""),
                said_row(policies.standards.declared[one.name], span.row),
                span.document.replace("#", " ") or UNSOURCED,
            )
    console.print(table if found else "还没有规定。")
    for waits in asyncio.run(waiting(settings)):
        figure = waits.figure
        days = f"自 {figure.from_on} 起" + (f"至 {figure.to_on}" if figure.to_on else "")
        console.print(
            f"待复核 {waits.proposal}：{figure.name} {figure.jurisdiction} "
            f"{write_value(figure.value)}，{days}，{figure.document}，{waits.maker} 提出",
            highlight=False,
            markup=False,
        )


@app.command()
def state(
    name: Name,
    jurisdiction: Annotated[str, typer.Argument(help="区划代码：由谁规定")],
    value: Annotated[str, typer.Argument(help="数值，如 1710，或 五级 1000、四级 1500")],
    from_on: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日")],
    document: Annotated[str, typer.Option(help="依据的文号")],
    to_on: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="截止日；不填为长期")
    ] = None,
    supersedes: Annotated[str, typer.Option(help="所取代的文号")] = "",
    by: By = ME,
) -> None:
    """提出一个参数自某日起的数值；由另一人复核后生效。"""
    from services.runtime.city import policies_of
    from services.runtime.settings import Settings
    from services.tools.staff.figures import propose

    settings = Settings()
    days = from_on.date(), to_on.date() if to_on else None
    policies = policies_of(settings)
    documents = document, supersedes
    _tell(asyncio.run(propose(settings, policies, name, jurisdiction, days, value, documents, by)))


@app.command()
def confirm(proposal: Proposal, by: By = ME) -> None:
    """同意；提出的人不能复核自己提出的。"""
    from services.runtime.settings import Settings
    from services.tools.staff.figures import judge

    _tell(asyncio.run(judge(Settings(), proposal, "confirm", by)))


@app.command()
def reject(
    proposal: Proposal, reason: Annotated[str, typer.Option(help="为什么")], by: By = ME
) -> None:
    """不同意，写明理由；什么也没有改变。"""
    from services.runtime.settings import Settings
    from services.tools.staff.figures import judge

    _tell(asyncio.run(judge(Settings(), proposal, "reject", by, reason)))


def _tell(answered: "Answered") -> None:
    from events.codes import words_of

    proposal, answer = answered
    if answer is not None and answer.refused:
        said = words_of(answer.refusal_code) or "没有办理。"
        console.print(f"{proposal}：{said}［{answer.refusal_code}］", highlight=False, markup=False)
        raise typer.Exit(1)
    said = "已提交，还没有答复；用 figures list 查看" if answer is None else _SAID[answer.fact]
    console.print(f"{proposal}：{said}。", highlight=False, markup=False)
