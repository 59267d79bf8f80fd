"""Judge one claim line under the notices, with the caps its person has used so far."""

from datetime import date
from typing import assert_never

from events import streams
from events.applications import Stated
from events.approvals import (
    ApprovalDenied,
    ApprovalProposed,
    ApprovalReferred,
    ReviewApplication,
)
from events.values import BudgetClaim, CapSlot, Fact, MonthPaid, PlannedInstalment
from policies.engine import trace
from policies.engine.amounts import Plan
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import (
    AT_GRANT,
    Deny,
    Grant,
    Refer,
)
from services.deciders.beneficiary.claims.admissibility import assess, payee_missing
from services.deciders.beneficiary.claims.ceilings import under_ceilings
from services.deciders.beneficiary.claims.fraud_marks import doubt_of_marks, doubt_of_name
from services.deciders.beneficiary.claims.history_record import HistoryRecord
from services.deciders.beneficiary.claims.routes import before_proposing, low_credit
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.caps import Caps
from services.deciders.refusal import refuse


def judge(
    caps: Caps,
    application: str,
    attempt: int,
    stated: Stated,
    on: date,
    policies: Policies,
    record: HistoryRecord,
    *,
    trusted: bool = False,
    marks: frozenset[str] = frozenset(),
) -> list[Fact]:
    """Answer with one of ApprovalProposed, ApprovalDenied, ApprovalReferred; the ceilings that a
    proposal shares are stated before it. What rests on a promise is asked of the payee's history
    first (PromiseMade), unless that has said that the payee is `trusted`. Whoever has `marks` of
    deceit is looked at by a person.

    Holds: nothing but the policies, the stated facts, the caps, the marks, the beneficiary's own
           record and the legal day `on` decides; what the record contradicts takes no slot
    """
    outcome = assess(policies, caps, stated, record)
    match outcome:
        case Grant():
            if doubt := doubt_of_name(stated) or doubt_of_marks(marks):
                return [_to_a_person(application, doubt, outcome)]
            return (
                [] if trusted else _routed(application, attempt, stated, outcome, policies)
            ) or _proposed(caps, application, attempt, stated, on, outcome)
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


def _routed(
    application: str, attempt: int, stated: Stated, grant: Grant, policies: Policies
) -> list[Fact]:
    policy = grant.policy
    return before_proposing(application, attempt, stated, grant, policy, policies.duties)


def untrusted(
    caps: Caps,
    application: str,
    stated: Stated,
    grade: str,
    policies: Policies,
    record: HistoryRecord,
) -> list[Fact]:
    """Send a claim to a person whose payee may not promise instead of proving."""
    outcome = assess(policies, caps, stated, record)
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


def approve_by_review(
    caps: Caps,
    approval: Approval,
    stated: Stated,
    command: ReviewApplication,
    on: date,
    policies: Policies,
    record: HistoryRecord,
) -> list[Fact]:
    """Propose what a reviewer approved, within the caps that bind him too.

    Refuses: the policy's own denial (CAP_REACHED, CLAUSE_FAILED, PAYEE_MISMATCH, ...),
             TWO_VERSIONS, PAYEE_MISSING, MISSING_FACT, NO_FUND, NO_AMOUNT, ABOVE_CEILING
             (first match wins)
    Holds:   nothing is approved whose caps nobody can count: the facts that they count must be
             stated first, by a correction; so must the payee whom the policy pays
    """
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
    attempt = approval.attempt + 1
    return _proposed(
        caps, command.application, attempt, stated, on, grant, reviewer=command.reviewer
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


def _proposed(
    caps: Caps,
    application: str,
    attempt: int,
    stated: Stated,
    on: date,
    grant: Grant,
    *,
    reviewer: str | None = None,
) -> list[Fact]:
    policy = grant.policy
    wanted = tuple(
        CapSlot(
            family=policy.family,
            cap=slot.cap,
            period=slot.period,
            key=slot.key,
            months=slot.months,
        )
        for slot in grant.slots
    )
    instalments = tuple(
        PlannedInstalment(
            no=part.no,
            amount=part.amount_fen,
            due_on=_due_on(part.due),
            months=tuple(MonthPaid(month=month, amount=fen) for month, fen in part.months),
        )
        for part in grant.plan
    )
    proposed = ApprovalProposed(
        application=application,
        attempt=attempt,
        policy=policy,
        amount=grant.amount_fen,
        instalments=instalments,
        slots=caps.numbered(wanted),
        claims=_claims(instalments, grant.funds, stated.region, on),
        payee=stated.payee,
        account=stated.account,
        region=stated.region,
        trail=grant.trail,
        reviewer=reviewer,
    )
    return under_ceilings(proposed, grant.ceilings)


def _claims(
    instalments: tuple[PlannedInstalment, ...], funds: tuple[str, ...], district: str, on: date
) -> tuple[BudgetClaim, ...]:
    """Claim each year's instalments from that year's lines, in the policy's order of funds: the
    year in which a part falls due, or this one where it is due already."""
    by_year: dict[int, int] = {}
    for part in instalments:
        year = max(part.due_on or on, on).year
        by_year[year] = by_year.get(year, 0) + part.amount
    return tuple(
        BudgetClaim(
            amount=amount,
            lines=tuple(streams.fund_line(fund, district, year) for fund in funds),
        )
        for year, amount in sorted(by_year.items())
    )


def _due_on(due: str) -> date | None:
    """Read a due day; what is due at the grant has no day of its own yet."""
    return None if due == AT_GRANT else date.fromisoformat(due)
