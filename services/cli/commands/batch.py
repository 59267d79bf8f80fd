"""`benefit-ledger batch`: what became of an employer's submission, line by line."""

import asyncio
from typing import Annotated

import typer

from services.cli.arguments import read_settings


def batch(key: Annotated[str, typer.Argument(help="来源:申请号，不带行号")]) -> None:
    """用人单位一批申报的结果：逐行核准、不予核准、转人工或退回，附条款。"""
    from services.runtime.city import policies_of
    from services.tools.histories.submission_result import result

    settings = read_settings()
    policies = policies_of(settings)
    for line in asyncio.run(result(settings.postgres_dsn, key, policies)):
        typer.echo(line)
