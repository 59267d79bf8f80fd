"""`benefit-ledger periods`: close the books month by month; two people, always."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer
    from services.tools.staff.periods import Month

app = typer.Typer(
    help="月结：按基金、区划逐月结账，一人制单，另一人签结；签结后凭证有字号。",
    no_args_is_help=True,
)

Fund = Annotated[str, typer.Argument(help="资金代码，如 unemployment_insurance")]
District = Annotated[str, typer.Argument(help="六位区划代码")]
TheMonth = Annotated[str, typer.Argument(metavar="MONTH", help="月份，如 2022-08")]
By = Annotated[str, typer.Option(help="经手人")]

_SAID = {
    "PeriodPrepared": "已制单，等待另一人签结",
    "PeriodSigned": "已签结，凭证已编号",
    "PeriodRejected": "已退回",
    "ActProposed": "已提出重开，等待另一人在工作台复核",
    "": "没有变化：以前已办过",
}


@app.command("list")
def list_periods() -> None:
    """列出已制单的月份，和各基金、区划应结的月份。

    例：benefit-ledger periods list
    """
    from services.runtime.settings import Settings
    from services.tools.staff.periods import listed
    from services.wording.closing_words import PERIODS

    found = asyncio.run(listed(Settings()))
    table = Table(
        "月份", "资金", "区划", "状态", "凭证", "迟记", "未了事项", "制单", "签结", "签结日"
    )
    for one in found.due:
        table.add_row(one.month, one.fund, one.district, "应结", *[""] * 6)
    for row in found.rows:
        table.add_row(
            row.month,
            row.fund,
            row.district,
            PERIODS[row.state].word,
            *map(str, (row.vouchers, row.late, row.open_items)),
            row.maker,
            row.checker,
            str(row.signed_on or ""),
        )
    console.print(table if found.rows or found.due else "还没有分录，没有可以月结的月份。")


@app.command()
def prepare(
    fund: Fund,
    district: District,
    month: TheMonth,
    note: Annotated[str, typer.Option(help="未了事项的说明；有未了事项时必填")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看检查表和余额，不制单")] = False,
    by: By = ME,
) -> None:
    """核对一个月并制单；由另一人签结。

    例：benefit-ledger periods prepare unemployment_insurance 区划代码 2022-08 --dry-run
    """
    from events.money import yuan
    from events.periods import BLOCKS, blocking, vouchers
    from projections.definition.chart_of_accounts import BY_CODE
    from services.runtime.city import cities_of
    from services.runtime.settings import Settings
    from services.tools.staff.periods import Month, counted
    from services.tools.staff.periods import prepare as run_prepare
    from services.wording.closing_words import CHECKS

    settings, asked = Settings(), Month(fund, district, month)
    found = asyncio.run(counted(settings, cities_of(settings), asked))
    table = Table("科目", "明细", "期初（元）", "借方", "贷方", "期末")
    for one in found.balances:
        amounts = (one.opening, one.debit, one.credit, one.closing)
        table.add_row(f"{one.code} {BY_CODE[one.code].name}", one.sub, *map(yuan, amounts))
    console.print(table)
    for check in found.checks:
        if check.number:
            kind = "须先解决" if check.code in BLOCKS else "未了"
            console.print(f"{kind}：{CHECKS[check.code]} {check.number}", highlight=False)
    console.print(f"凭证 {vouchers(found.days)} 张，其中迟记 {found.late} 张。", highlight=False)
    if not dry_run:
        _answer(asked, asyncio.run(run_prepare(settings, found, note, by)))
    elif blocking(found.checks):
        raise typer.Exit(1)


@app.command()
def sign(fund: Fund, district: District, month: TheMonth, by: By = ME) -> None:
    """按月结单的账务位置重新计算，一致才签结；由制单人以外的人办理。

    例：benefit-ledger periods sign unemployment_insurance 区划代码 2022-08 --by 乙
    """
    from services.runtime.settings import Settings
    from services.tools.staff.periods import Month
    from services.tools.staff.periods import sign as run_sign

    asked = Month(fund, district, month)
    _answer(asked, asyncio.run(run_sign(Settings(), asked, by)))


@app.command()
def reject(
    fund: Fund,
    district: District,
    month: TheMonth,
    reason: Annotated[str, typer.Option(help="为什么退回")],
    by: By = ME,
) -> None:
    """退回月结单：由制单人以外的人办理，写明理由。

    例：benefit-ledger periods reject unemployment_insurance 区划代码 2022-08 --reason 缺对账单
    """
    from services.runtime.settings import Settings
    from services.tools.staff.periods import Month
    from services.tools.staff.periods import reject as run_reject

    asked = Month(fund, district, month)
    _answer(asked, asyncio.run(run_reject(Settings(), asked, reason, by)))


@app.command()
def reopen(
    fund: Fund,
    district: District,
    month: TheMonth,
    document: Annotated[str, typer.Option(help="依据的文号")],
    reason: Annotated[str, typer.Option(help="为什么")],
    by: By = ME,
) -> None:
    """凭文书提出重开最后签结的月份；由另一人在工作台复核后才打开。

    例：benefit-ledger periods reopen unemployment_insurance 区划代码 2022-08
    --document 铁财函〔2022〕8号 --reason 漏记一笔收回
    """
    from services.runtime.settings import Settings
    from services.tools.staff.periods import Month
    from services.tools.staff.periods import reopen as run_reopen

    asked = Month(fund, district, month)
    _answer(asked, asyncio.run(run_reopen(Settings(), asked, document, reason, by)))


def _answer(asked: "Month", answer: "CommandAnswer | None") -> None:
    from events.codes import words_of

    if answer is not None and answer.refused:
        said = words_of(answer.refusal_code) or "没有办理。"
        text = f"{asked.text}：{said}［{answer.refusal_code}］"
        console.print(text, highlight=False, markup=False)
        raise typer.Exit(1)
    said = "已提交，尚未答复；稍后用 list 查看" if answer is None else _SAID[answer.fact]
    console.print(f"{asked.text}：{said}。", highlight=False, markup=False)
