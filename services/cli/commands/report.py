"""`benefit-ledger report`: issue reports of the books, and prove later that a file still agrees."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer
    from services.reports.content import MadeReport
    from services.reports.verifying import Verification

app = typer.Typer(
    help="报表：签发、列出、作废、取出文件；核验一份报表是否仍与账一致。\n\n"
    "例：benefit-ledger report issue fund-month --area 区划代码 --month 2022-08 --by 甲；"
    "以后：benefit-ledger report verify 月报.xlsx",
    no_args_is_help=True,
)

Number = Annotated[str, typer.Argument(help="报表编号，R- 开头，见 list")]
By = Annotated[str, typer.Option(help="经手人")]

_SAID = {
    "ReportIssued": "已签发",
    "ReportWithdrawn": "已作废",
    "": "没有变化：以前已办过",
}
_STATES = {"issued": "已签发", "withdrawn": "已作废"}
_OF_FILE = {
    "same_bytes": "文件就是签发的那一份，一个字节也没有变。",
    "same_cells": "文件另存过，字节不同；每一格都与签发时相同。",
    "differs": "文件与签发的不同。",
    "unknown": "没有签发过这份文件：字节不是任何一份签发报表的，里面也没有签发过的编号。",
    "unreadable": "文件读不出来。",
    "not_kept": "身份库里没有这份报表的文件，不能逐格比对。",
}
_OF_BOOKS = {
    "agree": "账表一致：在同一台账位置重新计算，数字与签发时相同。",
    "differ": "账表不一致：账上现在给出的数字与签发时不同。请运行 benefit-ledger verify，找出与台账不符的表。",
    "row_changed": "账上记载这份报表的一行被改过。请运行 benefit-ledger verify。",
    "other_form": "现在的软件没有这份报表的版式或参数，不能重新计算；留存的文件仍可比对。",
    "behind": "账还没有读到这份报表所列的台账位置。",
    "not_asked": "",
}


@app.command()
def issue(
    kind: Annotated[str, typer.Argument(help="报表种类，如 fund-month；不写对时列出全部")],
    area: Annotated[str, typer.Option(help="六位区划代码")],
    fund: Annotated[str, typer.Option(help="基金代码；不写是全部基金")] = "",
    month: Annotated[str, typer.Option(help="月份，如 2022-08")] = "",
    quarter: Annotated[str, typer.Option(help="季度，如 2022-3")] = "",
    year: Annotated[str, typer.Option(help="年度，如 2022")] = "",
    on: Annotated[str, typer.Option(help="截至哪一天，如 2022-08-31")] = "",
    out: Annotated[Path | None, typer.Option(help="把文件也写到这个文件夹")] = None,
    by: By = ME,
) -> None:
    """按台账此刻的位置生成一份报表并签发；文件留在身份库。

    例：benefit-ledger report issue fund-month --area 区划代码 --month 2022-08 --by 甲 --out .
    """
    from services.runtime.settings import Settings
    from services.tools.staff.reports import issue as run_issue

    given = {"area": area, "fund": fund, "month": month, "quarter": quarter, "year": year, "on": on}
    asked = {name: value for name, value in given.items() if value}
    settings = Settings()
    report, answer = asyncio.run(run_issue(settings, kind, asked, by))
    _answer(report.number, answer)
    for name, value in (*report.named, *report.provenance[1:]):
        console.print(f"  {name}　{value}", highlight=False, markup=False)
    _show_treasury(report)
    if out is not None:
        _write(report.number, out)


@app.command("list")
def list_reports() -> None:
    """列出签发过的报表，最近的在前。"""
    from services.runtime.settings import Settings
    from services.tools.staff.reports import listed

    rows = asyncio.run(listed(Settings()))
    table = Table("编号", "报表", "参数", "截至", "状态", "签发日", "签发")
    for row in rows:
        table.add_row(
            row.number,
            row.kind,
            " ".join(value for value in row.parameters.values() if value),
            str(row.through),
            _STATES.get(row.state, row.state),
            str(row.issued_on),
            row.maker,
        )
    console.print(table if rows else "还没有签发过报表。")


@app.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="报表的 XLSX 或 PDF 文件"),
    ] = None,
    number: Annotated[str, typer.Option(help="文件里看不出编号时，写明是哪一份")] = "",
    every: Annotated[bool, typer.Option("--all", help="核验全部签发过的报表")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="写成 JSON")] = False,
) -> None:
    """核验：文件是不是签发的那一份，账上现在是不是还这样说；一致，或指出第一处不同。

    例：benefit-ledger report verify fund-month-R-0123456789ab.xlsx；不一致时退出码是 1
    """
    from services.runtime.settings import Settings
    from services.tools.staff.reports import verify as run_verify
    from services.tools.staff.reports import verify_all

    if (file is None) is not every:
        raise typer.BadParameter("请写一个文件，或写 --all。")
    if file is not None:
        found = [asyncio.run(run_verify(Settings(), file.read_bytes(), number))]
    else:
        found = asyncio.run(verify_all(Settings()))
    if as_json:
        said = [_as_json(one) for one in found]
        console.print_json(data=said if every else said[0])
    else:
        for one in found:
            _show(one, of_a_file=not every)
    # a report that was taken back is no fault of the books
    good = [one.agrees or (every and _withdrawn(one)) for one in found]
    if not all(good):
        raise typer.Exit(1)


@app.command()
def withdraw(
    number: Number, reason: Annotated[str, typer.Option(help="为什么作废")], by: By = ME
) -> None:
    """作废一份报表：由签发人以外的人办理；签发时的数字仍可核验。

    例：benefit-ledger report withdraw R-0123456789ab --reason 区划选错 --by 乙
    """
    from services.runtime.settings import Settings
    from services.tools.staff.reports import withdraw as run_withdraw

    _answer(number, asyncio.run(run_withdraw(Settings(), number, by, reason)))


@app.command()
def files(
    number: Number, folder: Annotated[Path, typer.Argument(help="写到哪个文件夹")] = Path()
) -> None:
    """取出一份报表留存的文件，与签发时一字不差。

    例：benefit-ledger report files R-0123456789ab ./报表
    """
    _write(number, folder)


def _write(number: str, folder: Path) -> None:
    from services.runtime.settings import Settings
    from services.tools.staff.reports import take_out

    folder.mkdir(parents=True, exist_ok=True)
    for file in asyncio.run(take_out(Settings(), number)):
        path = folder / Path(file.name).name
        path.write_bytes(file.content)
        console.print(f"已写 {path}", highlight=False, markup=False)


def _show_treasury(report: "MadeReport") -> None:
    """Say of a monthly report how the books stand to the treasury, a line a place and measure."""
    from services.reports import fund_treasury

    for sheet in report.sheets:
        if sheet.name != fund_treasury.NAME:
            continue
        for said in [*fund_treasury.lines(sheet), *filter(None, [sheet.note])]:
            console.print(f"  {sheet.name}　{said}", highlight=False, markup=False)


def _show(found: "Verification", *, of_a_file: bool) -> None:
    name = found.report.number if found.report else "文件"
    verdict = "一致" if found.agrees else "不一致或不能证明"
    lines = [f"{name}：{verdict}"]
    if of_a_file or found.file == "not_kept":
        lines.append(_OF_FILE[found.file])
    lines += [_OF_BOOKS[found.books], found.told]
    if _withdrawn(found) and found.report:
        lines.append(f"这份报表已作废：{found.report.reason}")
    for difference, where in ((found.in_file, "这份文件"), (found.in_books, "账上现在")):
        if difference is not None:
            place, issued, now = difference
            lines.append(
                f"第一处不同：{place}　签发时 {issued or '（空）'}　{where} {now or '（空）'}"
            )
    if found.other_rules and found.books == "differ":
        lines.append("签发后规则有过变动。")
    for line in filter(None, lines):
        console.print(line, highlight=False, markup=False)


def _as_json(found: "Verification") -> dict[str, Any]:
    return {
        "agrees": found.agrees,
        "number": found.report.number if found.report else None,
        "state": found.report.state if found.report else None,
        "file": found.file,
        "books": found.books,
        "in_file": found.in_file._asdict() if found.in_file else None,
        "in_books": found.in_books._asdict() if found.in_books else None,
        "told": found.told,
    }


def _withdrawn(found: "Verification") -> bool:
    return found.report is not None and found.report.state == "withdrawn"


def _answer(number: str, answer: "CommandAnswer | None") -> None:
    if answer is not None and answer.refused:
        from services.wording.refusals import words_of

        said = words_of(answer.refusal_code)
        console.print(f"{number}：{said}［{answer.refusal_code}］", highlight=False, markup=False)
        raise typer.Exit(1)
    said = (
        "已提交，尚未答复；稍后用 list 查看"
        if answer is None
        else _SAID.get(answer.fact, answer.fact)
    )
    console.print(f"{number}：{said}。", highlight=False)
