"""Which noun of a beneficiary's history answers a command, and what it is given to decide by."""

from collections.abc import Callable
from typing import Any

from events import advances, approvals, households, instalments, status
from events.applications import AnswerWithdrawal
from events.deadlines import CheckDeadline
from events.envelope import Asked
from events.payees import NoteMark
from events.promises import AnswerPromise
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary import household_membership, register_status, status_effects
from services.deciders.beneficiary.claims import deadlines, filing, fraud_marks
from services.deciders.beneficiary.claims import decider as claims
from services.deciders.beneficiary.claims.budget_answers import answer_budget
from services.deciders.beneficiary.claims.reviewing import review
from services.deciders.beneficiary.claims.revoking import revoke
from services.deciders.beneficiary.claims.withdrawing import answer_withdrawal
from services.deciders.beneficiary.instalments import decider as plans
from services.deciders.beneficiary.instalments.advance_granting import grant_advance
from services.deciders.beneficiary.instalments.extending import extend
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.stream import members_of


def _decide_plan(
    state: BeneficiaryState,
    command: instalments.InstalmentCommand,
    asked: Asked,
    policies: Policies,
) -> list[Fact]:
    """Answer about an instalment, and what a plan's end or an earlier leaving takes back of it."""
    facts = plans.decide(state, command, asked, policies)
    if isinstance(command, instalments.PreCheckInstalment):
        return status_effects.paid_as_served(state, facts, policies)
    ended = any(isinstance(fact, instalments.PlanEnded) for fact in facts)
    return [*facts, *status_effects.of_leaving(state, command, policies)] if ended else facts


def _record_status(
    state: BeneficiaryState, command: status.StatusCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Record a status or an earlier use; of a new status, find what else it means."""
    facts = register_status.decide(state.status, state.approvals.caps, command, policies)
    if not facts or isinstance(command, status.RecordPriorUse):
        return facts
    return [*facts, *status_effects.of_status(state, command, policies)]


_Answer = Callable[[BeneficiaryState, Any, Asked, Policies], list[Fact]]

ANSWERS: dict[type[Command], _Answer] = {
    **dict.fromkeys(members_of(filing.FilingCommand), claims.decide_claim),
    approvals.ReviewApplication: review,
    approvals.AnswerBudget: answer_budget,
    approvals.ExtendApproval: extend,
    approvals.RevokeApproval: revoke,
    AnswerPromise: claims.answer_promise,
    AnswerWithdrawal: answer_withdrawal,
    CheckDeadline: deadlines.check,
    NoteMark: fraud_marks.note_mark,
    **dict.fromkeys(members_of(instalments.InstalmentCommand), _decide_plan),
    advances.GrantAdvance: grant_advance,
    households.NoteHousehold: household_membership.note_household,
    households.LoseCategory: household_membership.lose_category,
    **dict.fromkeys(members_of(status.StatusCommand), _record_status),
}
"""Who answers a command that is about this history alone; `links` answers the others."""
