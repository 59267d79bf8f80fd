"""Budgets: what each line may commit, has committed, and who waits for it.

In:    the facts of READS
Holds: available = allocated - committed; a row follows its line's history alone.
Asked: application_detail, budgets, disclosures, due_work, later_years, proposals_waiting, worklists
"""

from collections.abc import Iterator

from events import streams
from events.approvals import way_of
from events.budgets import (
    AdjustmentProposed,
    AdjustmentRejected,
    BudgetAdjusted,
    BudgetAlarmRaised,
    BudgetAllocated,
    BudgetAsk,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetParted,
    BudgetQueued,
    BudgetReleased,
    BudgetSpendingReversed,
    BudgetSpent,
    EarmarkFreed,
    LineClosed,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByLine
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 5

BUDGETS = Table(
    "budgets",
    "Every budget line",
    (
        Column("line", "text", "name of the line"),
        Column("kind", "text", "fund or ceiling", merge=Merge.FIRST),
        Column("name", "text", "the fund, or the name of the ceiling", merge=Merge.FIRST),
        Column("district", "text", "region code of the district", merge=Merge.FIRST),
        Column("year", "integer", "budget year", merge=Merge.FIRST),
        Column("allocated_fen", "bigint", "may be committed in all", "fen", merge=Merge.SUM),
        Column("committed_fen", "bigint", "committed and not released", "fen", merge=Merge.SUM),
        Column(
            "spent_fen",
            "bigint",
            "paid by the bank, kept of payments for debts, or paid ahead",
            "fen",
            merge=Merge.SUM,
        ),
        Column("commitments", "integer", "how often money was committed", merge=Merge.SUM),
        Column("alarm", "integer", "share at which it was last alarmed", "percent"),
        Column("alarmed_on", "date", "legal day of that alarm"),
        Column("closed_on", "date", "legal day the line was closed"),
    ),
    scoping=ByLine(),
    key=("line",),
    indexes=("(year, kind, name, district)",),
)

BUDGET_QUEUE = Table(
    "budget_queue",
    "Every claim that ever waited for a line",
    (
        Column("line", "text", "name of the line"),
        Column("application", "text", "key of the application"),
        Column("attempt", "integer", "number of the proposal"),
        Column("way", "integer", "number of its way over the lines: 0 is the first"),
        Column(
            "seq", "integer", "order in which the line serves: number of the fact that queued it"
        ),
        Column("place", "integer", "place in the queue when it came"),
        Column("amount_fen", "bigint", "amount waited for", "fen"),
        Column("state", "text", "waiting, served, lapsed, carried, parted (of one year) or left"),
        Column("queued_at", "timestamptz", "when the wait began", "UTC"),
        Column("queued_on", "date", "legal day the wait began"),
        Column("left_on", "date", "legal day the wait ended"),
    ),
    scoping=ByLine(),
    key=("line", "application", "attempt", "way"),
    indexes=("(line, seq) WHERE state = 'waiting'", "(application)"),
)

BUDGET_MONTHS = Table(
    "budget_months",
    "What was allocated, committed and released on each line, by month",
    (
        Column("line", "text", "name of the line"),
        Column("month", "text", "yyyy-mm"),
        Column("allocated_fen", "bigint", "allocated", "fen", merge=Merge.SUM),
        Column("committed_fen", "bigint", "committed", "fen", merge=Merge.SUM),
        Column("released_fen", "bigint", "released", "fen", merge=Merge.SUM),
    ),
    scoping=ByLine(),
    key=("line", "month"),
)
BUDGET_ADJUSTMENTS = Table(
    "budget_adjustments",
    "Every adjustment that staff proposed or a document made",
    (
        Column("line", "text", "name of the line"),
        Column("document", "text", "number of the document"),
        Column("by_fen", "bigint", "more or less than before", "fen"),
        Column("reason", "text", "why"),
        Column("maker", "text", "who proposed it, empty where upstream made it"),
        Column("checker", "text", "the second person"),
        Column("state", "text", "proposed, made or rejected"),
        Column("proposed_on", "date", "legal day it was proposed"),
        Column("decided_on", "date", "legal day it was made or rejected"),
    ),
    scoping=ByLine(),
    key=("line", "document"),
    indexes=("(line) WHERE state = 'proposed'",),
)
TABLES = (BUDGETS, BUDGET_QUEUE, BUDGET_MONTHS, BUDGET_ADJUSTMENTS)
READS = (
    BudgetAllocated,
    BudgetAdjusted,
    AdjustmentProposed,
    AdjustmentRejected,
    BudgetCommitted,
    BudgetQueued,
    BudgetDequeued,
    BudgetCarried,
    BudgetParted,
    BudgetReleased,
    BudgetSpent,
    BudgetSpendingReversed,
    EarmarkFreed,
    BudgetAlarmRaised,
    LineClosed,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one line: its money, its commitments and its queue."""
    line = located.fact.stream
    match located.fact.body:
        case BudgetAllocated() as body:
            kind, name, district, year = streams.line_parts(line)
            named = {"kind": kind, "name": name, "district": district, "year": year}
            yield Upsert(BUDGETS, (line,), {**named, "allocated_fen": body.amount})
            yield _month(located, allocated_fen=body.amount)
        case BudgetCommitted() as body:
            committed = {"committed_fen": body.amount, "commitments": 1}
            yield Upsert(BUDGETS, (line,), committed)
            yield _month(located, committed_fen=body.amount)
        case BudgetQueued() | BudgetDequeued() | BudgetCarried() | BudgetParted() as body:
            yield from _in_the_queue(located, body)
        case BudgetSpent() as body:
            yield Upsert(BUDGETS, (line,), {"spent_fen": body.amount})
        case BudgetSpendingReversed() as body:
            yield Upsert(BUDGETS, (line,), {"spent_fen": -body.amount})
        case EarmarkFreed() as body:
            freed = {"committed_fen": -body.released, "spent_fen": -body.amount * body.spent}
            yield Upsert(BUDGETS, (line,), freed)
            if body.released:
                yield _month(located, released_fen=body.released)
        case BudgetAlarmRaised() as body:
            yield Upsert(BUDGETS, (line,), {"alarm": body.share, "alarmed_on": located.on})
        case BudgetAdjusted() | AdjustmentProposed() | AdjustmentRejected() as body:
            yield from _adjustment(located, body)
        case BudgetReleased() as body:
            if body.from_queue:
                key = (line, body.application, body.attempt, way_of(body.turn))
                yield Upsert(BUDGET_QUEUE, key, {"state": "left", "left_on": located.on})
            yield Upsert(BUDGETS, (line,), {"committed_fen": -body.amount})
            yield _month(located, released_fen=body.amount)
        case LineClosed():
            yield Upsert(BUDGETS, (line,), {"closed_on": located.on})


def _adjustment(
    located: LocatedFact, body: BudgetAdjusted | AdjustmentProposed | AdjustmentRejected
) -> Iterator[Change]:
    line, on = located.fact.stream, located.on
    values: dict[str, object] = {"maker": body.maker, "reason": body.reason}
    match body:
        case AdjustmentProposed():
            values |= {"by_fen": body.by, "state": "proposed", "proposed_on": on}
        case BudgetAdjusted():
            yield Upsert(BUDGETS, (line,), {"allocated_fen": body.by})
            yield _month(located, allocated_fen=body.by)
            values |= {"by_fen": body.by, "checker": body.checker, "state": "made"}
            values["decided_on"] = on
        case AdjustmentRejected():
            values = {"checker": body.checker, "state": "rejected", "decided_on": on}
    yield Upsert(BUDGET_ADJUSTMENTS, (line, body.document), values)


def _in_the_queue(
    located: LocatedFact, body: BudgetQueued | BudgetDequeued | BudgetCarried | BudgetParted
) -> Iterator[Change]:
    line = located.fact.stream
    waits = {
        "seq": located.fact.seq,
        "state": "waiting",
        "queued_at": located.recorded_at,
        "queued_on": located.on,
    }
    match body:
        case BudgetQueued():
            kind, name, district, year = streams.line_parts(line)
            named = {"kind": kind, "name": name, "district": district, "year": year}
            yield Upsert(BUDGETS, (line,), named)
            yield _queue(line, body.ask, place=body.place, amount_fen=body.ask.amount, **waits)
        case BudgetDequeued():
            # a closed line lets a claim lapse that has never waited: such a row has no place
            state = "lapsed" if body.lapsed else "served"
            yield _queue(line, body.ask, state=state, left_on=located.on)
        case BudgetCarried():
            yield _queue(line, body.ask, state="carried", left_on=located.on)
        case BudgetParted():
            yield _queue(line, body.ask, state="parted", left_on=located.on)
            yield _queue(line, body.onward, amount_fen=body.onward.amount, **waits)


def _queue(line: str, ask: BudgetAsk, **values: object) -> Upsert:
    return Upsert(
        BUDGET_QUEUE, (line, ask.application, ask.attempt, way_of(ask.turn)), dict(values)
    )


def _month(located: LocatedFact, **amounts: int) -> Upsert:
    key = (located.fact.stream, located.on.isoformat()[:7])
    return Upsert(BUDGET_MONTHS, key, dict(amounts))
