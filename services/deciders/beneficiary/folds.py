"""Which noun of a beneficiary's history folds a fact."""

from collections.abc import Callable
from datetime import date
from typing import Any

from events import applications, approvals, early, links, status
from events.envelope import Recorded
from events.values import Fact
from services.deciders.beneficiary import (
    early_requests,
    household_membership,
    judges,
    register_status,
)
from services.deciders.beneficiary.claims import filing, folding
from services.deciders.beneficiary.instalments import folding as plans
from services.deciders.beneficiary.links import decider as linking
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.stream import members_of


def evolve(state: BeneficiaryState, fact: Fact, recorded: Recorded) -> None:
    """Let the noun that the fact is about fold it, in place."""
    FOLDS[type(fact)](state, fact, recorded)
    judges.evolve(state, fact)


def _fold_proposed(
    state: BeneficiaryState, fact: approvals.ApprovalProposed, recorded: Recorded
) -> None:
    folding.evolve(state.approvals, fact)
    _note_hire(state, fact)


def _note_hire(state: BeneficiaryState, fact: approvals.ApprovalProposed) -> None:
    """Note since when somebody is employed whose employer is paid for him; where the claim does
    not say and a person has judged it, since the first month that it is for at the latest."""
    claim = state.applications.filed.get(fact.application)
    began = claim.stated.facts.get("hire.began_on") if claim else None
    months = [one.month for part in fact.instalments for one in part.months]
    if not isinstance(began, str) and fact.reviewer and months:
        began = f"{min(months)}-01"
    approval = state.approvals.by_application[fact.application]
    if isinstance(began, str) and approval.proposed is not None:
        hired_on = date.fromisoformat(began)
        approval.proposed = approval.proposed._replace(hired_on=hired_on)


def _fold_early(state: BeneficiaryState, fact: early.EarlyRequestFact, recorded: Recorded) -> None:
    state.early_requests = early_requests.evolve(state.early_requests, fact)


def _fold_link(state: BeneficiaryState, fact: linking.LinkingFact, recorded: Recorded) -> None:
    linking.evolve(state.own_links(), state.approvals, fact)


def _fold_moved(state: BeneficiaryState, fact: links.ApplicationMoved, recorded: Recorded) -> None:
    state.own_links().moved |= {fact.application}


def _fold_received(
    state: BeneficiaryState, fact: links.ApplicationReceived, recorded: Recorded
) -> None:
    state.applications.received(fact)
    state.approvals.by_application[fact.application] = Approval("referred", fact.attempts)


def _leads_only_to_more(state: BeneficiaryState, fact: Fact, recorded: Recorded) -> None:
    """Another stream is asked because of it; this history stays as it is."""


_Fold = Callable[[BeneficiaryState, Any, Recorded], None]

FOLDS: dict[type[Fact], _Fold] = {
    **dict.fromkeys(
        members_of(filing.FilingFact),
        lambda state, fact, recorded: filing.evolve(state.applications, fact),
    ),
    **dict.fromkeys(
        members_of(folding.ClaimFact),
        lambda state, fact, recorded: folding.evolve(state.approvals, fact),
    ),
    approvals.ApprovalProposed: _fold_proposed,
    **dict.fromkeys(
        members_of(plans.PlanFact),
        lambda state, fact, recorded: plans.evolve(state.instalments, fact, recorded.effective_on),
    ),
    **dict.fromkeys(members_of(early.EarlyRequestFact), _fold_early),
    **dict.fromkeys(
        members_of(household_membership.MemberFact),
        lambda state, fact, recorded: household_membership.evolve(state.status, fact, recorded.id),
    ),
    **dict.fromkeys(members_of(linking.LinkingFact), _fold_link),
    links.ApplicationMoved: _fold_moved,
    links.ApplicationReceived: _fold_received,
    **dict.fromkeys(
        (applications.WithdrawalAsked, links.PassedOn, links.UseReturned), _leads_only_to_more
    ),
    **dict.fromkeys(
        members_of(status.StatusFact),
        lambda state, fact, recorded: register_status.evolve(
            state.status, state.approvals.caps, fact, recorded.id
        ),
    ),
}
