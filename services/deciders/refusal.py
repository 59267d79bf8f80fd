"""Refusal: why a command is not done, as a fact; in one form for every house."""

from typing import Protocol

from events.control import CommandRefused
from events.people import same_person
from events.values import Command, Fact


class HandedIn(Protocol):
    """What one person has handed in, by the digest of what it says, for another to judge."""

    @property
    def maker(self) -> str: ...

    @property
    def digest(self) -> str: ...


def refuse(command: Command, code: str, about: str, text: str = "") -> list[Fact]:
    """Refuse a command with a code of `events.codes`, naming what it is about."""
    return [CommandRefused(command=type(command).__name__, code=code, about=about, text=text)]


def refuse_first(command: Command, about: str, *reasons: tuple[bool, str, str]) -> list[Fact]:
    """Refuse for the first reason that holds; nothing where none does.

    Shape: a reason is (whether it holds, code, text)
    """
    return next((refuse(command, code, about, text) for wrong, code, text in reasons if wrong), [])


def refuse_same_person(
    command: Command, maker: str, checker: str, about: str, text: str = ""
) -> list[Fact]:
    """Refuse whoever would check what they made themselves; nothing where there are two people.

    Refuses: SAME_PERSON
    Holds: names are compared in their one form, however they are written
    """
    return refuse(command, "SAME_PERSON", about, text) if same_person(maker, checker) else []


def refuse_judging(
    command: Command, about: str, held: HandedIn | None, checker: str, digest: str | None = None
) -> list[Fact]:
    """Refuse whoever cannot judge what another has handed in; nothing where they can.

    Shape:   `held` is None where nothing waits; `digest` is of what was seen, None where it need not be
    Refuses: NOT_HELD, SAME_PERSON, STALE (first match wins)
    """
    if held is None:
        return refuse(command, "NOT_HELD", about)
    if refused := refuse_same_person(command, held.maker, checker, about, checker):
        return refused
    if digest is not None and digest != held.digest:
        return refuse(command, "STALE", about)
    return []
