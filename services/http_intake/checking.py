"""Checking: what each event of a request would become, told before anything is published.

In:   records; what the request's token may send; what messages may name; the moment of arrival
Out:  an answer for each event: taken, with key and digest of each claim, or why not, in the contract's
      own codes
Holds: pure; the checks are those of intake's own reader, so what is taken here is taken there; an
       event is published whole or not at all, and of an employer's batch each bad line is named
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.claims import Claim
from events.contract.inbound.cloudevent import Event, read_event
from events.contract.inbound.reader import Inbound, read_data
from events.contract.inbound.rejections import Code, Problem, Refusal, Rejected, broken
from events.contract.inbound.semantics import Known
from services.http_intake.request_events import Record


class SenderGrant(NamedTuple):
    """What one token may send: the events of one source, of some types."""

    number: str
    source: str
    types: frozenset[str]


class CheckedEvent(NamedTuple):
    """One event of a request: where it goes, or why it goes nowhere."""

    record: Record
    event: Event | None
    answers: tuple[Inbound | Rejected, ...]

    @property
    def taken(self) -> bool:
        """Whether it is published: an employer's batch is, with the lines that are right."""
        return any(isinstance(answer, Inbound) for answer in self.answers)

    @property
    def codes(self) -> tuple[str, ...]:
        """Why it, or lines of it, were refused: a code a line, in their order."""
        return tuple(
            code
            for answer in self.answers
            if isinstance(answer, Rejected)
            for code in dict.fromkeys(problem.code.value for problem in answer.problems)
        )

    @property
    def feed(self) -> str:
        """The noun of its topic; only of an event that is taken."""
        assert self.event is not None
        return TYPES[self.event.type].feed

    def told(self, number: int) -> dict[str, Any]:
        """The answer as the sender reads it; `number` counts the events of the request from 1."""
        event = self.event
        named = (
            {} if event is None else {"id": event.id, "source": event.source, "type": event.type}
        )
        claims = [
            {"application": claim.application, "line": claim.line, "digest": claim.digest}
            for answer in self.answers
            if isinstance(answer, Inbound) and isinstance(claim := answer.body, Claim)
        ]
        problems = [
            {
                "code": problem.code.value,
                "field": problem.field,
                "line": answer.line,
                "text": problem.text_zh,
                "text_en": problem.text_en,
            }
            for answer in self.answers
            if isinstance(answer, Rejected)
            for problem in answer.problems
        ]
        told: dict[str, Any] = {"number": number, **named, "accepted": self.taken}
        return told | {"claims": claims, "problems": problems}


def check(
    records: Sequence[Record], grant: SenderGrant, known: Known, arrival_ms: int
) -> list[CheckedEvent]:
    """Check the events of a request."""
    return [_check(record, grant, known, arrival_ms) for record in records]


def _check(record: Record, grant: SenderGrant, known: Known, arrival_ms: int) -> CheckedEvent:
    event: Event | None = None
    try:
        event = read_event(record.value, record.headers)
        _check_grant(event, grant)
        answers = read_data(event, known, arrival_ms)
    except Refusal as refusal:
        answers = [Rejected(refusal.problems)]
    except Exception as error:  # noqa: BLE001 - one event's fault is not its neighbours'
        answers = [Rejected((broken(error),))]
    return CheckedEvent(record, event, tuple(answers))


def _check_grant(event: Event, grant: SenderGrant) -> None:
    """Refuses: SOURCE_NOT_GRANTED, TYPE_NOT_GRANTED (an unknown type is told as such)"""
    if event.source != grant.source:
        seen = f"令牌属于 {grant.source}"
        raise Refusal(Problem(Code.SOURCE_NOT_GRANTED, "source", seen))
    if event.type in TYPES and event.type not in grant.types:
        raise Refusal(Problem(Code.TYPE_NOT_GRANTED, "type", event.type))
