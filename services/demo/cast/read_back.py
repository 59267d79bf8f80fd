"""Read back: what the generated messages claim, as intake will read them, and a reviewer's answers."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.semantics import Known
from events.ids import application_parts
from services.demo.cast.messages import Events, Published
from services.demo.cast.script import Script


def claims(message: Published, known: Known) -> list[Claim]:
    """Read back the claims of a message, as intake will."""
    return [
        answer.body
        for answer in _answers(message, known)
        if isinstance(answer, Inbound) and isinstance(answer.body, Claim)
    ]


def refusals(message: Published, known: Known) -> int:
    """Count the dead letters that a message leads to."""
    return sum(not isinstance(answer, Inbound) for answer in _answers(message, known))


def _answers(message: Published, known: Known) -> list[Any]:
    arrived_ms = 1_700_000_000_000
    return list(read(Message(message.feed, message.value, message.headers, arrived_ms), known))


def arrivals(messages: Iterable[Published], known: Known) -> list[tuple[date, Published]]:
    """Each application or batch with the day on which it was applied for."""
    return [(claims(message, known)[0].applied_on, message) for message in messages]


class LeftToPerson(NamedTuple):
    """An application that a reviewer answers: what is granted where the rule works nothing out, and
    whether it is granted for sure."""

    key: str
    amount_fen: int = 0
    sure: bool = False


def reviews(run: str, referred: Sequence[LeftToPerson], script: Script) -> list[Published]:
    """Answer referred applications, in their order, as a reviewer would.

    Holds: two of three are approved, for what the rule works out or what stands beside it
    """
    events, reviewer = Events(f"{run}-review"), script.staff.reviewer
    answers, year = [], script.calendar.opened_on.year
    for nth, one in enumerate(referred):
        source, application, line = application_parts(one.key)
        approve = one.sure or nth % 3 != 2
        data: dict[str, Any] = {
            "source": source,
            "application": application,
            "verdict": "approve" if approve else "deny",
            "reviewer": reviewer,
            "document": f"示例审〔{year}〕{nth + 1}号",
            "reason": "经集体审议，按规定核定" if approve else "材料不足，不予支持",
        }
        if line:
            data["line"] = line
        if approve and one.amount_fen:
            data["amount_fen"] = one.amount_fen
        answers.append(events.event(script.sources.reviewers, "review.decided", data))
    return answers
