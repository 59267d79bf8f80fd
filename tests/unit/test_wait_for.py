"""Waiting looks at once, again and again, and ends with what is found or with the time."""

import asyncio

from services.runtime.waiting import wait_for


def test_what_is_there_is_found_at_the_first_look() -> None:
    async def look() -> str:
        return "there"

    assert asyncio.run(wait_for(look, 0.0, look_again_seconds=60)) == "there"


def test_what_comes_later_is_found_when_it_has_come() -> None:
    looks = iter([None, None, 0])

    async def look() -> int | None:
        return next(looks)

    assert asyncio.run(wait_for(look, 60, look_again_seconds=0)) == 0


def test_what_never_comes_is_given_up_after_the_time() -> None:
    looks: list[int] = []

    async def look() -> None:
        looks.append(1)

    assert asyncio.run(wait_for(look, 0.01, look_again_seconds=0)) is None
    assert len(looks) > 1
