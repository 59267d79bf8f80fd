"""`benefit-ledger city …`: a city's folder: made, checked, shown."""

from datetime import UTC, date, datetime
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
def new(
    code: Annotated[str, typer.Argument(help="城市的六位区划代码，末两位是 00")],
    *,
    into: Annotated[Path, typer.Option(help="放在哪个目录下，另建一个以代码为名的目录")] = Path(
        "cities"
    ),
) -> None:
    """新建一个市的目录：公布的区划、要填的账户和每个留给市里定的数，都写好注释。"""
    from services.tools.city.checking import check_city
    from services.tools.city.skeleton import FIRST, new_city

    made = new_city(code, into)
    for path in made.write():
        console.print(f"已写 {path}", highlight=False, markup=False)
    *_, summary = check_city(made.folder).lines()
    console.print(summary, highlight=False, markup=False)
    console.print(
        f"{made.name}有 {made.open_figures} 个数留给市里定。先看 {made.folder / 'README.md'}，试算：\n"
        f"benefit-ledger simulate {made.folder / FIRST} --parameters {made.folder} --funded --decisions",
        highlight=False,
        markup=False,
    )


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


@app.command()
def show(
    folder: Folder = None,
    *,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="哪一天的；不写就是今天")
    ] = None,
) -> None:
    """查看某一天生效的：每个参数的数和依据，账户、区划、来源、人员、本市自己的项目。"""
    from events.days import legal_day
    from services.runtime.city import policies_of
    from services.tools.city.showing import show_city

    settings = read_settings().model_copy(update={"city": _folder(folder)})
    policies = policies_of(settings)
    on = day.date() if day else legal_day(datetime.now(UTC))
    for city in policies.cities:
        for line in show_city(policies, city, on).lines():
            console.print(line, highlight=False, markup=False)
    console.print(f"配置摘要 {policies.cities.digest[:12]}", highlight=False)
