"""Decide how far a file of earlier benefits goes: held, released by another, counted."""

from typing import assert_never

from events import prior_uses, streams
from events.values import Fact
from services.deciders import file_of_two
from services.deciders.prior_uses.state import PriorUsesState
from services.deciders.stream import Decider, members_of


def decide(file: PriorUsesState, command: prior_uses.ImportCommand) -> list[Fact]:
    """Answer one request about the file.

    Refuses: as each step of a file of two people; a repeat of one already taken changes nothing
    """
    about = streams.prior_use_file(command.number)
    match command:
        case prior_uses.HoldImport():
            held = prior_uses.ImportHeld
            return file_of_two.hold(file, command, about, holds=command.uses, held=held)
        case prior_uses.ReleaseImport():
            return file_of_two.release(file, command, about, prior_uses.ImportReleased)
        case prior_uses.RejectImport():
            return file_of_two.reject(file, command, about, prior_uses.ImportRejected)
        case prior_uses.ConfirmImport():
            return file_of_two.confirm(file, command, about, prior_uses.ImportDone)
        case _:
            assert_never(command)


def evolve(file: PriorUsesState, fact: prior_uses.ImportFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case prior_uses.ImportHeld():
            file.state, file.held, file.checker = file_of_two.HELD, fact, ""
        case prior_uses.ImportReleased():
            file.state, file.checker = file_of_two.RELEASED, fact.checker
        case prior_uses.ImportRejected():
            file.state = file_of_two.REJECTED
        case prior_uses.ImportDone():
            file.state = file_of_two.DONE
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
