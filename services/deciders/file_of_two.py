"""File of two people: one hands a file in, another releases exactly it, or sends it back.

In:   how far a file has come, what is asked of it, the facts of its house
Out:  the house's own facts, or why not
Holds: who releases or sends back did not hand in, and what is released is what was shown, by its digest;
       a repeat of a step already taken changes nothing. What a released file leads to is its house's own
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from events.values import Command, Fact
from services.deciders.refusal import HandedIn, refuse, refuse_judging

Held = TypeVar("Held")

NONE, HELD, RELEASED, REJECTED, DONE = "none", "held", "released", "rejected", "done"
_BEYOND = (RELEASED, DONE)


@dataclass(slots=True)
class FileState(Generic[Held]):
    """What was handed in, and how far it has come: `none`, `held`, `released`, `rejected`, `done`."""

    state: str = NONE
    held: Held | None = None
    checker: str = ""


class JudgedFile(Protocol):
    """A file that one person has handed in, whatever else its house knows of it."""

    @property
    def state(self) -> str: ...

    @property
    def held(self) -> HandedIn | None: ...

    @property
    def checker(self) -> str: ...


MakesFact = Callable[..., Fact]


def hold(file: JudgedFile, command: Any, about: str, *, holds: int, held: MakesFact) -> list[Fact]:
    """Hold a file for another person; the same again changes nothing, whoever hands it in, unless it was
    sent back, or reads otherwise now and nobody has released it yet.

    Shape:   `holds` is how many of its rows would count
    Refuses: EMPTY
    """
    if holds <= 0:
        return refuse(command, "EMPTY", about)
    same = file.held is not None and file.held.digest == command.digest
    if file.state in _BEYOND or (file.state == HELD and same):
        return []
    return [held(**dict(command))]


def release(
    file: JudgedFile,
    command: Any,
    about: str,
    released: MakesFact,
    *,
    beyond: Collection[str] = _BEYOND,
    **more: object,
) -> list[Fact]:
    """Release exactly what is held; `beyond` are the states of one that was.

    Refuses: NOT_HELD, SAME_PERSON, STALE (first match wins)
    """
    if file.state in beyond and file.checker == command.checker:
        return []
    held = file.held if file.state == HELD else None
    if refused := refuse_judging(command, about, held, command.checker, command.digest):
        return refused
    assert held is not None
    return [
        released(
            number=command.number,
            maker=held.maker,
            checker=command.checker,
            digest=command.digest,
            **more,
        )
    ]


def reject(
    file: JudgedFile,
    command: Any,
    about: str,
    rejected: MakesFact,
    *,
    waits: Collection[str] = (HELD,),
) -> list[Fact]:
    """Send a file back; `waits` are the states from which it may still go.

    Refuses: NOT_HELD, SAME_PERSON (first match wins)
    """
    if file.state == REJECTED:
        return []
    held = file.held if file.state in waits else None
    if refused := refuse_judging(command, about, held, command.checker):
        return refused
    return [rejected(**dict(command))]


def confirm(file: FileState[Any], command: Command, about: str, done: MakesFact) -> list[Fact]:
    """Note that everything of a released file was asked for.

    Refuses: NOT_RELEASED
    """
    if file.state == DONE:
        return []
    if file.state != RELEASED:
        return refuse(command, "NOT_RELEASED", about)
    return [done(**dict(command))]
