"""Judge one claim line under the notices, with the caps its person has used so far."""

from typing import assert_never

from events.applications import Stated
from events.approvals import ApprovalDenied, ApprovalReferred
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Deny, Grant, Refer
from services.deciders.beneficiary.claims.admissibility import assess
from services.deciders.beneficiary.claims.fraud_marks import doubt_of_marks, doubt_of_name
from services.deciders.beneficiary.claims.history_record import record_of
from services.deciders.beneficiary.claims.proposing import propose
from services.deciders.beneficiary.claims.routes import before_proposing, low_credit
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.caps import Caps


def judge(
    state: BeneficiaryState,
    application: str,
    attempt: int,
    stated: Stated,
    asked: Asked,
    policies: Policies,
    *,
    caps: Caps | None = None,
    trusted: bool = False,
) -> list[Fact]:
    """Answer with one of ApprovalProposed, ApprovalDenied, ApprovalReferred; the ceilings that a
    proposal shares are stated before it. What rests on a promise is asked of the payee's history
    first (PromiseMade), unless that has said that the payee is `trusted`. Whoever has marks of
    deceit is looked at by a person. `caps` are the history's own unless others are given.

    Holds: nothing but the policies, the stated facts, the caps, the marks, the beneficiary's own
           record and the legal day decide; what the record contradicts takes no slot
    """
    caps = state.approvals.caps if caps is None else caps
    outcome = assess(policies, caps, stated, record_of(state, asked.stream, policies))
    match outcome:
        case Grant():
            if doubt := doubt_of_name(stated) or doubt_of_marks(state.approvals.marks):
                return [_to_a_person(application, doubt, outcome)]
            if not trusted and (
                routed := before_proposing(application, attempt, stated, outcome, policies.duties)
            ):
                return routed
            return propose(caps, application, attempt, stated, asked.effective_on, outcome)
        case Deny():
            denied = ApprovalDenied(
                application=application,
                code=outcome.code,
                failing=outcome.failing,
                policy=outcome.policy,
                trail=outcome.trail,
                text=outcome.text,
            )
            return [denied]
        case Refer():
            text = outcome.text
            if doubt := doubt_of_name(stated):
                text = f"{text}；{doubt[1]}"
            return [_to_a_person(application, (outcome.code, text), outcome)]
        case _:
            assert_never(outcome)


def untrusted(
    state: BeneficiaryState,
    application: str,
    stated: Stated,
    grade: str,
    asked: Asked,
    policies: Policies,
) -> list[Fact]:
    """Send a claim to a person whose payee may not promise instead of proving."""
    record = record_of(state, asked.stream, policies)
    outcome = assess(policies, state.approvals.caps, stated, record)
    return [_to_a_person(application, low_credit(grade), outcome)]


def _to_a_person(
    application: str, why: tuple[str, str], outcome: Grant | Deny | Refer
) -> ApprovalReferred:
    code, text = why
    return ApprovalReferred(
        application=application,
        code=code,
        text=text,
        policy=outcome.policy,
        trail=outcome.trail,
    )
