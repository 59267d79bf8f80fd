"""Refusals: what upstream hears of a command that was refused, rejected, turned down or set aside.

Holds: what staff have asked is answered on their page, not here; an error of the code stays inside
"""

from typing import Any

import orjson

from events import control, proposals
from events.ids import application_in, message_of
from policies.engine.registry import Policies
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields


def _refused(fact: control.CommandRefused, _: Policies) -> OutcomeFields | None:
    return _not_done(
        outcome="refused",
        code=fact.code,
        command=fact.command,
        about=application_in(fact.about),
        message=(fact.source, fact.event),
    )


def _rejected(fact: control.CommandRejected, _: Policies) -> OutcomeFields | None:
    return _not_done(outcome="refused", code="REJECTED", command=fact.command, about=fact.about)


def _turned_down(fact: proposals.ActRejected, _: Policies) -> OutcomeFields | None:
    return _not_done(
        outcome="refused", code="TURNED_DOWN", command=fact.act, about=fact.application
    )


def _set_aside(fact: control.CommandSetAside, _: Policies) -> OutcomeFields | None:
    return _not_done(
        outcome="set_aside",
        code="SET_ASIDE",
        command=fact.command,
        about=str(_in_raw(fact.raw, "body", "application")),
        message=message_of(str(_in_raw(fact.raw, "by"))),
    )


def _not_done(
    *, outcome: str, code: str, command: str, about: str, message: tuple[str, str] = ("", "")
) -> OutcomeFields | None:
    """Answer a command about an application, and whatever else a message has asked.

    `message` names the source and the event that asked; both are empty where staff did.
    """
    source, event = message
    application = about
    if ":" not in about or " " in about:
        if not source:
            return None  # staff asked, and were answered on the page
        application = ""
    return {
        "application": application,
        "outcome": outcome,
        "code": code,
        "command": command,
        "source": source or None,
        "event": event or None,
    }


def _in_raw(raw: str, *path: str) -> Any:
    try:
        found = orjson.loads(raw)
        for name in path:
            found = found[name]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    return found


REFUSALS: FieldsByFact = {
    control.CommandRefused: _refused,
    control.CommandRejected: _rejected,
    control.CommandSetAside: _set_aside,
    proposals.ActRejected: _turned_down,
}
