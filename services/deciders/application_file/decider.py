"""Decide how far a file of applications goes: held, released by another, published."""

from typing import assert_never

from events import application_files, streams
from events.values import Fact
from services.deciders import file_of_two
from services.deciders.application_file.state import ApplicationFileState
from services.deciders.stream import Decider, members_of


def decide(
    file: ApplicationFileState, command: application_files.ApplicationFileCommand
) -> list[Fact]:
    """Answer one request about the file.

    Refuses: as each step of a file of two people; a repeat of one already taken changes nothing
    """
    about = streams.application_file(command.number)
    match command:
        case application_files.HoldApplications():
            held, holds = application_files.ApplicationsHeld, command.applications
            return file_of_two.hold(file, command, about, holds=holds, held=held)
        case application_files.ReleaseApplications():
            released = application_files.ApplicationsReleased
            return file_of_two.release(file, command, about, released)
        case application_files.RejectApplications():
            rejected = application_files.ApplicationsRejected
            return file_of_two.reject(file, command, about, rejected)
        case application_files.ConfirmApplications():
            published = application_files.ApplicationsPublished
            return file_of_two.confirm(file, command, about, published)
        case _:
            assert_never(command)


def evolve(file: ApplicationFileState, fact: application_files.ApplicationFileFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case application_files.ApplicationsHeld():
            file.state, file.held, file.checker = file_of_two.HELD, fact, ""
        case application_files.ApplicationsReleased():
            file.state, file.checker = file_of_two.RELEASED, fact.checker
        case application_files.ApplicationsRejected():
            file.state = file_of_two.REJECTED
        case application_files.ApplicationsPublished():
            file.state = file_of_two.DONE
        case _:
            assert_never(fact)


DECIDER = Decider[
    ApplicationFileState,
    application_files.ApplicationFileCommand,
    application_files.ApplicationFileFact,
](
    kind="applications",
    initial=ApplicationFileState,
    decide=lambda file, command, asked, policies: decide(file, command),
    evolve=lambda file, fact, recorded: evolve(file, fact),
    commands=members_of(application_files.ApplicationFileCommand),
    facts=members_of(application_files.ApplicationFileFact),
)
