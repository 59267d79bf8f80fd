"""Letter acts: what was done about each dead letter, by whom and what for.

In:    the facts of READS
Asked: letters
"""

from collections.abc import Iterator

from events.letters import LetterClosed, LetterRead, LetterResubmitted
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import WHOLE
from projections.definition.table import (
    Append,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

LETTER_STATES = Table(
    "letter_states",
    "Every dead letter that was resubmitted or closed; the others are open",
    (
        Column("letter", "text", "place of the message: topic/partition/offset/line"),
        Column("state", "text", "resubmitted or closed"),
        Column("acted_at", "timestamptz", "when", "UTC"),
    ),
    scoping=WHOLE,
    key=("letter",),
    indexes=("(state)",),
)

LETTER_ACTS = Table(
    "letter_acts",
    "Every time a dead letter was read, resubmitted or closed",
    (
        Column("letter", "text", "place of the message: topic/partition/offset/line"),
        Column("seq", "integer", "number of the act"),
        Column("act", "text", "read, resubmitted or closed"),
        Column("operator", "text", "who did it"),
        Column("reason", "text", "what for, or why"),
        Column("digest", "text", "SHA-256 of the message sent in its place, or empty"),
        Column("cause", "uuid", "id of the command"),
        Column("recorded_at", "timestamptz", "when", "UTC"),
    ),
    scoping=WHOLE,
    indexes=("(letter, seq)",),
)
TABLES = (LETTER_STATES, LETTER_ACTS)
READS = (LetterRead, LetterResubmitted, LetterClosed)


def changes(located: LocatedFact) -> Iterator[Change]:
    """List one act; resubmitting and closing change how the letter stands."""
    fact = located.fact
    match fact.body:
        case LetterRead() as body:
            act, why, digest = "read", body.purpose, ""
        case LetterResubmitted() as body:
            act, why, digest = "resubmitted", body.purpose, body.digest
        case LetterClosed() as body:
            act, why, digest = "closed", body.reason, ""
        case _:
            return
    row = (body.letter, fact.seq, act, body.operator, why, digest, fact.cause, fact.recorded_at)
    yield Append(LETTER_ACTS, row)
    if act != "read":
        changed = {"state": act, "acted_at": fact.recorded_at}
        yield Upsert(LETTER_STATES, (body.letter,), changed)
