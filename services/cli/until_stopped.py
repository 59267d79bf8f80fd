"""Until stopped: a command that goes on until somebody ends it, which is its usual end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer

from services.cli.interruption import STOPPED
from services.cli.screen import errors


def run_until_stopped(work: Coroutine[Any, Any, None], interrupted: int = 0) -> None:
    """Run until done or until Ctrl-C or SIGTERM, which are the usual ends of a whole ledger.

    Raises: typer.Exit with the code `interrupted`
    """
    try:
        asyncio.run(work)
    except (KeyboardInterrupt, asyncio.CancelledError):
        if interrupted == 0:  # any other end by a signal is told by `entry`
            errors.print(STOPPED)
        raise typer.Exit(interrupted) from None
