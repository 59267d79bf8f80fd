"""progress: how much of a long piece of work is done, for whoever waits for it.

Holds: whoever works says so without knowing who asks; where nobody asks, saying so does nothing
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class WorkDone:
    """So much of so much; a `whole` of 0 is not known."""

    done: int = 0
    whole: int = 0


_KEPT: ContextVar[WorkDone | None] = ContextVar("progress", default=None)


@contextmanager
def kept_in(progress: WorkDone) -> Iterator[None]:
    """Write what is done from now on into this one, from every task and thread that begins here."""
    before = _KEPT.set(progress)
    try:
        yield
    finally:
        _KEPT.reset(before)


def expect(more: int) -> None:
    """Say that there is so much more to do."""
    if (progress := _KEPT.get()) is not None:
        progress.whole += more


def add(done: int) -> None:
    """Say that so much more is done."""
    if (progress := _KEPT.get()) is not None:
        progress.done += done
