"""`benefit-ledger disclosures`: public lists, statements of how funds were used, objections."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer
    from services.disclosing.preparing import PreparedDisclosure
    from services.disclosing.public_file import PublicFile

app = typer.Typer(
    help="公示：拟发放名单、资金使用情况，由两人公布；异议由登记人以外的人认定。\n\n"
    "例：`benefit-ledger disclosures grants skill-upgrade 区划代码 --from 2022-08-01 --to 2022-08-31"
    " --by 甲`，再由另一人 `benefit-ledger disclosures publish G220901-0A1B2C --by 乙`。",
    no_args_is_help=True,
)

Number = Annotated[str, typer.Argument(help="公示编号，如 G220901-0A1B2C，见 list")]
Region = Annotated[str, typer.Argument(help="区划代码；市的代码包括所辖各区县")]
Since = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日，含当日")]
Until = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="截止日，含当日")]
Document = Annotated[str, typer.Option(help="文书编号")]
Reason = Annotated[str, typer.Option(help="理由；不得写身份号码")]
By = Annotated[str, typer.Option(help="经手人")]

_SAID = {
    "DisclosurePrepared": "已提交，等待另一人复核",
    "DisclosurePublished": "已公示",
    "DisclosureRejected": "已退回，没有公示",
    "DisclosureTakenDown": "已撤下",
    "ObjectionRaised": "已登记，有关款项暂缓，等待另一人认定",
    "ObjectionResolved": "已认定",
    "": "没有变化：以前已办过",
}


@app.command("list")
def list_disclosures() -> None:
    """列出各份公示的最后一期。"""
    from datetime import UTC

    from events.days import legal_day
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import listed
    from services.wording.states import DISCLOSURES, state_of

    rows, today = asyncio.run(listed(Settings())), legal_day(datetime.now(UTC))
    table = Table(
        "编号", "期", "状态", "区划", "项目或资金", "行数", "金额（元）", "公示期", "提交"
    )
    for row in rows:
        table.add_row(
            row.number,
            str(row.issue),
            state_of(DISCLOSURES, row.shown_state(today)).word,
            row.region,
            row.programme or row.fund,
            str(row.lines) if row.lines else "",
            yuan(row.total_fen),
            f"{row.from_on} — {row.to_on or ''}" if row.from_on else "",
            row.maker,
        )
    console.print(table if rows else "还没有公示过。")


@app.command()
def grants(
    programme: Annotated[str, typer.Argument(help="补贴项目，如 skill-upgrade")],
    region: Region,
    since: Since,
    until: Until,
    by: By = ME,
) -> None:
    """编一份拟发放名单：这些日子核准、仍然有效、还没有公示过的；由另一人公布。

    例：`benefit-ledger disclosures grants skill-upgrade 区划代码 --from 2022-08-01 --to 2022-08-31`
    """
    from services.disclosing.preparing import GrantsAsked
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import prepare_grants

    asked = GrantsAsked(programme, region, since.date(), until.date())
    _laid(*asyncio.run(prepare_grants(Settings(), asked, by)))


@app.command()
def again(number: Number, by: By = ME) -> None:
    """编下一期：去掉已撤回、已撤销的；公示期不变，由另一人公布。

    例：`benefit-ledger disclosures again G220901-0A1B2C`
    """
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import prepare_again

    _laid(*asyncio.run(prepare_again(Settings(), number, by)))


@app.command("fund-use")
def fund_use(
    fund: Annotated[str, typer.Argument(help="资金，如 unemployment_insurance")],
    region: Region,
    since: Since,
    until: Until,
    by: By = ME,
) -> None:
    """编一份资金使用情况：按项目的人数、笔数、金额；不足五人的合并。由另一人公布。

    例：`benefit-ledger disclosures fund-use employment_subsidy 区划代码 --from 2022-07-01 --to 2022-09-30`
    """
    from services.disclosing.preparing import FundUseAsked
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import prepare_fund_use

    asked = FundUseAsked(fund, region, since.date(), until.date())
    _laid(*asyncio.run(prepare_fund_use(Settings(), asked, by)))


@app.command()
def show(number: Number) -> None:
    """看最后一期：公众看到的，或将看到的。"""
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import shown

    found = asyncio.run(shown(Settings(), number))
    console.print(f"{number} 第 {found.row.issue} 期，摘要 {found.row.digest}", highlight=False)
    if found.file is None:
        console.print("文件不在身份库里。")
        raise typer.Exit(1)
    _print(found.file)


@app.command()
def publish(number: Number, by: By = ME) -> None:
    """公布待复核的一期：由提交人以外的人办理；公示期由本市规定。"""
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import publish as run_publish

    _answer(number, asyncio.run(run_publish(Settings(), number, by)))


@app.command()
def reject(number: Number, reason: Reason, by: By = ME) -> None:
    """退回待复核的一期，写明理由。"""
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import reject as run_reject

    _answer(number, asyncio.run(run_reject(Settings(), number, reason, by)))


@app.command("take-down")
def take_down(number: Number, document: Document, reason: Reason, by: By = ME) -> None:
    """撤下正在公示的，一人即可；要再公示，编下一期。"""
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import take_down as run_take_down

    _answer(number, asyncio.run(run_take_down(Settings(), number, document, reason, by)))


@app.command("objections")
def list_objections() -> None:
    """列出异议，未认定的在前，和各自暂缓的金额。"""
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import objected
    from services.wording.states import OBJECTIONS, state_of

    rows = asyncio.run(objected(Settings()))
    table = Table("编号", "状态", "申请", "追回", "登记日", "暂缓（元）", "理由")
    for row in rows:
        table.add_row(
            row.objection,
            state_of(OBJECTIONS, row.state).word,
            row.application,
            row.clawback,
            str(row.raised_on),
            yuan(row.held_fen),
            row.reason,
        )
    console.print(table if rows else "没有异议。")


Ground = Literal["not_entitled", "amount", "identity", "enjoyed_twice", "debt", "other"]


@app.command("object")
def object_to(
    application: Annotated[str, typer.Argument(help="申请，如 district-区划代码.hrss:2022-000123")],
    document: Document,
    reason: Reason,
    ground: Annotated[Ground, typer.Option(help="事由")] = "other",
    clawback: Annotated[str, typer.Option(help="异议所指的追回编号；不填，指付款")] = "",
    disclosure: Annotated[str, typer.Option(help="见于哪份公示")] = "",
    by: By = ME,
) -> None:
    """登记异议：这件申请的付款，或这笔追回的抵扣，认定前暂缓。

    例：`benefit-ledger disclosures object district-区划代码.hrss:2022-000123 --document 异议-3
    --reason 称不在本地就业 --ground not_entitled --disclosure G220901-0A1B2C`
    """
    from events.objections import RaiseObjection
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import object_to as run_object_to

    said = RaiseObjection(
        objection="",
        application=application,
        clawback=clawback,
        disclosure=disclosure,
        ground=ground,
        document=document,
        reason=reason,
        by=by,
    )
    _answer(*asyncio.run(run_object_to(Settings(), said)))


@app.command()
def resolve(
    objection: Annotated[str, typer.Argument(help="异议编号，见 objections")],
    verdict: Annotated[
        Literal["upheld", "dismissed"], typer.Argument(help="upheld 成立；dismissed 不成立")
    ],
    document: Document,
    reason: Reason,
    by: By = ME,
) -> None:
    """认定异议：由登记人以外的人办理。不成立的，付款、抵扣照常；成立的，继续暂缓，另行撤销核准或核销。

    例：`benefit-ledger disclosures resolve Y-0A1B2C3D4E dismissed --document 核查-9 --reason 经查属实`
    """
    from events.objections import ResolveObjection
    from services.runtime.settings import Settings
    from services.tools.staff.disclosures import resolve as run_resolve

    said = ResolveObjection(
        objection=objection, verdict=verdict, document=document, reason=reason, by=by
    )
    _answer(objection, asyncio.run(run_resolve(Settings(), said)))


def _laid(prepared: "PreparedDisclosure", answer: "CommandAnswer | None") -> None:
    from services.disclosing.public_file import read

    _print(read(prepared.content))
    _answer(prepared.command.number, answer)


def _print(file: "PublicFile") -> None:
    from events.money import yuan

    days = f"{file.since} — {file.until}"
    console.print(f"{file.place} {file.about} {days}", highlight=False, markup=False)
    table = Table("序号", "姓名或单位", "证件号", "金额（元）")
    for line in file.grants:
        table.add_row(str(line.no), line.name, line.number, yuan(line.amount))
    if file.uses:
        table = Table("项目", "人数", "笔数", "金额（元）")
    for use in file.uses:
        table.add_row(use.title, str(use.persons), str(use.payments), yuan(use.amount))
    console.print(table)
    console.print(f"{file.persons} 人，{yuan(file.total)} 元", highlight=False)


def _answer(number: str, answer: "CommandAnswer | None") -> None:
    from events.codes import words_of

    if answer is not None and answer.refused:
        said = words_of(answer.refusal_code) or "没有办理。"
        console.print(f"{number}：{said}［{answer.refusal_code}］", highlight=False, markup=False)
        raise typer.Exit(1)
    said = (
        "已提交，尚未答复；稍后用 list 查看"
        if answer is None
        else _SAID.get(answer.fact, answer.fact)
    )
    console.print(f"{number}：{said}。", highlight=False)
