"""`benefit-ledger statements`: a bank's statements as files."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.cli.screen import console

app = typer.Typer(help="银行对账单：读一份文件，看读成了什么。", no_args_is_help=True)

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

    例：benefit-ledger statements read 8月流水.xlsx --account icbc-1234 --layout auto
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
