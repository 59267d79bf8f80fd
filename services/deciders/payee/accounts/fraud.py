"""Tell the claims of whoever is marked that money was obtained by deceit."""

from events import streams
from events.envelope import Asked, Recorded, follow_up
from events.payees import FraudMarked, NoteMark


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Tell the claims of the person or unit that is marked as payee: it has one token for both."""
    match recorded.body:
        case FraudMarked() as fact:
            token = streams.name_of(recorded.stream)
            note = NoteMark(document=fact.document, reason=fact.reason)
            return [follow_up(recorded, 0, streams.beneficiary(token), note)]
        case _:
            return []
