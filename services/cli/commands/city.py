"""`benefit-ledger city …`: a city's folder: made, checked, shown."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.arguments import read_settings
from services.cli.screen import console

app = typer.Typer(help="本市的目录：新建、核对、查看。", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Argument(help="一个市的目录，或几个市的上级目录；不写用 BENEFIT_LEDGER_CITY")
]


def _folder(folder: Path | None) -> Path:
    return read_settings().city if folder is None else folder


@app.command()
def check(
    folder: Folder = None,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="没有数的参数，只列这一天以后的申请要用的"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="给程序读，列出全部")] = False,
) -> None:
    """核对：错误（改正之前不能启动）和提示（没有填的、有缺口的），逐条写明文件和行。"""
    from services.tools.city.checking import check_city

    report = check_city(_folder(folder), since.date() if since else date.min)
    if json:
        typer.echo(report.as_json())
    else:
        for line in report.lines():
            console.print(line, highlight=False, markup=False)
    if not report.good:
        raise typer.Exit(1)
