"""Refusal: why a command is not done, as a fact; in one form for every house."""

from events.control import CommandRefused
from events.people import same_person
from events.values import Command, Fact


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
