"""`benefit-ledger rebuild`: fold the books again from the ledger, and take them over."""

import asyncio

import typer

from services.cli.arguments import read_settings
from services.cli.screen import console


def rebuild() -> None:
    """从总账重建全部台账，比对摘要，一致后切换；期间照常可查。"""
    from services.tools.operations.rebuild import rebuild as run_rebuild

    raise typer.Exit(asyncio.run(run_rebuild(read_settings(), console, swap=True)))
