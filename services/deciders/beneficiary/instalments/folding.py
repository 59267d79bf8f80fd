"""Fold what has become of one beneficiary's instalments, advances and plans."""

from datetime import date
from typing import assert_never

from events.advances import AdvanceGranted
from events.ids import instalment_of
from events.instalments import (
    EvidenceRecorded,
    InstalmentCut,
    InstalmentDue,
    InstalmentFact,
    InstalmentReduced,
    InstalmentStopped,
    InstalmentWaits,
    OverpaymentFound,
    PlanEnded,
    PlanKeptStopped,
    PlanResumed,
    ResumptionRaised,
)
from services.deciders.beneficiary.instalments.overpaying import undue_with
from services.deciders.beneficiary.state.instalments import (
    NOTHING_FOUND,
    Ended,
    Instalments,
    PaidInstalment,
)

PlanFact = InstalmentFact | AdvanceGranted
"""What changes instalments: an advance is one, too."""


def evolve(instalments: Instalments, fact: PlanFact, on: date) -> None:
    """Fold one fact of a legal day, in place."""
    match fact:
        case EvidenceRecorded():
            instalments.evidence[fact.application, fact.month or f"#{fact.no}"] = fact.measure
        case InstalmentWaits():
            instalments.waiting |= {(fact.application, fact.no)}
        case InstalmentReduced() | PlanKeptStopped():
            pass
        case InstalmentCut():
            key = (fact.application, fact.no)
            instalments.stopped_for = {**instalments.stopped_for, key: fact.reason}
        case PlanEnded():
            ended = Ended(fact.ended_on, fact.whole, fact.rule, fact.because == "left")
            instalments.ended = {**instalments.ended, fact.application: ended}
        case InstalmentDue():
            key = (fact.application, fact.no)
            instalments.answered[key] = "due"
            instalments.paid[key] = PaidInstalment(on, fact.amount, fact.months)
            instalments.waiting -= {key}
        case InstalmentStopped():
            key = (fact.application, fact.no)
            instalments.answered[key] = "stopped"
            instalments.stopped_for = {**instalments.stopped_for, key: fact.reason}
            instalments.waiting -= {key}
        case OverpaymentFound():
            key = (fact.application, fact.no)
            undue = undue_with(instalments.undue.get(key, NOTHING_FOUND), fact)
            instalments.undue = {**instalments.undue, key: undue}
        case ResumptionRaised():
            instalments.raised |= {(fact.application, fact.since)}
        case PlanResumed():
            instalments.resumed |= {(fact.application, fact.since, fact.document)}
        case AdvanceGranted():
            key = (fact.application, instalment_of(fact.disbursement))
            instalments.answered[key] = "due"
            instalments.advanced = {**instalments.advanced, key: fact.amount}
        case _:
            assert_never(fact)
