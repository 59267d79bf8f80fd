"""Tasks: how work beside ours is ended.

A cancellation can be lost: `asyncio.wait_for` of Python 3.11 drops one that comes in the moment in
which what it waits for is ready, and the Kafka client waits so in many places. So one cancellation
is not enough; it is repeated until the task has ended.
"""

import asyncio
from collections.abc import Iterable

_AGAIN_SECONDS = 0.5


async def end(tasks: "Iterable[asyncio.Task[object]]") -> None:
    """Cancel tasks until they have ended; what they raise stays with them.

    Shape: tasks -> all done. Ours is cancelled meanwhile: theirs still get their cancellation.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN_SECONDS)
