"""Decide how far a file of earlier benefits goes: held, released by another, counted."""

from typing import assert_never

from events import prior_uses, streams
from events.values import Fact
from services.deciders.prior_uses.state import PriorUsesState
from services.deciders.refusal import refuse, refuse_judging
from services.deciders.stream import Decider, members_of


def decide(file: PriorUsesState, command: prior_uses.ImportCommand) -> list[Fact]:
    """Answer one request about the file.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case prior_uses.HoldImport():
            return _hold(file, command)
        case prior_uses.ReleaseImport():
            return _release(file, command)
        case prior_uses.RejectImport():
            return _reject(file, command)
        case prior_uses.ConfirmImport():
            return _confirm(file, command)
        case _:
            assert_never(command)


def _hold(file: PriorUsesState, command: prior_uses.HoldImport) -> list[Fact]:
    """Refuses: EMPTY. The same file again changes nothing, whoever hands it in, unless it was
    sent back, or its rows read otherwise now and nobody has released it yet."""
    if not command.uses:
        return refuse(command, "EMPTY", _name(command))
    same = file.held is not None and file.held.digest == command.digest
    if file.state in ("released", "done") or (file.state == "held" and same):
        return []
    return [prior_uses.ImportHeld(**dict(command))]


def _release(file: PriorUsesState, command: prior_uses.ReleaseImport) -> list[Fact]:
    """Refuses: NOT_HELD, SAME_PERSON, STALE (first match wins)"""
    if file.state in ("released", "done") and file.checker == command.checker:
        return []
    held = file.held if file.state == "held" else None
    if refused := refuse_judging(command, _name(command), held, command.checker, command.digest):
        return refused
    assert held is not None
    return [
        prior_uses.ImportReleased(
            number=command.number,
            maker=held.maker,
            checker=command.checker,
            digest=command.digest,
        )
    ]


def _reject(file: PriorUsesState, command: prior_uses.RejectImport) -> list[Fact]:
    """Refuses: NOT_HELD, SAME_PERSON (first match wins)"""
    if file.state == "rejected":
        return []
    held = file.held if file.state == "held" else None
    if refused := refuse_judging(command, _name(command), held, command.checker):
        return refused
    return [
        prior_uses.ImportRejected(
            number=command.number, checker=command.checker, reason=command.reason
        )
    ]


def _confirm(file: PriorUsesState, command: prior_uses.ConfirmImport) -> list[Fact]:
    """Refuses: NOT_RELEASED"""
    if file.state == "done":
        return []
    if file.state != "released":
        return refuse(command, "NOT_RELEASED", _name(command))
    return [prior_uses.ImportDone(number=command.number, uses=command.uses)]


def _name(command: prior_uses.ImportCommand) -> str:
    return streams.prior_use_file(command.number)


def evolve(file: PriorUsesState, fact: prior_uses.ImportFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case prior_uses.ImportHeld():
            file.state, file.held, file.checker = "held", fact, ""
        case prior_uses.ImportReleased():
            file.state, file.checker = "released", fact.checker
        case prior_uses.ImportRejected():
            file.state = "rejected"
        case prior_uses.ImportDone():
            file.state = "done"
        case _:
            assert_never(fact)


DECIDER = Decider[PriorUsesState, prior_uses.ImportCommand, prior_uses.ImportFact](
    kind="import",
    initial=PriorUsesState,
    decide=lambda file, command, asked, policies: decide(file, command),
    evolve=lambda file, fact, recorded: evolve(file, fact),
    commands=members_of(prior_uses.ImportCommand),
    facts=members_of(prior_uses.ImportFact),
)
