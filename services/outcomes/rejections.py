"""Rejections: what is published of a message that intake could not take, or of one line of a batch.

In:   a letter of the topic of dead letters; only what is in the clear there
Out:  OutcomeTold `rejected`, under an id of the message's place, so that a letter written twice is
      one answer
Holds: source, event and application are published where they could be read and name nobody;
       nothing that the sender wrote beside these
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from events.contract.outbound import OutcomeEvent, OutcomeTold
from events.days import legal_day
from events.ids import LetterPlace
from services.outcomes.reason_texts import reason_text

_NAMESPACE = UUID("0c3a9a51-7f0e-5c55-8a59-4b1f4f0f9f10")
_NO_SOURCE = "unknown"


def rejection_outcome(raw: bytes | None) -> tuple[bytes, bytes] | None:
    """Turn a letter into the key and value of an outcome; None for one of before there were answers."""
    try:
        letter: dict[str, Any] = orjson.loads(raw or b"")
        if "source" not in letter:
            return None
        return _outcome_of_letter(letter)
    except (KeyError, TypeError, ValueError):
        return None  # no letter of ours: the books stop at it and say so, the answers go on


def _outcome_of_letter(letter: dict[str, Any]) -> tuple[bytes, bytes]:
    place = str(
        LetterPlace(letter["topic"], letter["partition"], letter["offset"], letter["line"] or 0)
    )
    received_at = datetime.fromisoformat(letter["received_at"]).astimezone(UTC)
    subject = letter["application"] or letter["source"] or _NO_SOURCE
    event = OutcomeEvent(
        id=str(uuid5(_NAMESPACE, place)),
        type="outcome.rejected",
        subject=subject,
        time=received_at,
        data=OutcomeTold(
            application=letter["application"],
            outcome="rejected",
            on=legal_day(received_at),
            code=letter["code"],
            text=reason_text(letter["code"], letter["field"]),
            source=letter["source"] or None,
            event=letter["event"] or None,
            field=letter["field"] or None,
            line=letter["line"],
        ),
    )
    return subject.encode(), event.model_dump_json(exclude_none=True).encode()
