"""Waiting: look again and again until something is there, or the time is over.

In:   a look, which gives what it finds, or None; how long to go on
Out:  what was found, or None when the time is over
Holds: nobody waits for time to pass: the first look is at once, and what is there ends the wait
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")


async def wait_for(
    look: Callable[[], Awaitable[Found | None]], seconds: float, *, look_again_seconds: float
) -> Found | None:
    """Look until something is found, or until so many seconds are over."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while True:
        found = await look()
        if found is not None or clock() >= deadline:
            return found
        await asyncio.sleep(look_again_seconds)
