"""Ending tasks, also those that lose a cancellation."""

import asyncio

from services.runtime import tasks


async def test_a_task_that_swallows_cancellations_is_ended_all_the_same() -> None:
    swallowed = 0

    async def forgetful() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(forgetful())
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await tasks.end([task])
    assert task.cancelled()
    assert swallowed == 2


async def test_what_has_ended_is_left_alone() -> None:
    async def fails() -> None:
        raise ValueError("kept")

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    await tasks.end([task])
    assert isinstance(task.exception(), ValueError)
