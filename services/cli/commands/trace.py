"""`benefit-ledger trace`: the story of one application."""

import asyncio
from typing import Annotated

import typer

from services.cli.arguments import read_settings


def trace(application: Annotated[str, typer.Argument(help="来源:申请号[:行号]")]) -> None:
    """一件申请从报文到到账的全过程，逐条条款。"""
    from services.runtime.city import policies_of
    from services.tools.histories.trace import trace as run_trace

    settings = read_settings()
    policies = policies_of(settings)
    for line in asyncio.run(run_trace(settings.postgres_dsn, application, policies)):
        typer.echo(line)
