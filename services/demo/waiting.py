"""Waiting: for what the books must show, with a deadline, and never for time to pass."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from rich.progress import Progress

from services.runtime.errors import OperatingFailure

_LOOK_EVERY_SECONDS = 0.2


class NotReached(OperatingFailure):
    """Something that the demo waits for did not happen in time."""

    def __init__(self, what: str, done: int, wanted: int, seconds: float) -> None:
        super().__init__(
            f"{what}: {done} of {wanted} after {seconds:.0f} s without progress.",
            "See whether every process runs (`benefit-ledger doctor`), and its log.",
        )


class Seen(NamedTuple):
    """How much of what is waited for is there."""

    done: int
    wanted: int


Look = Callable[[], Awaitable[Seen]]


async def until(what: str, look: Look, progress: Progress, *, patience_seconds: float = 90) -> None:
    """Wait until everything is there; patience runs out only while nothing moves.

    Raises: NotReached
    """
    bar = progress.add_task(what, total=None)
    seen = await look()
    moved = time.monotonic()
    while seen.done < seen.wanted:
        progress.update(bar, completed=seen.done, total=seen.wanted)
        if time.monotonic() - moved > patience_seconds:
            raise NotReached(what, *seen, patience_seconds)
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        now = await look()
        if now != seen:
            moved = time.monotonic()
        seen = now
    if not seen.wanted:
        progress.remove_task(bar)
        return
    progress.update(bar, completed=seen.done, total=seen.done)
