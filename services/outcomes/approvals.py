"""Approvals: what upstream hears of a decision, its budget, its extension and its revocation.

Holds: what a clause saw of a person, and a reviewer's own reason, stay inside
"""

from events import advances, approvals
from events.contract.outbound import LaterYearTold
from events.values import Fact
from policies.engine.registry import Policies
from services.outcomes.clauses import policy_name, quoted_clauses
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields

_Decision = (
    approvals.ApprovalProposed
    | approvals.ApprovalGranted
    | approvals.ApprovalDenied
    | approvals.ApprovalReferred
)


def _of_decision(fact: _Decision) -> OutcomeFields:
    """Which application was decided, and by which version of which rule."""
    fields: OutcomeFields = {"application": fact.application}
    if fact.policy is not None:
        fields |= {"programme": fact.policy.programme, "policy": policy_name(fact.policy)}
    return fields


def _proposed(fact: approvals.ApprovalProposed, _: Policies) -> OutcomeFields:
    return _of_decision(fact) | {
        "outcome": "proposed",
        "attempt": fact.attempt,
        "amount_fen": fact.amount,
    }


def _granted(fact: approvals.ApprovalGranted, _: Policies) -> OutcomeFields:
    return _of_decision(fact) | {
        "outcome": "granted",
        "attempt": fact.attempt,
        "amount_fen": fact.amount,
        "later_years": tuple(
            LaterYearTold(
                year=one.year,
                amount_fen=one.amount,
                budget_line=one.line,
                instalments=one.instalments,
            )
            for one in fact.later
        ),
    }


def _of_a_later_year(
    fact: approvals.LaterYearHeld | approvals.LaterYearCommitted | approvals.LaterYearLapsed,
    _: Policies,
) -> OutcomeFields:
    surplus = fact.surplus if isinstance(fact, approvals.LaterYearCommitted) else 0
    outcome = _OF_A_LATER_YEAR[type(fact)]
    fields = _of_budget_line(outcome, fact.application, fact.attempt, fact.line)
    return fields | {"year": fact.year, "amount_fen": fact.amount - surplus}


_OF_A_LATER_YEAR: dict[type[Fact], str] = {
    approvals.LaterYearHeld: "year_held",
    approvals.LaterYearCommitted: "year_committed",
    approvals.LaterYearLapsed: "year_lapsed",
}


def _denied(fact: approvals.ApprovalDenied, policies: Policies) -> OutcomeFields:
    # a person's own reason is for the file, not for every reader of the topic
    text = fact.text if fact.reviewer is None else ""
    return _of_decision(fact) | {
        "outcome": "denied",
        "code": fact.code,
        "text": text,
        "clauses": quoted_clauses(fact.policy, fact.failing, fact.trail, policies),
    }


def _referred(fact: approvals.ApprovalReferred, policies: Policies) -> OutcomeFields:
    open_nodes = tuple(node for node, holds, _seen, _needed in fact.trail if holds is None)
    return _of_decision(fact) | {
        "outcome": "referred",
        "code": fact.code,
        "text": fact.text,
        "clauses": quoted_clauses(fact.policy, open_nodes, fact.trail, policies),
    }


def _held(fact: approvals.ApprovalHeld, _: Policies) -> OutcomeFields:
    return _of_budget_line("held", fact.application, fact.attempt, fact.line)


def _lapsed(fact: approvals.ApprovalLapsed, _: Policies) -> OutcomeFields:
    return _of_budget_line("lapsed", fact.application, fact.attempt, fact.line)


def _withdrawn(fact: approvals.ApprovalWithdrawn, _: Policies) -> OutcomeFields:
    return _of_budget_line("approval_withdrawn", fact.application, fact.attempt, fact.queued_on)


def _of_budget_line(
    outcome: str, application: str, attempt: int, budget_line: str | None
) -> OutcomeFields:
    return {
        "application": application,
        "outcome": outcome,
        "attempt": attempt,
        "budget_line": budget_line,
    }


def _extended(fact: approvals.ApprovalExtended, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": "extended",
        "programme": fact.programme,
        "amount_fen": sum(part.amount for part in fact.instalments),
    }


def _revoked(fact: approvals.ApprovalRevoked, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": "revoked",
        "attempt": fact.attempt,
        "code": fact.cause.upper(),
    }


def _advance_granted(fact: advances.AdvanceGranted, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": "advance_granted",
        "programme": fact.programme,
        "amount_fen": fact.amount,
    }


APPROVALS: FieldsByFact = {
    approvals.ApprovalProposed: _proposed,
    approvals.ApprovalGranted: _granted,
    approvals.ApprovalDenied: _denied,
    approvals.ApprovalReferred: _referred,
    approvals.ApprovalHeld: _held,
    approvals.ApprovalLapsed: _lapsed,
    approvals.ApprovalWithdrawn: _withdrawn,
    approvals.LaterYearHeld: _of_a_later_year,
    approvals.LaterYearCommitted: _of_a_later_year,
    approvals.LaterYearLapsed: _of_a_later_year,
    approvals.ApprovalExtended: _extended,
    approvals.ApprovalRevoked: _revoked,
    advances.AdvanceGranted: _advance_granted,
}
