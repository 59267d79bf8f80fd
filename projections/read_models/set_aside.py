"""Set aside: commands that could not be decided, and the histories that wait for an operator.

In:    the facts of READS
Asked: operations, periods, set_aside
"""

from collections.abc import Iterator

from events.control import CommandRejected, CommandSetAside, StreamResumed
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import WHOLE
from projections.definition.table import (
    Append,
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 2

SET_ASIDE = Table(
    "set_aside",
    "Every command that was set aside; `raw` carries tokens, never identities",
    (
        Column("stream", "text", "the history that waits"),
        Column("seq", "integer", "number of the fact in that history"),
        Column("command", "text", "what was asked"),
        Column("command_id", "text", "id of the command"),
        Column("error", "text", "what went wrong"),
        Column("code_version", "text", "version of the code that could not decide it"),
        Column("raw", "text", "the command, or empty where it is too long"),
        Column("behind", "boolean", "it merely stood behind another"),
        Column("recorded_at", "timestamptz", "when the command arrived", "UTC"),
    ),
    scoping=WHOLE,
    indexes=("(stream, seq)", "(recorded_at)"),
)

PARKED_STREAMS = Table(
    "parked_streams",
    "Every history that was ever parked",
    (
        Column("stream", "text", "the history"),
        Column("state", "text", "parked or resumed"),
        Column("commands", "integer", "commands set aside in all", merge=Merge.SUM),
        Column("error", "text", "what went wrong last"),
        Column("parked_at", "timestamptz", "when it was last parked", "UTC"),
        Column("resumed_at", "timestamptz", "when it was last resumed", "UTC"),
        Column("operator", "text", "who resumed it"),
        Column("reason", "text", "why"),
    ),
    scoping=WHOLE,
    key=("stream",),
    indexes=("(parked_at) WHERE state = 'parked'",),
)
REJECTED_COMMANDS = Table(
    "rejected_commands",
    "Every command that was set aside and given up, by whom and why",
    (
        Column("stream", "text", "the history"),
        Column("seq", "integer", "number of the fact in that history"),
        Column("command", "text", "what was asked"),
        Column("command_id", "text", "id of the command"),
        Column("about", "text", "the application, if the command names one"),
        Column("operator", "text", "who gave it up"),
        Column("reason", "text", "why"),
        Column("recorded_at", "timestamptz", "when", "UTC"),
    ),
    scoping=WHOLE,
    indexes=("(stream, seq)", "(command_id)"),
)
TABLES = (SET_ASIDE, PARKED_STREAMS, REJECTED_COMMANDS)
READS = (CommandSetAside, CommandRejected, StreamResumed)


def changes(located: LocatedFact) -> Iterator[Change]:
    """List one command set aside, and park or resume its history."""
    fact = located.fact
    match fact.body:
        case CommandSetAside() as body:
            yield Append(
                SET_ASIDE,
                (
                    fact.stream,
                    fact.seq,
                    body.command,
                    body.command_id,
                    body.error,
                    body.code_version,
                    body.raw,
                    body.parked,
                    fact.recorded_at,
                ),
            )
            parked = {"state": "parked", "commands": 1}
            if not body.parked:
                parked |= {"error": body.error, "parked_at": fact.recorded_at}
            yield Upsert(PARKED_STREAMS, (fact.stream,), parked)
        case CommandRejected() as body:
            yield Append(
                REJECTED_COMMANDS,
                (
                    fact.stream,
                    fact.seq,
                    body.command,
                    body.command_id,
                    body.about,
                    body.operator,
                    body.reason,
                    fact.recorded_at,
                ),
            )
        case StreamResumed() as body:
            resumed = {
                "state": "resumed",
                "resumed_at": fact.recorded_at,
                "operator": body.operator,
                "reason": body.reason,
            }
            yield Upsert(PARKED_STREAMS, (fact.stream,), resumed)
