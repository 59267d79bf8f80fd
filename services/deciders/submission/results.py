"""What became of a batch, line by line, with the reasons that lines share.

Holds: a function of the state alone; lines come in the order in which they were sent.
"""

from collections.abc import Iterator
from typing import NamedTuple

from events import submissions
from events.values import PolicyRef
from services.deciders.submission.state import SubmissionState, label_of

OTHER_CONTENT = "OTHER_CONTENT"


class _Ended(NamedTuple):
    """One line with its reason."""

    no: int
    line: str
    outcome: submissions.Ending
    amount: int | None
    code: str = ""
    field: str = ""
    failing: tuple[str, ...] = ()
    policy: PolicyRef | None = None


def decided(submission: SubmissionState) -> submissions.SubmissionDecided:
    """Sum up a batch of which every line has an answer."""
    lines = _lines(submission)
    waiting = len(submission.waiting)
    return submissions.SubmissionDecided(**_summary(submission, lines), waiting=waiting)  # type: ignore[arg-type]


def closed(submission: SubmissionState) -> submissions.SubmissionClosed:
    """Sum up a batch of which no line waits any more."""
    return submissions.SubmissionClosed(**_summary(submission, _lines(submission)))  # type: ignore[arg-type]


def _summary(submission: SubmissionState, lines: list[_Ended]) -> dict[str, object]:
    opened = submission.opened
    assert opened is not None
    granted = [line.amount or 0 for line in lines if line.outcome == "granted"]
    return {
        "submission": opened.submission,
        "round": submission.round,
        "programme": opened.programme,
        "region": opened.region,
        "employer": opened.employer,
        "granted": len(granted),
        "granted_amount": sum(granted),
        "lines": tuple(
            submissions.LineResult(no=one.no, line=one.line, outcome=one.outcome, amount=one.amount)
            for one in lines
        ),
        "reasons": tuple(_reasons(lines)),
    }


def _lines(submission: SubmissionState) -> list[_Ended]:
    ended = [
        *_accepted(submission),
        *(
            _Ended(line.no, label, "refused", None, line.code, line.field)
            for label, line in submission.refused.items()
        ),
        *(
            _Ended(line.no, label_of(line.no, line.line), "conflicted", None, OTHER_CONTENT)
            for line in submission.conflicting.values()
        ),
    ]
    return sorted(ended, key=lambda line: line[:3])


def _accepted(submission: SubmissionState) -> Iterator[_Ended]:
    for label, line in submission.accepted.items():
        answer = submission.answers[label]
        yield _Ended(
            line.no,
            label,
            answer.outcome,
            answer.amount,
            answer.code,
            "",
            answer.failing,
            answer.policy,
        )


def _reasons(lines: list[_Ended]) -> Iterator[submissions.LineReason]:
    """Lines that ended alike for one reason stand together; a grant needs none."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for place, line in enumerate(lines):
        if line.outcome != "granted":
            policy = line.policy.content_hash if line.policy else ""
            key = (line.outcome, line.code, line.field, line.failing, policy)
            alike.setdefault(key, []).append(place)
    for places in alike.values():
        first = lines[places[0]]
        yield submissions.LineReason(
            outcome=first.outcome,
            code=first.code,
            field=first.field,
            failing=first.failing,
            policy=first.policy,
            lines=tuple(places),
        )
