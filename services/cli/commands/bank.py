"""`benefit-ledger bank`: what comes from banks as files."""

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.cli.screen import console

app = typer.Typer(help="银行文件：导入回盘（CSV、XLSX、pain.002）。", no_args_is_help=True)


@app.callback()
def bank() -> None:
    """银行文件。"""


@app.command("results")
def results(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="回盘文件")
    ],
    layout: Annotated[str, typer.Option(help="CSV、XLSX 的回盘格式")] = "city-csv",
    wait: Annotated[float, typer.Option(help="等账上记下的最长秒数")] = 20.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只读文件，什么也不发布")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="与 --dry-run 同用：打印为 JSON")] = False,
) -> None:
    """导入银行回盘：每行作为一条到账或退回报文发布，账上记下后逐类报数；再导入不会重复。"""
    if as_json and not dry_run:
        raise typer.BadParameter("--json 只与 --dry-run 同用", param_hint="--json")
    if dry_run:
        _tell_without_taking(file, layout, as_json=as_json)
        return
    from services.banking.answers.compared import missing_in_words
    from services.runtime.settings import Settings
    from services.tools.staff.bank_answers import take_results

    taken = asyncio.run(take_results(Settings(), file.read_bytes(), layout, wait))
    pending = f"，{taken.pending} 笔银行仍在处理" if taken.pending else ""
    console.print(
        f"批次 {'、'.join(taken.batches) or '无'}，账上已记：到账 {taken.settled} 笔，"
        f"退回 {taken.returned} 笔，转待查明 {taken.disputed} 笔{pending}。"
    )
    if taken.missing:
        console.print(f"文件{missing_in_words(taken.missing)}。请核对文件是否完整。")
    if taken.unseen:
        first = "、".join(taken.unseen[:5])
        console.print(
            f"{len(taken.unseen)} 笔已发布而账上还没有记：{first}。请在银行回盘页或退件中查看。"
        )
        raise typer.Exit(3)


def _tell_without_taking(file: Path, layout: str, *, as_json: bool) -> None:
    """Read an answer and print what it says; exits with 1 where it has a problem."""
    from services.cli.arguments import read_settings
    from services.runtime.city import cities_of
    from services.tools.staff.bank_files import answer_as_json

    found = answer_as_json(cities_of(read_settings()), file.read_bytes(), layout)
    if as_json:
        typer.echo(orjson.dumps(found).decode())
    else:
        for problem in found["problems"]:
            console.print(problem["text"], highlight=False, markup=False)
        for batch in found.get("acknowledged", ()):
            console.print(f"批次 {batch}：银行已收到，还没有各笔的结果。")
        if sheets := found.get("left_out"):
            console.print(f"未读的工作表：{'、'.join(sheets)}。", highlight=False, markup=False)
        console.print(f"{len(found['verdicts'])} 笔有结果，{found['pending']} 笔仍在处理，未发布。")
    if found["problems"]:
        raise typer.Exit(1)
