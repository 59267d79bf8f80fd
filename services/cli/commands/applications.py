"""`benefit-ledger applications`: applications from a table, held by one person and released by another."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME, read_settings
from services.cli.file_answers import released_by_another, tell
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer
    from services.tools.staff.application_files import CheckedApplicationFile

app = typer.Typer(
    help="申请文件：按模板填写的申请，核对、提交、由另一人放行，报送为同样的报文。",
    no_args_is_help=True,
)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="XLSX、XLS 或 CSV 文件")
]
Region = Annotated[str, typer.Option(help="没有填区划代码的行算在哪里，六位代码")]
Source = Annotated[str, typer.Option(help="以哪个来源报送；不填即 excel-区划代码")]
By = Annotated[str, typer.Option(help="经手人")]
Number = Annotated[str, typer.Argument(help="文件编号，见 list")]

_SAID = {
    "ApplicationsHeld": "已提交，等待另一人放行",
    "ApplicationsReleased": "已放行，正在报送",
    "ApplicationsRejected": "已退回",
}
_REFUSED = released_by_another("该文件不在待放行状态。请用 list 查看", "没有可以报送的行")
_STATES = {"held": "待放行", "released": "已放行", "rejected": "已退回", "published": "已报送"}


@app.command()
def template(
    programmes: Annotated[list[str], typer.Argument(help="补贴项目的代码或名称，可写几个")],
    file: Annotated[Path, typer.Option(help="写到哪里；.csv 写成 CSV，否则 XLSX")] = Path(
        "申请模板.xlsx"
    ),
    region: Annotated[str, typer.Option(help="只列这个区划的版本所需的事实")] = "",
) -> None:
    """写一份空的模板：各项目所需的列，可填什么，示例和说明。

    例：benefit-ledger applications template skill-upgrade --file 技能提升.xlsx
    """
    from policies.engine.programme_names import programmes_anywhere
    from services.application_files import template as form
    from services.runtime.city import policies_of
    from services.tools.staff.application_files import NoSuchProgramme

    policies = policies_of(read_settings())
    wanted: dict[str, None] = {}
    for name in programmes:
        found = programmes_anywhere(policies, name)
        if not found:
            raise NoSuchProgramme(name)
        wanted |= dict.fromkeys(found)
    write = form.as_csv if file.suffix.lower() == ".csv" else form.xlsx
    file.write_bytes(write(policies, tuple(wanted), region))
    console.print(f"已写 {file}")


@app.command()
def check(file: File, region: Region, source: Source = "") -> None:
    """逐行核对一个文件，不提交；有问题的以 1 结束。

    例：benefit-ledger applications check 申请.xlsx --region 区划代码
    """
    from services.tools.staff.application_files import check_file, source_of

    found = asyncio.run(
        check_file(read_settings(), file.read_bytes(), source or source_of(region), region)
    )
    _show(found)
    if found.checked.problems:
        raise typer.Exit(1)


@app.command()
def hold(file: File, region: Region, source: Source = "", by: By = ME) -> None:
    """核对并提交一个文件；由另一人放行后才报送。

    例：benefit-ledger applications hold 申请.xlsx --region 区划代码 --by 甲
    """
    from services.tools.staff.application_files import NothingToPublish, hand_in, source_of

    named = source or source_of(region)
    found, answered = asyncio.run(
        hand_in(read_settings(), file.name, file.read_bytes(), named, region, by)
    )
    _show(found)
    if not found.checked.applications:
        raise NothingToPublish(file.name)
    _answer(found.checked.number, answered)


@app.command()
def release(number: Number, by: By = ME) -> None:
    """放行：由提交人以外的人办理；随后逐件报送，与系统报送的相同。"""
    from services.tools.staff.application_files import release as run_release

    _answer(number, asyncio.run(run_release(read_settings(), number, by)))


@app.command()
def reject(
    number: Number, reason: Annotated[str, typer.Option(help="为什么退回")], by: By = ME
) -> None:
    """退回：由提交人以外的人办理，写明理由。"""
    from services.tools.staff.application_files import reject as run_reject

    _answer(number, asyncio.run(run_reject(read_settings(), number, by, reason)))


@app.command("list")
def list_files() -> None:
    """列出各份申请文件。"""
    from services.tools.staff.application_files import listed

    rows = asyncio.run(listed(read_settings()))
    table = Table("编号", "状态", "来源", "区划", "行数", "报送", "退回", "提交", "放行或退回")
    for row in rows:
        table.add_row(
            row.number,
            _STATES.get(row.state, row.state),
            row.source,
            row.region,
            *map(str, (row.rows, row.applications, row.refused)),
            row.maker,
            row.checker or "",
        )
    console.print(table if rows else "还没有提交过申请文件。")


def _show(found: "CheckedApplicationFile") -> None:
    from services.application_files.report import WORDS, summary

    for line in found.lines:
        if line.finding != "taken":
            where = f"第 {line.row} 行" if line.row else "文件"
            text = f"{where}  {WORDS[line.finding]}  {line.remark}"
            console.print(text, highlight=False, markup=False)
    console.print(summary(found.lines), highlight=False, markup=False)
    if not found.compared:
        console.print("未连接数据库，没有和台账比对。")


def _answer(number: str, answer: "CommandAnswer | None") -> None:
    tell(number, answer, _SAID, _REFUSED)
