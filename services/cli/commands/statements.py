"""`benefit-ledger statements`: a bank's statements as files."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.file_answers import tell
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer

app = typer.Typer(help="银行对账单：试读、提交、由另一人收下、撤销。", no_args_is_help=True)

_SHOWN = 100


@app.callback()
def statements() -> None:
    """银行对账单。"""


@app.command("read")
def read(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="camt、MT940、CSV、XLSX 或 XLS"
        ),
    ],
    account: Annotated[str, typer.Option(help="账户别名；账号、币种与它核对")] = "",
    layout: Annotated[
        str,
        typer.Option(help="对账单格式；auto 逐个试，账户自己的在先；不写则用账户的，或试出合适的"),
    ] = "",
    opening: Annotated[
        str, typer.Option(help="第一行之前的余额（元）；文件没有余额列或先后不明时填")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="整份打印为 JSON，金额以分计")] = False,
) -> None:
    """读一份对账单，什么也不导入；有问题逐行说明，退出码 1。

    例：benefit-ledger statements read 8月流水.xlsx --account 账户别名 --layout auto
    """
    from events.money import yuan
    from services.runtime.city import cities_of
    from services.runtime.settings import Settings
    from services.spreadsheets.cells import UnreadableCell, read_amount
    from services.tools.staff.bank_files import statement_as_json, statement_as_read

    try:
        before = read_amount(opening) if opening else None
    except UnreadableCell as wrong:
        raise typer.BadParameter(f"“{opening}”{wrong}", param_hint="--opening") from wrong
    cities = cities_of(Settings())
    found = statement_as_read(cities, file.name, file.read_bytes(), account, layout, before)
    if as_json:
        typer.echo(orjson.dumps(statement_as_json(found)).decode())
    else:
        for problem in found.problems[:_SHOWN]:
            row = f"第 {problem.line} 行" if problem.line else "文件"
            console.print(f"{row}{problem.row_text}", highlight=False, markup=False)
        for out in found.left_out[:_SHOWN]:
            where = f"第 {out.line} 行" if out.line else "工作表"
            console.print(f"未读：{where}“{out.text}”，{out.why}。", highlight=False, markup=False)
        if (more := len(found.problems) - _SHOWN) > 0:
            console.print(f"另有 {more} 处。")
        if found.problems:
            console.print(f"共 {len(found.problems)} 处问题，这份文件不能导入。")
        elif found.opening_balance is not None and found.closing_balance is not None:
            console.print(
                f"{found.first} 至 {found.last}，{len(found.lines)} 行，"
                f"期初 {yuan(found.opening_balance)} 元，期末 {yuan(found.closing_balance)} 元。"
            )
    if found.problems:
        raise typer.Exit(1)


@app.command("layouts")
def layouts() -> None:
    """列出已知的对账单格式：随附的各银行的，和本市自己的。

    例：benefit-ledger statements layouts，再用 statements read 文件 --layout auto 试读
    """
    from services.runtime.city import cities_of
    from services.runtime.settings import Settings
    from services.tools.staff.bank_files import listed_layouts

    for one in listed_layouts(cities_of(Settings())):
        console.print(f"{one.name}：{one.title}", highlight=False, markup=False)
        console.print(f"    列：{one.headings}", highlight=False, markup=False)
        console.print(f"    金额：{one.amounts}；次序：{one.order}", highlight=False, markup=False)


Account = Annotated[str, typer.Option(help="账户别名")]
By = Annotated[str, typer.Option(help="经手人")]
Number = Annotated[str, typer.Argument(help="流水文件编号，见 list")]
_SAID = {
    "StatementHeld": "已提交，等待另一人收下",
    "StatementReleased": "已收下，正在登记",
    "StatementRejected": "已退回",
    "ActProposed": "已提出撤销，等待另一人确认",
}


@app.command("hold")
def hold(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    account: Account,
    layout: Annotated[str, typer.Option(help="格式；不写则用账户的，auto 逐个试")] = "",
    opening: Annotated[str, typer.Option(help="期初余额（元），文件里没有余额时写")] = "",
    by: By = ME,
) -> None:
    """读取并提交一份流水文件；由另一人收下后才登记。

    例：benefit-ledger statements hold 8月流水.xlsx --account 账户别名 --by 甲
    """
    from events.money import read_yuan
    from services.runtime.settings import Settings
    from services.tools.staff.statement_files import StatementNotRead, hand_in

    before = read_yuan(opening) if opening else None
    try:
        number, compared, answer = asyncio.run(
            hand_in(Settings(), account, file.name, file.read_bytes(), by, layout, before)
        )
    except StatementNotRead as not_read:
        for problem in not_read.statement.problems[:_SHOWN]:
            row = f"第 {problem.line} 行" if problem.line else "文件"
            console.print(f"{row}{problem.row_text}", highlight=False, markup=False)
        raise
    new, known = len(compared.of("new")), len(compared.of("known") + compared.of("other_words"))
    console.print(
        f"新的 {new} 行，已登记的 {known} 行，文件里没有的 {len(compared.of('missing'))} 行。"
    )
    _answer(number, answer)


@app.command("release")
def release(number: Number, by: By = ME) -> None:
    """收下：由提交人以外的人办理，收下后登记。"""
    from services.runtime.settings import Settings
    from services.tools.staff.statement_files import release as run_release

    _answer(number, asyncio.run(run_release(Settings(), number, by)))


@app.command("reject")
def reject(
    number: Number, reason: Annotated[str, typer.Option(help="为什么退回")], by: By = ME
) -> None:
    """退回：由提交人以外的人办理，写明理由。"""
    from services.runtime.settings import Settings
    from services.tools.staff.statement_files import reject as run_reject

    _answer(number, asyncio.run(run_reject(Settings(), number, by, reason)))


@app.command("reverse")
def reverse(
    number: Number, reason: Annotated[str, typer.Option(help="为什么撤销")], by: By = ME
) -> None:
    """提出撤销一份已登记的流水文件；另一人在页面“待我复核”确认后冲回。"""
    from services.runtime.settings import Settings
    from services.tools.staff.statement_files import reverse as run_reverse

    _answer(number, asyncio.run(run_reverse(Settings(), number, by, reason)))


@app.command("list")
def list_files() -> None:
    """列出各份流水文件：办到哪一步，覆盖哪些天。"""
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.statement_files import listed
    from services.wording.states import STATEMENT_FILES

    rows = asyncio.run(listed(Settings()))
    table = Table(
        "编号", "状态", "账户", "起", "止", "行数", "期末余额（元）", "提交", "收下或退回"
    )
    for row in rows:
        state = STATEMENT_FILES[row.state].word if row.state in STATEMENT_FILES else row.state
        days = (f"{row.first}", f"{row.last}", f"{row.lines}")
        people = (row.maker, row.checker or "")
        table.add_row(row.number, state, row.bank_account, *days, yuan(row.closing_fen), *people)
    console.print(table if rows else "还没有提交过流水文件。")


def _answer(number: str, answer: "CommandAnswer | None") -> None:
    tell(number, answer, _SAID, _refused)


def _refused(code: str) -> str:
    from services.wording.refusals import refused

    return f"{refused('ReleaseStatement', code, '')}［{code}］"
