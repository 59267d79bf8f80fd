"""`benefit-ledger verify`: fold the books again from the ledger, and only compare."""

import asyncio

import typer

from services.cli.arguments import read_settings
from services.cli.screen import console


def verify() -> None:
    """从总账另算一遍并比对摘要，不切换。"""
    from services.tools.operations.rebuild import rebuild as run_rebuild

    raise typer.Exit(asyncio.run(run_rebuild(read_settings(), console, swap=False)))
