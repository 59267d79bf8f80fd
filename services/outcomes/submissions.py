"""Submissions told: an employer's batch as one readable result, its lines and their reasons.

Holds: lines that share a reason share its words, so that a result of thousands of lines stays short;
       no identity, no token, no free text of a reviewer.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from events.codes import words_of
from events.contract.inbound.rejections import WORDINGS, Code
from events.contract.outbound import (
    BatchTold,
    Clause,
    LineTold,
    ReasonTold,
)
from events.submissions import Ending, LineReason, SubmissionClosed, SubmissionDecided
from events.values import PolicyRef

WORDS: dict[Ending, str] = {
    "granted": "核准",
    "denied": "不予核准",
    "referred": "转人工",
    "held": "待预算",
    "lapsed": "已过期",
    "withdrawn": "已撤回",
    "revoked": "已撤销核准",
    "refused": "退回",
    "conflicted": "内容冲突",
}
Clauses = Callable[[PolicyRef | None, tuple[str, ...]], tuple[Clause, ...]]


def of_submission(
    fact: SubmissionDecided | SubmissionClosed, policy_of: Callable[[PolicyRef], str], of: Clauses
) -> dict[str, Any]:
    """Tell a batch's result under the batch's own id."""
    counts = Counter(line.outcome for line in fact.lines)
    batch = BatchTold(
        round=fact.round,
        lines=tuple(
            LineTold(no=line.no, line=line.line, outcome=line.outcome, amount_fen=line.amount)
            for line in fact.lines
        ),
        counts={outcome: counts[outcome] for outcome in WORDS if counts[outcome]},
        waiting=sum(counts[outcome] for outcome in ("referred", "held")),
        reasons=tuple(_reason(fact, reason, policy_of, of) for reason in fact.reasons),
    )
    return {
        "application": fact.submission,
        "outcome": "batch_decided" if isinstance(fact, SubmissionDecided) else "batch_closed",
        "programme": fact.programme,
        "amount_fen": fact.granted_amount,
        "text": summary(counts, len(fact.lines), fact.granted_amount),
        "batch": batch,
    }


def summary(counts: Counter[Any], lines: int, granted_fen: int) -> str:
    """Say in one sentence how a batch ended."""
    parts = []
    for outcome, word in WORDS.items():
        if number := counts[outcome]:
            money = f" {granted_fen // 100:,}.{granted_fen % 100:02d} 元"
            parts.append(f"{word} {number} 行{money if outcome == 'granted' else ''}")
    return f"共 {lines} 行：{'，'.join(parts)}。"


def reason_text(code: str, field: str) -> str:
    """Say why, in words that carry nothing of the message."""
    if code in Code.__members__:
        words = WORDINGS[Code(code)]
        where = f"字段 {field}：" if field else ""
        return f"{where}{words.wrong_zh}。{words.remedy_zh}"
    return words_of(code)


def _reason(
    fact: SubmissionDecided | SubmissionClosed,
    reason: LineReason,
    policy_of: Callable[[PolicyRef], str],
    of: Clauses,
) -> ReasonTold:
    return ReasonTold(
        outcome=reason.outcome,
        code=reason.code,
        text=reason_text(reason.code, reason.field),
        policy=policy_of(reason.policy) if reason.policy else None,
        clauses=_telling(of(reason.policy, reason.failing)),
        lines=tuple(fact.lines[place].line for place in reason.lines),
    )


def _telling(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Leave out what only holds other clauses and has no words of its own."""
    return tuple(clause for clause in clauses if clause.quote or clause.cite)
