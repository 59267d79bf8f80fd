"""Waiting messages: what names an application and comes before it, as the register keeps it meanwhile.

In:    an Inbound about an application, and where its message lay
Out:   a note (JSON) and the key under which it is kept; the same Inbound again, once it has come
Holds: a note carries no identity: the contract lets none stand in these messages; the same message
       has the same key, so that a repeat waits once
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.fields import Inbound as Data
from events.contract.inbound.reader import Inbound, Message
from events.contract.inbound.rejections import Code, Problem, Rejected

WAITING_DAYS = 30
"""So long a message waits for its application; then it is refused as UNKNOWN_APPLICATION."""

_KEY_LENGTH = 16


class WaitingMessage(NamedTuple):
    """One message that waits: what it says, and where it lay."""

    inbound: Inbound
    topic: str
    partition: int
    offset: int

    def as_message(self) -> Message:
        """The message as it can be put into a letter: one event in structured mode."""
        event = {
            "specversion": "1.0",
            "id": self.inbound.event,
            "source": self.inbound.source,
            "type": self.inbound.type,
            "data": _data(self.inbound),
        }
        headers = [("content-type", b"application/cloudevents+json")]
        at_ms = int(self.inbound.at.timestamp() * 1000)
        feed = TYPES[self.inbound.type].feed
        value = orjson.dumps(event)
        return Message(feed, value, headers, at_ms, self.topic, self.partition, self.offset)


def write_waiting(inbound: Inbound, message: Message) -> tuple[str, str]:
    """Write a message down as it waits; its key and its text."""
    written = {
        "event": inbound.event,
        "source": inbound.source,
        "type": inbound.type,
        "data": _data(inbound),
    }
    key = sha256(orjson.dumps(written, option=orjson.OPT_SORT_KEYS)).hexdigest()[:_KEY_LENGTH]
    where = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
    return key, orjson.dumps({**written, "at": inbound.at, "on": inbound.on, **where}).decode()


def read_waiting(text: str) -> WaitingMessage:
    """Read a note back."""
    written = orjson.loads(text)
    model: type[Data] = TYPES[written["type"]].model
    inbound = Inbound(
        written["event"],
        written["source"],
        written["type"],
        datetime.fromisoformat(written["at"]),
        date.fromisoformat(written["on"]),
        model.model_validate(written["data"]),
    )
    return WaitingMessage(inbound, written["topic"], written["partition"], written["offset"])


def waiting_in_order(notes: tuple[str, ...]) -> list[WaitingMessage]:
    """Read notes, the first that came first."""
    found = [read_waiting(text) for text in notes]
    return sorted(
        found, key=lambda note: (note.inbound.at, note.topic, note.partition, note.offset)
    )


def rejection_after_waiting() -> Rejected:
    """Say that the application has not come in time."""
    return Rejected((Problem(Code.UNKNOWN_APPLICATION, "data.application"),))


def _data(inbound: Inbound) -> dict[str, Any]:
    assert isinstance(inbound.body, Data)
    return inbound.body.model_dump(mode="json", exclude_none=True)
