"""`benefit-ledger policies backtest`: what changed rules would have said to past applications."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.screen import console

_DAY = ["%Y-%m-%d", "%Y%m%d"]


def backtest(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="放有改动文件的目录，或市里的参数目录；不填，则以台账运行中规定的参数为改动"
        ),
    ] = None,
    *,
    facts: Annotated[
        Path | None, typer.Option(help="不读 Kafka，改读 simulate 打印的事实", exists=True)
    ] = None,
    programme: Annotated[str | None, typer.Option(help="只看这个补贴项目")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", help="申请日期自", formats=_DAY)
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", help="申请日期至", formats=_DAY)] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="逐件写成 .xlsx 或 .csv")
    ] = None,
) -> None:
    """回测：改动后的规则对过去的申请会怎么判，从总账逐件重算，汇总并逐件列明条款。"""
    from services.runtime.settings import Settings
    from services.tools.backtest.run import DecisionFilter
    from services.tools.backtest.run import backtest as run

    wanted = DecisionFilter(
        programme, first.date() if first else None, last.date() if last else None
    )
    run(Settings(), console, folder, facts=facts, wanted=wanted, output=output)
