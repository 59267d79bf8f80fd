"""Facts: the searchable mirror of the ledger, one row a fact, verbatim.

The ledger stays the truth: this is where people and pages look things up.

In:    every fact
Asked: audit_cases, clawbacks, command_answers, credit, due_work, manual_matches, operations,
       proposals_waiting, recorded_facts, results, set_aside, trail, treasury
"""

from collections.abc import Callable, Iterator

from events import FACTS as FACT_MODELS
from events.control import CommandRefused
from events.ids import application_in, application_of
from events.values import Fact
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByStream
from projections.definition.table import (
    Append,
    Change,
    Column,
    Table,
)

VERSION = 1

FACTS = Table(
    "facts",
    "Every fact of the ledger",
    (
        Column("id", "uuid", "the fact's id"),
        Column("stream", "text", "the history that it belongs to"),
        Column("seq", "integer", "its number in that history"),
        Column("type", "text", "what happened"),
        Column("application", "text", "key of the application that it is about, if any"),
        Column("cause", "uuid", "id of the command that it answers"),
        Column("command_partition", "smallint", "partition of `commands` that carried the command"),
        Column("command_offset", "bigint", "offset of the packet that carried the command"),
        Column("recorded_at", "timestamptz", "when the command arrived", "UTC"),
        Column("effective_on", "date", "legal day"),
        Column("body", "jsonb", "what the fact says"),
    ),
    scoping=ByStream(),
    indexes=(
        "UNIQUE (stream, seq)",
        "(application) WHERE application IS NOT NULL",
        "(cause)",
        "USING brin (recorded_at)",
    ),
)
TABLES = (FACTS,)
READS: tuple[type[Fact], ...] = tuple(FACT_MODELS.values())


def changes(located: LocatedFact) -> Iterator[Change]:
    """Mirror one fact."""
    fact = located.fact
    body = fact.body
    kind = type(body)
    yield Append(
        FACTS,
        (
            fact.id,
            fact.stream,
            fact.seq,
            kind.__name__,
            application_about(body),
            fact.cause,
            fact.at.partition,
            fact.at.offset,
            fact.recorded_at,
            fact.effective_on,
            located.text,
        ),
    )


def _about(model: type[Fact]) -> Callable[..., str | None]:
    """Say how to find the application that a type of fact is about."""
    fields = model.__struct_fields__
    if model is CommandRefused:
        return lambda body: application_in(body.about) if ":" in body.about else None
    if "application" in fields:
        return lambda body: str(body.application) or None
    if "ask" in fields:
        return lambda body: str(body.ask.application)
    if "disbursement" in fields:
        return lambda body: application_of(body.disbursement)
    if model.__name__ in ("BatchLineClaimed", "BatchResultRecorded"):
        return lambda body: application_of(body.line.disbursement)
    return lambda body: None


def application_about(body: Fact) -> str | None:
    """Tell the application that a fact is about; None where there is none."""
    return _ABOUT[type(body)](body)


_ABOUT = {model: _about(model) for model in FACT_MODELS.values()}
