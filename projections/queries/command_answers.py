"""Command answers: what the books have recorded of a command that was asked.

In:   ids of commands; the mirror of the facts, and the list of commands that changed nothing
Out:  the answer to each, as soon as the books have it
Holds: every command gets one answer: facts, a refusal (a fact too), or that nothing changed
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from services.runtime.waiting import wait_for

LOOK_AGAIN_SECONDS = 0.1

_FIRST_FACT = """
    SELECT type, body::text FROM books.facts
    WHERE cause = $1::text::uuid AND type <> 'RuleTextRecorded'
    ORDER BY seq LIMIT 1
"""
_UNCHANGED = "SELECT EXISTS (SELECT FROM books.unchanged WHERE command = $1::text)"
_ALL_ANSWERED = """
    SELECT NOT EXISTS (
        SELECT FROM unnest($1::text[]) AS asked (command)
        WHERE NOT EXISTS (SELECT FROM books.facts WHERE cause = asked.command::uuid)
          AND NOT EXISTS (SELECT FROM books.unchanged AS u WHERE u.command = asked.command)
    )
"""


class CommandAnswer(NamedTuple):
    """The type of the first fact that a command led to, empty where it changed nothing."""

    fact: str
    refusal_code: str = ""

    @property
    def refused(self) -> bool:
        """Whether the answer is a refusal."""
        return self.fact == "CommandRefused"


async def answer_to(connection: Any, command: str) -> CommandAnswer | None:
    """What a command led to; None where it has no answer yet."""
    row = await connection.fetchrow(_FIRST_FACT, command)
    if row is not None:
        return CommandAnswer(row["type"], str(orjson.loads(row["body"]).get("code", "")))
    return CommandAnswer("") if await connection.fetchval(_UNCHANGED, command) else None


async def all_answered(connection: Any, commands: Sequence[str]) -> bool:
    """Whether each of these commands has its answer."""
    return bool(await connection.fetchval(_ALL_ANSWERED, list(commands)))


async def wait_for_answer(connection: Any, command: str, seconds: float) -> CommandAnswer | None:
    """Wait for what a command leads to; None when the time is over."""
    return await wait_for(
        lambda: answer_to(connection, command), seconds, look_again_seconds=LOOK_AGAIN_SECONDS
    )
