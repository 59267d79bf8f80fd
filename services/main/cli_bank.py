"""`benefit-ledger bank`: what comes from banks as files."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.main.screen import screen

app = typer.Typer(help="银行文件：导入回盘（CSV、XLSX、pain.002）。", no_args_is_help=True)
console = screen()


@app.callback()
def bank() -> None:
    """银行文件。"""


@app.command("results")
def results(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="回盘文件")
    ],
    layout: Annotated[str, typer.Option(help="CSV、XLSX 的回盘格式")] = "city-csv",
) -> None:
    """导入银行回盘：每行作为一条到账或退回报文发布；同一文件再导入不会重复。"""
    from services.main.bank import take_results
    from services.runtime.settings import Settings

    taken = asyncio.run(take_results(Settings(), file.read_bytes(), layout))
    pending = f"，{taken.pending} 笔银行仍在处理" if taken.pending else ""
    console.print(
        f"批次 {'、'.join(taken.batches) or '无'}：到账 {taken.settled} 笔，"
        f"退回 {taken.returned} 笔{pending}，均已发布。"
    )
