"""Later years: the parts of granted plans that wait for a later year's budget, and what became of each.

In:    the facts of READS
Asked: due_work, later_years
"""

from collections.abc import Iterator

from events.approvals import (
    ApprovalGranted,
    ApprovalRevoked,
    ApprovalWithdrawn,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
    way_of,
)
from events.instalments import PlanKeptStopped, PlanResumed
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import of_application
from projections.definition.table import (
    Amend,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

LATER_YEARS = Table(
    "later_years",
    "Every part of a granted plan that a later year pays",
    (
        Column("application", "text", "key of the application"),
        Column("attempt", "integer", "number of the proposal"),
        Column("way", "integer", "number of its way over the lines"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("programme", "text", "the benefit"),
        Column("year", "integer", "budget year in which it falls due"),
        Column("line", "text", "budget line that it waits for, or that carries it"),
        Column("amount_fen", "bigint", "amount that it waits for, or that was committed", "fen"),
        Column("instalments", "jsonb", "numbers of its instalments"),
        Column(
            "state",
            "text",
            "asked, held, committed, lapsed, dropped, withdrawn or revoked",
        ),
        Column("rule", "text", "rule by which its wait ended in vain"),
        Column("granted_at", "timestamptz", "when the grant was recorded", "UTC"),
        Column("granted_on", "date", "legal day of the grant, since which it waits"),
        Column("committed_on", "date", "legal day its money was committed"),
        Column("ended_on", "date", "legal day its wait ended without money"),
        Column("judged_on", "date", "legal day a person said what becomes of a part that lapsed"),
    ),
    scoping=of_application(),
    key=("application", "attempt", "way"),
    indexes=("(granted_on, application) WHERE state IN ('asked', 'held', 'lapsed')",),
    amended_by=1,
)
TABLES = (LATER_YEARS,)
READS = (
    ApprovalGranted,
    ApprovalRevoked,
    ApprovalWithdrawn,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
    PlanKeptStopped,
    PlanResumed,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow each later year's part from the grant to its money, or to the end of its wait."""
    on = located.on
    match located.fact.body:
        case ApprovalGranted() as body:
            for one in body.later:
                yield Upsert(
                    LATER_YEARS,
                    (body.application, body.attempt, way_of(one.turn)),
                    {
                        "beneficiary": located.token,
                        "programme": body.policy.programme,
                        "year": one.year,
                        "line": one.line,
                        "amount_fen": one.amount,
                        "instalments": one.instalments,
                        "state": "asked",
                        "granted_at": located.recorded_at,
                        "granted_on": on,
                    },
                )
        case ApprovalRevoked() | ApprovalWithdrawn() as body:
            state = "revoked" if isinstance(body, ApprovalRevoked) else "withdrawn"
            for one in body.later:
                key = (body.application, body.attempt, way_of(one.turn))
                yield Upsert(LATER_YEARS, key, {"state": state, "ended_on": on})
        case LaterYearHeld() as body:
            yield _part(body, line=body.line, state="held")
        case LaterYearCommitted() as body:
            amount = body.amount - body.surplus
            yield _part(body, line=body.line, amount_fen=amount, state="committed", committed_on=on)
        case LaterYearDropped() as body:
            yield _part(body, state="dropped", ended_on=on)
        case LaterYearLapsed() as body:
            yield _part(body, line=body.line, state="lapsed", rule=body.rule, ended_on=on)
        case PlanKeptStopped() | PlanResumed() as body:
            yield Amend(LATER_YEARS, (body.application,), {"judged_on": on})


def _part(
    body: LaterYearHeld | LaterYearCommitted | LaterYearDropped | LaterYearLapsed, **values: object
) -> Upsert:
    return Upsert(LATER_YEARS, (body.application, body.attempt, way_of(body.turn)), dict(values))
