"""Answer a person's judgement of a claim that was referred, within the caps that bind the person too."""

from typing import assert_never

from events.applications import Stated
from events.approvals import ApprovalDenied, ReviewApplication
from events.envelope import Asked
from events.values import Fact
from policies.engine import trace
from policies.engine.amounts import Plan
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Deny, Grant, Refer
from services.deciders.beneficiary.claims.admissibility import assess, payee_missing
from services.deciders.beneficiary.claims.history_record import record_of
from services.deciders.beneficiary.claims.proposing import propose
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.refusal import refuse


def review(
    state: BeneficiaryState, command: ReviewApplication, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer a person's judgement of a referred application.

    Refuses: NOT_FILED, WITHDRAWN, NOT_REFERRED, then as `_approve`  (first match wins)
    """
    claim = state.applications.filed.get(command.application)
    approval = state.approvals.by_application.get(command.application)
    if claim is None or approval is None:
        return refuse(command, "NOT_FILED", command.application)
    if claim.withdrawn:
        return refuse(command, "WITHDRAWN", command.application)
    if approval.state != "referred":
        return refuse(command, "NOT_REFERRED", command.application)
    if command.verdict == "deny":
        return [
            ApprovalDenied(
                application=command.application,
                code="REVIEWED",
                failing=(),
                policy=None,
                trail=(),
                text=command.reason,
                reviewer=command.reviewer,
            )
        ]
    return _approve(state, approval, claim.stated, command, asked, policies)


def _approve(
    state: BeneficiaryState,
    approval: Approval,
    stated: Stated,
    command: ReviewApplication,
    asked: Asked,
    policies: Policies,
) -> list[Fact]:
    """Propose what a reviewer approved, within the caps that bind him too.

    Refuses: the policy's own denial (CAP_REACHED, CLAUSE_FAILED, PAYEE_MISMATCH, ...),
             TWO_VERSIONS, PAYEE_MISSING, MISSING_FACT, NO_FUND, NO_AMOUNT, ABOVE_CEILING
             (first match wins)
    Holds:   nothing is approved whose caps nobody can count: the facts that they count must be
             stated first, by a correction; so must the payee whom the policy pays
    """
    caps, record = state.approvals.caps, record_of(state, asked.stream, policies)
    outcome = assess(policies, caps, stated, record)
    match outcome:
        case Grant():
            grant = outcome
        case Deny():
            return refuse(command, outcome.code, command.application, outcome.text)
        case Refer(policy=None):
            return refuse(command, outcome.code, command.application, outcome.text)
        case Refer() if payee_missing(outcome):
            return refuse(command, "PAYEE_MISSING", command.application, outcome.text)
        case Refer(uncounted=lacking) if lacking:
            return refuse(command, "MISSING_FACT", command.application, outcome.text)
        case Refer(funds=()):
            return refuse(command, "NO_FUND", command.application, outcome.text)
        case Refer():
            amount = outcome.amount_fen if command.amount is None else command.amount
            if not amount:
                return refuse(command, "NO_AMOUNT", command.application, outcome.text)
            if outcome.most_fen is not None and amount > outcome.most_fen:
                return refuse(
                    command, "ABOVE_CEILING", command.application, _above(outcome.most_fen)
                )
            plan = outcome.plan if outcome.amount_fen == amount else ()
            plan = plan or policies.planned(record.claim(stated), outcome, amount)
            grant = _granted_by_review(outcome, amount, plan)
        case _:
            assert_never(outcome)
    return propose(
        caps,
        command.application,
        approval.attempt + 1,
        stated,
        asked.effective_on,
        grant,
        reviewer=command.reviewer,
    )


def _above(most_fen: int) -> str:
    return f"核定金额超过文件规定的最高数额{trace.yuan(most_fen)}，没有办理。"


def _granted_by_review(outcome: Refer, amount: int, plan: Plan) -> Grant:
    assert outcome.policy is not None
    return Grant(
        outcome.policy,
        amount,
        plan,
        outcome.slots,
        outcome.funds,
        outcome.payee or "applicant",
        outcome.trail,
        tuple(use._replace(take=amount) if use.of == "yuan" else use for use in outcome.ceilings),
        outcome.is_advance,
    )
