"""Passing: commands that one history lets another one answer, as they came.

In:    a command and where it goes
Out:   PassedOn, and the command again when the fact has been committed
Holds: pure; what was written by an older version is read like any command of that version
"""

import orjson

from events import CATALOGUE, links
from events.codec import body_json, command_of
from events.envelope import Asked, Recorded, follow_up
from events.values import Command


def pass_on(to: str, command: Command) -> links.PassedOn:
    """Pass a command on."""
    name = type(command).__name__
    return links.PassedOn(
        to=to, command=name, version=CATALOGUE[name].version, body=body_json(command).decode()
    )


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask the linked history.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case links.LinkConfirmed() as fact:
            return [follow_up(recorded, 0, fact.other, links.HandOver(lead=recorded.stream))]
        case links.HandedOver() as fact:
            take_over = links.TakeOver(other=recorded.stream, uses=fact.uses)
            return [follow_up(recorded, 0, fact.lead, take_over)]
        case links.UseReturned() as fact:
            return [follow_up(recorded, 0, fact.lead, links.ReturnUse(holder=fact.holder))]
        case links.ApplicationMoved() as fact:
            move = links.MoveApplication(
                other=recorded.stream,
                application=fact.application,
                digest=fact.digest,
                stated=fact.stated,
                attempts=fact.attempts,
            )
            return [follow_up(recorded, 0, fact.lead, move)]
        case links.PassedOn() as fact:
            return [follow_up(recorded, 0, fact.to, _read(fact))]
        case _:
            return []


def _read(fact: links.PassedOn) -> Command:
    item = {
        "id": "",
        "stream": fact.to,
        "type": fact.command,
        "version": fact.version,
        "sent_at": "2000-01-01T00:00:00+00:00",
        "effective_on": "2000-01-01",
        "by": "desk",
        "body": orjson.loads(fact.body),
    }
    return command_of(item).body
