"""Submissions: what upstream hears of an employer's batch: one readable result, with all its lines.

Holds: lines that share a reason share its words, so that a result of thousands of lines stays short;
       no identity, no token, no free text of a reviewer.
"""

from collections import Counter

from events.contract.outbound import BatchTold, Clause, LineTold, ReasonTold
from events.money import yuan
from events.submissions import Ending, LineReason, SubmissionClosed, SubmissionDecided
from policies.engine.registry import Policies
from services.outcomes.clauses import policy_name, quoted_clauses
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields
from services.outcomes.reason_texts import ENDING_WORDS, reason_text


def _batch_decided(fact: SubmissionDecided, policies: Policies) -> OutcomeFields:
    return {"outcome": "batch_decided"} | _result(fact, policies)


def _batch_closed(fact: SubmissionClosed, policies: Policies) -> OutcomeFields:
    return {"outcome": "batch_closed"} | _result(fact, policies)


SUBMISSIONS: FieldsByFact = {
    SubmissionDecided: _batch_decided,
    SubmissionClosed: _batch_closed,
}


def summary(counts: Counter[Ending], lines: int, granted_fen: int) -> str:
    """Say in one sentence how a batch ended."""
    parts = []
    for ending, word in ENDING_WORDS.items():
        if number := counts[ending]:
            money = f" {yuan(granted_fen)} 元"
            parts.append(f"{word} {number} 行{money if ending == 'granted' else ''}")
    return f"共 {lines} 行：{'，'.join(parts)}。"


def _result(fact: SubmissionDecided | SubmissionClosed, policies: Policies) -> OutcomeFields:
    """Give a batch's result under the batch's own id."""
    counts = Counter(line.outcome for line in fact.lines)
    batch = BatchTold(
        round=fact.round,
        lines=tuple(
            LineTold(no=line.no, line=line.line, outcome=line.outcome, amount_fen=line.amount)
            for line in fact.lines
        ),
        counts={ending: counts[ending] for ending in ENDING_WORDS if counts[ending]},
        waiting=counts["referred"] + counts["held"],
        reasons=tuple(_reason(fact, reason, policies) for reason in fact.reasons),
    )
    return {
        "application": fact.submission,
        "programme": fact.programme,
        "amount_fen": fact.granted_amount,
        "text": summary(counts, len(fact.lines), fact.granted_amount),
        "batch": batch,
    }


def _reason(
    fact: SubmissionDecided | SubmissionClosed, reason: LineReason, policies: Policies
) -> ReasonTold:
    return ReasonTold(
        outcome=reason.outcome,
        code=reason.code,
        text=reason_text(reason.code, reason.field),
        policy=policy_name(reason.policy) if reason.policy else None,
        clauses=_with_words(quoted_clauses(reason.policy, reason.failing, (), policies)),
        lines=tuple(fact.lines[place].line for place in reason.lines),
    )


def _with_words(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Leave out what only holds other clauses and has no words of its own."""
    return tuple(clause for clause in clauses if clause.quote or clause.cite)
