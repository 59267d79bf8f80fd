"""Collector: let Python's garbage collector walk seldom over what stays.

Stream states, parties and facts hold no cycles and grow without end; with its own settings the collector
walks over all of them again and again (measured: a quarter of a desk's time, a third of intake's).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG, _OLDER, _OLD = 50_000, 20, 100


def collect_rarely() -> None:
    """Count what is loaded by now as staying, and look for unreachable cycles rarely from here on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLD)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Do as `collect_rarely` for as long as a block lasts, for whoever shares a process."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
