"""`benefit-ledger policies bundle`: the words behind a hash that a decision cites."""

import asyncio
from typing import Annotated

import typer


def bundle(
    digest: Annotated[str, typer.Argument(metavar="HASH", help="决定所引用的摘要，或其开头")],
) -> None:
    """决定所依据的条文或参数全文：台账按摘要留存，不随文件更改。"""
    from services.cli.arguments import read_settings
    from services.tools.histories.rule_texts import rule_text

    for line in asyncio.run(rule_text(read_settings().postgres_dsn, digest)):
        typer.echo(line)
