"""Judges: which people have judged an application; what is paid of it carries their names.

In:    facts that a person's judgement led to
Out:   payments and advances that name whoever has judged their application until then
Holds: what rules decided was judged by nobody; a judgement counts whatever became of it
Source: docs/adr/0064-who-judged-a-payment-travels-with-it.md
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from events.advances import BY_POLICY, AdvanceGranted
from events.approvals import ApprovalDenied, ApprovalProposed, ExtensionProposed
from events.instalments import InstalmentDue, PlanKeptStopped, PlanResumed
from events.values import Fact
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState

_BY: dict[type[Fact], Callable[[Any], str | None]] = {
    **dict.fromkeys((ApprovalProposed, ApprovalDenied, ExtensionProposed), attrgetter("reviewer")),
    **dict.fromkeys((AdvanceGranted, PlanResumed, PlanKeptStopped), attrgetter("by")),
}
"""The facts that a person's judgement leads to, and where each names the person."""


def evolve(state: BeneficiaryState, fact: Fact) -> None:
    """Fold who has judged, in place."""
    named = _BY.get(type(fact))
    judge = named(fact) if named else None
    if judge and judge != BY_POLICY:
        application: str = fact.application  # type: ignore[attr-defined]
        known = state.judges or {}
        others = [one for one in known.get(application, ()) if one != judge]
        state.judges = {**known, application: (*others, judge)}


def named_in(state: BeneficiaryState, facts: list[Fact]) -> list[Fact]:
    """Name in what is to be paid who has judged it."""
    return [
        fact.model_copy(update={"judged_by": judges})
        if isinstance(fact, InstalmentDue | AdvanceGranted) and (judges := _judges(state, fact))
        else fact
        for fact in facts
    ]


def _judges(state: BeneficiaryState, fact: InstalmentDue | AdvanceGranted) -> tuple[str, ...]:
    before = (state.judges or {}).get(fact.application, ())
    now = fact.by if isinstance(fact, AdvanceGranted) and fact.by != BY_POLICY else ""
    return (*before, now) if now and now not in before else before
