"""Incompatible: what nobody does in one case who has done another step of it.

In:    a permission, whoever would use it now, and who did the other steps of the case, as recorded
Out:   why not, or nothing
Holds: the pairs are those of `policies/access/roles.yaml`; a person is known however the name is
       written; what no person did, or nobody knows who did, concerns nobody
Source: docs/adr/0064-who-judged-a-payment-travels-with-it.md
"""

from typing import NamedTuple

from events.people import same_person
from events.values import Command, Fact
from policies.access import access
from services.deciders.refusal import refuse

_MOST_NAMED = 5


class Done(NamedTuple):
    """A step of the case that was done: by its permission, by whom, and on what."""

    permission: str
    by: tuple[str, ...]
    about: str = ""


def why_not(permission: str, person: str, *done: Done) -> str:
    """Tell why a person may not use a permission in this case; nothing where nothing speaks against it."""
    return next((why for why, _ in _against(permission, person, done)), "")


def refuse_incompatible(
    command: Command, permission: str, person: str, about: str, *done: Done
) -> list[Fact]:
    """Refuse whoever has done what excludes it, naming on what; nothing where nothing speaks against it.

    Refuses: INCOMPATIBLE_ACTS
    """
    found = _against(permission, person, done)
    if not found:
        return []
    named = list(dict.fromkeys(one for _, one in found if one))
    more = f" +{len(named) - _MOST_NAMED}" if len(named) > _MOST_NAMED else ""
    text = f"{found[0][0]}：{'、'.join(named[:_MOST_NAMED])}{more}"
    return refuse(command, "INCOMPATIBLE_ACTS", about, text)


def _against(permission: str, person: str, done: tuple[Done, ...]) -> list[tuple[str, str]]:
    """The steps that speak against it: the reason of each, and on what it was done."""
    if not person:
        return []
    excluded = dict(access().excluding(permission))
    return [
        (excluded[one.permission], one.about)
        for one in done
        if one.permission in excluded
        and any(same_person(person, other) for other in one.by if other)
    ]
