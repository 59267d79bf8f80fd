"""Waiting: for what the books must show, with a deadline, and never for time to pass."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from rich.progress import Progress

from services.runtime.errors import OperatingFailure

_LOOK_EVERY_SECONDS = 0.1


class NotReached(OperatingFailure):
    """Something that the demo waits for did not happen in time."""

    def __init__(self, what: str, done: int, wanted: int, seconds: float) -> None:
        super().__init__(
            f"{what}: {done} of {wanted} after {seconds:.0f} s without progress.",
            "See whether every process runs (`benefit-ledger doctor`), and its log.",
        )


class Reached(NamedTuple):
    """How much of what is waited for is there."""

    done: int
    wanted: int


CountReached = Callable[[], Awaitable[Reached]]


class ProgressLine:
    """Waits for one thing after the other, and shows on one line which."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._title = title
        self._bar = progress.add_task(title, total=None)

    async def until(self, what: str, look: CountReached, *, patience_seconds: float = 120) -> None:
        """Wait until everything is there; patience runs out only while nothing moves.

        Raises: NotReached
        """
        reached = await look()
        moved = time.monotonic()
        self._show(what, reached)
        while reached.done < reached.wanted:
            if time.monotonic() - moved > patience_seconds:
                raise NotReached(f"{self._title} {what}", *reached, patience_seconds)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            now = await look()
            if now != reached:
                moved = time.monotonic()
                self._show(what, now)
            reached = now

    def done(self, what: str) -> None:
        """Leave a last word on the line."""
        self._show(what, Reached(1, 1))

    def _show(self, what: str, reached: Reached) -> None:
        self._progress.update(
            self._bar,
            description=f"{self._title}  {what}",
            completed=min(reached.done, reached.wanted) if reached.wanted else 1,
            total=reached.wanted or 1,
        )
