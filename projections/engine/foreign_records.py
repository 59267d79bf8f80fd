"""foreign_records: what is nobody's on the ledger, noted until a person has looked into it.

In:   records that the desk has not written; commands that it refused as not their sender's to send
Out:  rows of `control.violations`
"""

from collections.abc import Sequence

import asyncpg
import structlog

from events.control import CommandRefused
from projections.engine.books import LEDGER
from projections.engine.ledger_slices import LedgerSlice
from services.runtime.postgres import violations
from services.runtime.seals.chain import ForeignRecord

log = structlog.get_logger(__name__)

COMMANDS = "commands"
_FOREIGN = "foreign/"
"""Streams on which the desk records what was not its sender's to send."""


async def note_foreign_records(
    connection: asyncpg.Connection, topic: str, foreign: Sequence[ForeignRecord]
) -> None:
    """Note records that were left out, and raise the alarm."""
    for one in foreign:
        log.critical(
            "foreign record left out",
            topic=topic,
            partition=one.partition,
            offset=one.offset,
            why=one.why,
        )
    await violations.note(
        connection,
        [
            violations.Violation(
                "foreign_record",
                LEDGER,
                one.partition,
                one.offset,
                1,
                one.why,
                "projector",
            )
            for one in foreign
        ],
    )


async def note_foreign_commands(
    connection: asyncpg.Connection, slices: Sequence[LedgerSlice]
) -> None:
    """Note what the desk has refused because it was not its sender's to send."""
    await violations.note(
        connection,
        [
            violations.Violation(
                "foreign_command",
                COMMANDS,
                located.fact.at.partition,
                located.fact.at.offset,
                1,
                located.fact.body.text,
                "desk",
            )
            for piece in slices
            for located in piece.facts
            if located.fact.stream.startswith(_FOREIGN)
            and isinstance(located.fact.body, CommandRefused)
        ],
    )
