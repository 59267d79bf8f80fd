"""Refusals: every command that was refused, with its code, by whom it was asked about what.

In:    the facts of READS
Asked: letters
"""

from collections.abc import Iterator

from events.control import CommandRefused
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByStream
from projections.definition.table import (
    Append,
    Change,
    Column,
    Table,
)

VERSION = 1

_APPLICATION = "CASE WHEN {table}.about LIKE '%:%' THEN split_part({table}.about, '#', 1) END"

REFUSALS = Table(
    "refusals",
    "Every refused command",
    (
        Column("stream", "text", "the history that was asked"),
        Column("cause", "uuid", "id of the command"),
        Column("command", "text", "what was asked"),
        Column("code", "text", "why it was refused"),
        Column("about", "text", "the record that it was about"),
        Column("text", "text", "the reason in words"),
        Column("recorded_at", "timestamptz", "when the command arrived", "UTC"),
        Column("effective_on", "date", "legal day"),
    ),
    scoping=ByStream(application=_APPLICATION),
    indexes=("(about)", "(code, recorded_at)"),
)
TABLES = (REFUSALS,)
READS = (CommandRefused,)


def changes(located: LocatedFact) -> Iterator[Change]:
    """List one refusal."""
    fact = located.fact
    match fact.body:
        case CommandRefused() as body:
            yield Append(
                REFUSALS,
                (
                    fact.stream,
                    fact.cause,
                    body.command,
                    body.code,
                    body.about,
                    body.text,
                    fact.recorded_at,
                    fact.effective_on,
                ),
            )
