"""Decide how far a file of earlier benefits goes: held, released by another, counted."""

from typing import assert_never

from events import streams
from events.control import CommandRefused
from events.imports import (
    ConfirmImport,
    HoldImport,
    ImportDone,
    ImportHeld,
    ImportRejected,
    ImportReleased,
    RejectImport,
    ReleaseImport,
)
from events.people import same_person
from events.values import Fact
from services.deciders.prior_uses.state import Import

ImportCommand = HoldImport | ReleaseImport | RejectImport | ConfirmImport
ImportFact = ImportHeld | ImportReleased | ImportRejected | ImportDone


def decide(file: Import, command: ImportCommand) -> list[Fact]:
    """Answer one request about the file.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case HoldImport():
            return _hold(file, command)
        case ReleaseImport():
            return _release(file, command)
        case RejectImport():
            return _reject(file, command)
        case ConfirmImport():
            return _confirm(file, command)
        case _:
            assert_never(command)


def _hold(file: Import, command: HoldImport) -> list[Fact]:
    """Refuses: EMPTY. The same file again changes nothing, whoever hands it in, unless it was
    sent back, or its rows read otherwise now and nobody has released it yet."""
    if not command.uses:
        return [_refused(command, "EMPTY")]
    same = file.held is not None and file.held.digest == command.digest
    if file.state in ("released", "done") or (file.state == "held" and same):
        return []
    return [ImportHeld(**dict(command))]


def _release(file: Import, command: ReleaseImport) -> list[Fact]:
    """Refuses: NOT_HELD, SAME_PERSON, STALE (first match wins)"""
    if file.state in ("released", "done") and file.checker == command.checker:
        return []
    if file.state != "held" or file.held is None:
        return [_refused(command, "NOT_HELD")]
    if same_person(command.checker, file.held.maker):
        return [_refused(command, "SAME_PERSON", command.checker)]
    if command.digest != file.held.digest:
        return [_refused(command, "STALE")]
    return [
        ImportReleased(
            number=command.number,
            maker=file.held.maker,
            checker=command.checker,
            digest=command.digest,
        )
    ]


def _reject(file: Import, command: RejectImport) -> list[Fact]:
    """Refuses: NOT_HELD, SAME_PERSON (first match wins)"""
    if file.state == "rejected":
        return []
    if file.state != "held" or file.held is None:
        return [_refused(command, "NOT_HELD")]
    if same_person(command.checker, file.held.maker):
        return [_refused(command, "SAME_PERSON", command.checker)]
    return [ImportRejected(number=command.number, checker=command.checker, reason=command.reason)]


def _confirm(file: Import, command: ConfirmImport) -> list[Fact]:
    """Refuses: NOT_RELEASED"""
    if file.state == "done":
        return []
    if file.state != "released":
        return [_refused(command, "NOT_RELEASED")]
    return [ImportDone(number=command.number, uses=command.uses)]


def _refused(command: ImportCommand, code: str, text: str = "") -> CommandRefused:
    return CommandRefused(
        command=type(command).__name__, code=code, about=streams.import_(command.number), text=text
    )


def evolve(file: Import, fact: ImportFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case ImportHeld():
            file.state, file.held, file.checker = "held", fact, ""
        case ImportReleased():
            file.state, file.checker = "released", fact.checker
        case ImportRejected():
            file.state = "rejected"
        case ImportDone():
            file.state = "done"
        case _:
            assert_never(fact)
