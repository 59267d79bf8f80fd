"""`benefit-ledger past`: take over what was enjoyed before this ledger; two people, always."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.file_answers import released_by_another, tell
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer
    from services.tools.staff.prior_uses import CheckedFile

app = typer.Typer(help="历史享受：模板、核对、导入、由另一人放行。", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="XLSX 或 CSV 文件")
]
Region = Annotated[str, typer.Option(help="没有填区划代码的行算在哪里")]
By = Annotated[str, typer.Option(help="经手人")]
Number = Annotated[str, typer.Argument(help="导入编号，见 list")]

_SAID = {
    "ImportHeld": "已提交，等待另一人放行",
    "ImportReleased": "已放行，正在逐行计入",
    "ImportRejected": "已退回",
}
_REFUSED = released_by_another("该批次不在待放行状态。请用 list 查看", "没有可以导入的行")
_STATES = {"held": "待放行", "released": "已放行", "rejected": "已退回", "done": "已计入"}


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="写到哪里；.csv 写成 CSV，否则 XLSX")] = Path(
        "历史享受模板.xlsx"
    ),
) -> None:
    """写一份空的模板，含各列的填写说明。"""
    from services.prior_uses import template as form
    from services.runtime.city import policies_of
    from services.runtime.settings import Settings

    policies = policies_of(Settings())
    is_csv = file.suffix.lower() == ".csv"
    file.write_bytes(form.as_csv(policies) if is_csv else form.xlsx(policies))
    console.print(f"已写 {file}")


@app.command()
def check(file: File, region: Region = "") -> None:
    """逐行核对一个文件，不提交。"""
    from services.runtime.settings import Settings
    from services.tools.staff.prior_uses import check_file

    found = asyncio.run(check_file(Settings(), file.read_bytes(), region))
    _show(found)
    if found.checked.problems:
        raise typer.Exit(1)


@app.command("import")
def hand_in(file: File, region: Region = "", by: By = ME) -> None:
    """核对并提交一个文件；由另一人放行后才计入限额。"""
    from services.runtime.settings import Settings
    from services.tools.staff.prior_uses import NothingToImport
    from services.tools.staff.prior_uses import hand_in as run_hand_in

    handed = (file.name, file.read_bytes())
    found, answered = asyncio.run(run_hand_in(Settings(), *handed, region, by))
    _show(found)
    if not found.checked.uses:
        raise NothingToImport(file.name)
    _answer(found.checked.number, answered)


@app.command()
def release(number: Number, by: By = ME) -> None:
    """放行：由提交人以外的人办理。"""
    from services.runtime.settings import Settings
    from services.tools.staff.prior_uses import release as run_release

    _answer(number, asyncio.run(run_release(Settings(), number, by)))


@app.command()
def reject(
    number: Number,
    reason: Annotated[str, typer.Option(help="为什么退回")],
    by: By = ME,
) -> None:
    """退回：由提交人以外的人办理，写明理由。"""
    from services.runtime.settings import Settings
    from services.tools.staff.prior_uses import reject as run_reject

    _answer(number, asyncio.run(run_reject(Settings(), number, by, reason)))


@app.command("list")
def list_imports() -> None:
    """列出各次导入。"""
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.prior_uses import listed

    rows = asyncio.run(listed(Settings()))
    table = Table(
        "编号", "状态", "区划", "行数", "计入", "存疑", "退回", "金额（元）", "提交", "放行"
    )
    for row in rows:
        table.add_row(
            row.number,
            _STATES.get(row.state, row.state),
            row.region,
            *map(str, (row.rows, row.uses, row.doubtful, row.refused)),
            yuan(row.total_fen),
            row.maker,
            row.checker or "",
        )
    console.print(table if rows else "还没有导入过。")


def _show(found: "CheckedFile") -> None:
    from services.prior_uses.report import WORDS, summary

    for line in found.lines:
        if line.finding != "accepted":
            where = f"第 {line.row} 行" if line.row else "文件"
            text = f"{where}  {WORDS[line.finding]}  {line.remark}"
            console.print(text, highlight=False, markup=False)
    console.print(summary(found.lines, found.checked.total_fen), highlight=False, markup=False)
    if not found.compared:
        console.print("未连接数据库，没有和台账比对。")


def _answer(number: str, answer: "CommandAnswer | None") -> None:
    tell(number, answer, _SAID, _REFUSED)
