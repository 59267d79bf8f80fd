"""Decide a claim: take it in, correct it or take it back, and judge whether money is due."""

from events.applications import (
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    Stated,
)
from events.approvals import ApprovalWithdrawn
from events.envelope import Asked
from events.promises import AnswerPromise
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.claims import filing
from services.deciders.beneficiary.claims.judgement import judge, untrusted
from services.deciders.beneficiary.instalments import later_years
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState


def decide_claim(
    state: BeneficiaryState, command: filing.FilingCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Say what becomes of the claim itself, and what is decided about its money.

    Refuses: as `filing`
    Holds: a claim is judged on the last content that its filing gives it, and one that was taken
           back is not judged; money under way for earlier content is given back first
    """
    filed = filing.decide(state.applications, state.approvals, state.instalments, command)
    match filed:
        case [ApplicationFiled(application=application, stated=stated), *later]:
            if application in state.applications.withdrawn_early:
                return filed
            stated = _last_stated(stated, later)
            return [*filed, *judge(state, application, 1, stated, asked, policies)]
        case [
            ApplicationCorrected(before_filing=False, application=application, stated=stated),
            *later,
        ]:
            stated = _last_stated(stated, later)
            return [*filed, *_judge_again(state, application, stated, asked, policies)]
        case [ApplicationWithdrawn(before_filing=False, application=application)]:
            return [*filed, *take_back(state.approvals, application)]
        case _:
            return filed


def _last_stated(stated: Stated, later: list[Fact]) -> Stated:
    for fact in later:
        if isinstance(fact, ApplicationCorrected):
            stated = fact.stated
    return stated


def _judge_again(
    state: BeneficiaryState, application: str, stated: Stated, asked: Asked, policies: Policies
) -> list[Fact]:
    """Judge other content of a claim, as if what is under way for it had been given back."""
    approvals = state.approvals
    undone = take_back(approvals, application)
    attempt = approvals.by_application[application].attempt + 1
    caps = approvals.caps.without(application) if undone else approvals.caps
    return [*undone, *judge(state, application, attempt, stated, asked, policies, caps=caps)]


def take_back(approvals: Approvals, application: str) -> list[Fact]:
    """Give back what is under way for an application, or was granted."""
    approval = approvals.by_application.get(application)
    if approval is None or approval.state not in ("proposed", "held", "granted"):
        return []
    return [
        ApprovalWithdrawn(
            application=application,
            attempt=approval.attempt,
            taken=approval.taken,
            queued_on=approval.queued_on,
            later=later_years.waiting(approval),
        )
    ]


def answer_promise(
    state: BeneficiaryState, command: AnswerPromise, asked: Asked, policies: Policies
) -> list[Fact]:
    """Go on with a claim that rests on a promise, now that the payee's history has answered.

    Holds: an answer that nobody waits for (taken back, corrected) changes nothing
    """
    application = command.application
    claim = state.applications.filed.get(application)
    approval = state.approvals.by_application.get(application)
    if claim is None or approval is None or claim.withdrawn:
        return []
    if (approval.state, approval.attempt) != ("promised", command.attempt):
        return []
    if not command.accepted:
        return untrusted(state, application, claim.stated, command.grade, asked, policies)
    return judge(state, application, command.attempt, claim.stated, asked, policies, trusted=True)
