"""Decide, on a member's own history, what the household must hear and what its end means.

Holds: an approval that stands without the household's category goes on; one that does not is
       stopped at once, for all months after the change; the month of the change is checked by its
       days, and what was paid for days after it is found.
"""

from dataclasses import replace
from datetime import date

from events.envelope import Asked, Recorded, follow_up
from events.households import (
    CategoryLost,
    HouseholdInformed,
    HouseholdNoted,
    LoseCategory,
    NoteHousehold,
    ReportMember,
)
from events.status import RecordStatus
from events.values import Fact
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Claim, Deny
from services.deciders.beneficiary.instalments.overpaying import overpayments
from services.deciders.beneficiary.instalments.stopping import stopped
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.status import Loss, Status

MemberFact = HouseholdNoted | HouseholdInformed | CategoryLost


def note_household(
    state: BeneficiaryState, command: NoteHousehold, asked: Asked, policies: Policies
) -> list[Fact]:
    """Remember the household; tell it of a job that was known before."""
    status = state.status
    if (command.household in status.households) == command.joined:
        return []
    noted = HouseholdNoted(household=command.household, joined=command.joined, since=command.since)
    jobs = [since for kind, since, _ in status.reported if kind == "employed"]
    job = max(jobs, default=None)
    if not command.joined or job is None or status.holds("employed", job) is None:
        return [noted]
    if any(kind == "unemployed" and since > job for kind, since, _ in status.reported):
        return [noted]
    return [noted, *_informed(status, (command.household,), job)]


def inform_households(status: Status, command: RecordStatus) -> list[Fact]:
    """Tell the households of a job."""
    if command.status != "employed":
        return []
    return _informed(status, status.households, command.since)


def _informed(status: Status, households: tuple[str, ...], since: date) -> list[Fact]:
    return [
        HouseholdInformed(household=household, status="employed", since=since)
        for household in households
        if (household, since) not in status.informed
    ]


def lose_category(
    state: BeneficiaryState, command: LoseCategory, asked: Asked, policies: Policies
) -> list[Fact]:
    """Check every running approval that rests on the household's category without it."""
    approvals, instalments = state.approvals, state.instalments
    if command.household in state.status.lost:
        return []
    rule = policies.duties.stops.household
    kept: list[str] = []
    ended: list[str] = []
    stops: list[Fact] = []
    for application, approval in approvals.by_application.items():
        claim = state.applications.filed.get(application)
        if approval.state != "granted" or approval.proposed is None or claim is None:
            continue
        categories = claim.stated.facts.get(rule.fact)
        if not isinstance(categories, list | tuple) or rule.category not in categories:
            continue
        others = [category for category in categories if category != rule.category]
        without = Claim(
            claim.stated.programme,
            claim.stated.region,
            claim.stated.applied_on,
            {**claim.stated.facts, rule.fact: others},
        )
        again = policies.evaluate(without, approvals.caps.without(application))
        if not isinstance(again, Deny):
            kept.append(application)
            continue
        ended.append(application)
        parts = [
            part
            for part in approval.proposed.instalments
            if not part.months or f"{part.months[0].month}-01" >= str(command.since)
        ]
        stops += stopped(application, approval, instalments, parts, "household", "stops/household")
    lost = CategoryLost(
        household=command.household,
        category=rule.category,
        since=command.since,
        kept=tuple(kept),
        stopped=tuple(ended),
    )
    status_after = replace(state.status)
    evolve(status_after, lost)
    return [lost, *stops, *overpayments(approvals, instalments, status_after, policies)]


def evolve(status: Status, fact: MemberFact, fact_id: str = "") -> None:
    """Fold one fact, in place."""
    match fact:
        case HouseholdNoted(joined=True):
            status.households += (fact.household,)
            status.joined += ((fact.household, fact.since),)
        case HouseholdNoted():
            status.households = tuple(h for h in status.households if h != fact.household)
        case HouseholdInformed():
            status.informed |= {(fact.household, fact.since)}
        case CategoryLost():
            status.lost |= {fact.household}
            status.category_lost |= {(application, fact.since) for application in fact.stopped}
            status.losses += (Loss(fact.household, fact.since, fact_id),)


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Report a job to the household."""
    match recorded.body:
        case HouseholdInformed() as fact:
            report = ReportMember(member=recorded.stream, status=fact.status, since=fact.since)
            return [follow_up(recorded, 0, fact.household, report)]
        case _:
            return []
