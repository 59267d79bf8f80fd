"""`benefit-ledger demo`: half a year of a city's claims, played on the whole real system."""

import os
from typing import Annotated

import typer

from services.cli.arguments import read_settings
from services.cli.screen import console
from services.cli.until_stopped import run_until_stopped


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="演示完即退出，最后一行是 JSON 摘要")
    ] = False,
    applications: Annotated[int, typer.Option(min=100, help="申请数")] = 2400,
    seed: Annotated[int, typer.Option(help="随机种子，同一种子同一批申请")] = 20220831,
) -> None:
    """演示：生成申请，经 Kafka 受理、审核、支付、对账，给出工作台地址。"""
    from services.cli.demo_screen import demo as run_demo
    from services.runtime.embedded.child import OWNER_ALONE

    os.umask(OWNER_ALONE)
    play = run_demo(read_settings(), console, once=once, applications=applications, seed=seed)
    run_until_stopped(play, interrupted=130 if once else 0)
