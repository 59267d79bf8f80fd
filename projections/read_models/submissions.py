"""Submissions: each employer's batch, and what became of its lines.

In:    the facts of READS
Holds: a batch's row and its lines follow the batch's own history; the applications have theirs.
Asked: due_work, submissions
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from events.ids import line_of, source_of, submission_of
from events.submissions import (
    AcceptedLine,
    LineResult,
    SubmissionClosed,
    SubmissionDecided,
    SubmissionLineAnswered,
    SubmissionOpened,
)
from events.values import PolicyRef
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByParent
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 1
_ENDINGS = (
    "granted",
    "denied",
    "referred",
    "held",
    "lapsed",
    "withdrawn",
    "revoked",
    "refused",
    "conflicted",
)

SUBMISSIONS = Table(
    "submissions",
    "Every employer's batch of applications",
    (
        Column("submission", "text", "key: source:application"),
        Column("source", "text", "the upstream system", merge=Merge.FIRST),
        Column("programme", "text", "the benefit claimed", merge=Merge.FIRST),
        Column("region", "text", "region code (GB/T 2260) of the district", merge=Merge.FIRST),
        Column("channel", "text", "the way it came in", merge=Merge.FIRST),
        Column("employer", "text", "token of the employer, or empty", merge=Merge.FIRST),
        Column("applied_on", "date", "day of the application", merge=Merge.FIRST),
        Column("state", "text", "open, decided (some lines wait) or closed"),
        Column("round", "integer", "how many messages added something"),
        Column("lines", "integer", "lines, those refused among them, when last told"),
        *(Column(ending, "integer", f"lines {ending}, when last told") for ending in _ENDINGS),
        Column("granted_fen", "bigint", "sum of what was granted, when last told", "fen"),
        Column("opened_at", "timestamptz", "when it first arrived", "UTC", merge=Merge.FIRST),
        Column("opened_on", "date", "legal day it first arrived", merge=Merge.FIRST),
        Column("decided_at", "timestamptz", "when every line had its answer", "UTC"),
        Column("decided_on", "date", "legal day every line had its answer"),
        Column("closed_on", "date", "legal day no line waited any more"),
    ),
    scoping=ByDistrict("region"),
    key=("submission",),
    indexes=("(opened_on, submission)", "(state)", "(employer)"),
)

SUBMISSION_LINES = Table(
    "submission_lines",
    "Every line of an employer's batch",
    (
        Column("submission", "text", "key of the batch"),
        Column("line", "text", "the sender's number, or # and the line's place"),
        Column("no", "integer", "place in the message, from 1"),
        Column("outcome", "text", "granted, denied, ...; refused or conflicted; empty while open"),
        Column("amount_fen", "bigint", "amount granted", "fen"),
        Column("code", "text", "why it was not granted"),
        Column("field", "text", "field of the message that was wrong"),
        Column("failing", "jsonb", "ids of the failing clauses"),
        Column("policy_hash", "text", "content hash of the rule that decided"),
        Column("answered_at", "timestamptz", "when it was last answered", "UTC"),
        Column("answered_on", "date", "legal day of its last answer"),
    ),
    scoping=ByParent("submissions", ("submission",)),
    key=("submission", "line"),
)
TABLES = (SUBMISSIONS, SUBMISSION_LINES)
READS = (SubmissionOpened, SubmissionLineAnswered, SubmissionDecided, SubmissionClosed)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one batch from its arrival to the last answer."""
    match located.fact.body:
        case SubmissionOpened() as body:
            yield from _opened(located, body)
        case SubmissionLineAnswered() as body:
            submission, line = submission_of(body.application), line_of(body.application)
            values = _answer(located, body.outcome, body.code, "", body.failing, body.policy)
            values["amount_fen"] = body.amount or 0
            yield Upsert(SUBMISSION_LINES, (submission, line), values)
        case SubmissionDecided() as body:
            state = "decided" if body.waiting else "closed"
            values = _told(body.lines, body.granted_amount, state)
            values |= {"decided_at": located.recorded_at, "decided_on": located.on}
            if not body.waiting:
                values["closed_on"] = located.on
            yield Upsert(SUBMISSIONS, (body.submission,), values)
            yield from _untold(located, body)
        case SubmissionClosed() as body:
            values = _told(body.lines, body.granted_amount, "closed")
            yield Upsert(SUBMISSIONS, (body.submission,), {**values, "closed_on": located.on})
        case _:
            return


def _opened(located: LocatedFact, body: SubmissionOpened) -> Iterator[Change]:
    values = {
        "source": source_of(body.submission),
        "programme": body.programme,
        "region": body.region,
        "channel": body.channel,
        "employer": body.employer,
        "applied_on": body.applied_on,
        "state": "open",
        "round": body.round,
        "lines": len(body.accepted) + len(body.refused) if body.round == 1 else None,
        "opened_at": located.recorded_at,
        "opened_on": located.on,
    }
    yield Upsert(SUBMISSIONS, (body.submission,), values)
    for line in body.accepted:
        yield _line(body.submission, line)
    for refused in body.refused:
        why = _answer(located, "refused", refused.code, refused.field, (), None)
        label = refused.line or f"#{refused.no}"
        yield Upsert(SUBMISSION_LINES, (body.submission, label), {"no": refused.no, **why})


def _line(submission: str, line: AcceptedLine) -> Upsert:
    return Upsert(SUBMISSION_LINES, (submission, line.line), {"no": line.no})


def _answer(
    located: LocatedFact,
    outcome: str,
    code: str,
    field: str,
    failing: tuple[str, ...],
    policy: PolicyRef | None,
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "code": code,
        "field": field,
        "failing": list(failing),
        "policy_hash": policy.content_hash if policy else "",
        "answered_at": located.recorded_at,
        "answered_on": located.on,
    }


def _told(lines: tuple[LineResult, ...], granted_fen: int, state: str) -> dict[str, Any]:
    counts = Counter(line.outcome for line in lines)
    numbers = {ending: counts[ending] for ending in _ENDINGS}  # type: ignore[index]
    return {"state": state, "lines": len(lines), "granted_fen": granted_fen, **numbers}


def _untold(located: LocatedFact, body: SubmissionDecided) -> Iterator[Change]:
    """A line that came before with other content has no other fact; the first one keeps its row."""
    for reason in body.reasons:
        if reason.outcome == "conflicted":
            for line in (body.lines[place] for place in reason.lines):
                why = _answer(located, "conflicted", reason.code, "", (), None)
                label = f"{line.line}~{line.no}"
                yield Upsert(SUBMISSION_LINES, (body.submission, label), {"no": line.no, **why})
