"""`benefit-ledger demo`: a city's claims, played on the whole real system."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.arguments import read_settings
from services.cli.screen import console
from services.cli.until_stopped import run_until_stopped

if TYPE_CHECKING:
    from services.demo.cast.city import PlayedCity


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="演示完即退出，最后一行是 JSON 摘要")
    ] = False,
    city: Annotated[
        str, typer.Option(help="演哪个城市：写区划代码；不写则演目录里 order 最小的")
    ] = "",
    applications: Annotated[
        int | None, typer.Option(min=100, help="申请数；不写则照该市 demo/script.yaml")
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子，同一种子同一批申请")] = 20220831,
) -> None:
    """演示：生成申请，经 Kafka 受理、审核、支付、对账，给出工作台地址。

    演的是城市目录里 demo/ 写的：哪些日子、哪些区县、报什么、出什么事。随附的例子有两个：一个市演半年，另一个市
    按自己的文件演一个月。指明了城市的，账另放在数据目录下以代码为名的目录里，各市互不相扰；之后要看，设
    BENEFIT_LEDGER_DATA_DIR 为那个目录再 up。各项核对都是“是”才算演成，否则退出码不为 0。
    """
    from services.cli.demo_screen import demo as run_demo
    from services.runtime.embedded.child import OWNER_ALONE

    os.umask(OWNER_ALONE)
    settings = read_settings()
    played = _played(settings.city, city)
    if city:
        settings = read_settings(data_dir=settings.data_dir / city)
    play = run_demo(
        settings,
        console,
        played,
        once=once,
        applications=applications or played.script.applications,
        seed=seed,
    )
    run_until_stopped(play, interrupted=130 if once else 0)


def _played(folder: Path, named: str) -> "PlayedCity":
    """Read the city that is played.

    Raises: NothingToPlay, NotConfigured
    """
    from policies.vocabulary.files import FileProblem
    from services.demo.cast.city import played_city
    from services.runtime.errors import NotConfigured

    try:
        return played_city(folder, named)
    except FileProblem as problem:
        raise NotConfigured(f"{problem}。", "请改正后再演。") from problem
