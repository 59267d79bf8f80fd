"""Instalments: what is planned, what has fallen due, what was stopped; the clerk asks here.

In:    the facts of READS
Asked: alarms, due_instalments, due_work, later_years
"""

from collections.abc import Iterator

from events.advances import AdvanceGranted
from events.approvals import (
    ApprovalExtended,
    ApprovalGranted,
    ApprovalRevoked,
    ApprovalWithdrawn,
    LaterYearCommitted,
)
from events.ids import instalment_of, is_plan_advance
from events.instalments import (
    EvidenceRecorded,
    InstalmentCut,
    InstalmentDue,
    InstalmentReduced,
    InstalmentStopped,
    InstalmentWaits,
    PlanEnded,
)
from events.values import PlannedInstalment
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import of_application
from projections.definition.table import (
    Amend,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 6

INSTALMENTS = Table(
    "instalments",
    "Every part of a granted plan",
    (
        Column("application", "text", "key of the application"),
        Column("instalment", "integer", "number in the plan"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("programme", "text", "the benefit"),
        Column("amount_fen", "bigint", "amount planned", "fen"),
        Column("due_on", "date", "day it falls due"),
        Column("months", "text", "month it pays for, or the first and the last of them"),
        Column("paid_fen", "bigint", "amount that was found due", "fen"),
        Column("needs", "text", "what it waits for: contributions or days_served"),
        Column("measure", "bigint", "what was contributed (fen), or the days served"),
        Column("rule", "text", "rule that stopped or reduced it"),
        Column("line", "text", "budget line that carries it"),
        Column("disbursement", "text", "id of the payment, once it is due"),
        Column("reason", "text", "why it was stopped"),
        Column(
            "state",
            "text",
            "year_ahead (its year has not committed its money), planned, waiting, due, stopped, "
            "withdrawn or revoked",
        ),
        Column("committed_on", "date", "legal day its money was committed"),
        Column("checked_on", "date", "legal day of the check before payment"),
    ),
    scoping=of_application(),
    key=("application", "instalment"),
    indexes=("(due_on, application, instalment) WHERE state = 'planned'", "(beneficiary)"),
    amended_by=1,
)
TABLES = (INSTALMENTS,)
READS = (
    ApprovalExtended,
    EvidenceRecorded,
    InstalmentCut,
    InstalmentReduced,
    InstalmentWaits,
    PlanEnded,
    AdvanceGranted,
    ApprovalGranted,
    ApprovalRevoked,
    ApprovalWithdrawn,
    InstalmentDue,
    InstalmentStopped,
    LaterYearCommitted,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow each instalment from the plan to its pre-check."""
    match located.fact.body:
        case ApprovalGranted() | ApprovalExtended() | LaterYearCommitted() as body:
            yield from _planned(located, body)
        case ApprovalRevoked() as body:
            for no in body.instalments:
                yield Upsert(INSTALMENTS, (body.application, no), {"state": "revoked"})
        case ApprovalWithdrawn() as body:
            yield Amend(INSTALMENTS, (body.application,), {"state": "withdrawn"})
        case InstalmentWaits() as body:
            values = {"state": "waiting", "needs": body.needs}
            yield Upsert(INSTALMENTS, (body.application, body.no), values)
        case EvidenceRecorded() as body:
            yield Upsert(INSTALMENTS, (body.application, body.no), {"measure": body.measure})
        case InstalmentReduced() | InstalmentCut() as body:
            yield Upsert(INSTALMENTS, (body.application, body.no), {"rule": body.rule})
        case PlanEnded(whole=True) as body:
            # what is left of a whole term is due on the day it ended
            for no in body.at_once:
                yield Upsert(INSTALMENTS, (body.application, no), {"due_on": body.ended_on})
        case InstalmentDue() as body:
            yield Upsert(
                INSTALMENTS,
                (body.application, body.no),
                {
                    "line": body.line,
                    "disbursement": body.disbursement,
                    "paid_fen": body.amount,
                    "state": "due",
                    "checked_on": located.on,
                },
            )
        case AdvanceGranted() as body:
            if not is_plan_advance(body.disbursement):  # an advance of its own is in no plan
                yield Upsert(
                    INSTALMENTS,
                    (body.application, instalment_of(body.disbursement)),
                    {
                        "line": body.money.line,
                        "disbursement": body.disbursement,
                        "state": "due",
                        "checked_on": located.on,
                    },
                )
        case InstalmentStopped() as body:
            yield Upsert(
                INSTALMENTS,
                (body.application, body.no),
                {
                    "line": body.line,
                    "reason": body.reason,
                    "rule": body.rule,
                    "state": "stopped",
                    "checked_on": located.on,
                },
            )


def _planned(
    located: LocatedFact, body: ApprovalGranted | ApprovalExtended | LaterYearCommitted
) -> Iterator[Change]:
    """Plan each part; one of a later year once that year has committed its money."""
    if isinstance(body, LaterYearCommitted):
        for no in body.instalments:
            values = {"state": "planned", "line": body.line, "committed_on": located.on}
            yield Upsert(INSTALMENTS, (body.application, no), values)
        return
    programme = body.programme if isinstance(body, ApprovalExtended) else body.policy.programme
    later = () if isinstance(body, ApprovalExtended) else body.later
    ahead = {no for one in later for no in one.instalments}
    for part in body.instalments:
        yield Upsert(
            INSTALMENTS,
            (body.application, part.no),
            {
                "beneficiary": located.token,
                "programme": programme,
                "amount_fen": part.amount,
                "due_on": part.due_on or located.on,
                "months": _months(part),
                "state": "year_ahead" if part.no in ahead else "planned",
                "committed_on": None if part.no in ahead else located.on,
            },
        )


def _months(part: PlannedInstalment) -> str | None:
    """Name what a part pays for, ``2021-09`` or ``2021-03/2021-08``; None where it is paid once."""
    ends = dict.fromkeys(one.month for one in (*part.months[:1], *part.months[-1:]))
    return "/".join(ends) or None
