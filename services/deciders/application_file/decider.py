"""Decide how far a file of applications goes: held, released by another, published."""

from typing import assert_never

from events import application_files, streams
from events.values import Fact
from services.deciders.application_file.state import ApplicationFileState
from services.deciders.refusal import refuse, refuse_judging
from services.deciders.stream import Decider, members_of


def decide(
    file: ApplicationFileState, command: application_files.ApplicationFileCommand
) -> list[Fact]:
    """Answer one request about the file.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case application_files.HoldApplications():
            return _hold(file, command)
        case application_files.ReleaseApplications():
            return _release(file, command)
        case application_files.RejectApplications():
            return _reject(file, command)
        case application_files.ConfirmApplications():
            return _confirm(file, command)
        case _:
            assert_never(command)


def _hold(file: ApplicationFileState, command: application_files.HoldApplications) -> list[Fact]:
    """Refuses: EMPTY. The same applications again change nothing, whoever hands them in, unless they
    were sent back, or read otherwise now and nobody has released them yet."""
    if command.applications <= 0:
        return refuse(command, "EMPTY", _name(command))
    same = file.held is not None and file.held.digest == command.digest
    if file.state in ("released", "published") or (file.state == "held" and same):
        return []
    return [application_files.ApplicationsHeld(**dict(command))]


def _release(
    file: ApplicationFileState, command: application_files.ReleaseApplications
) -> list[Fact]:
    """Refuses: NOT_HELD, SAME_PERSON, STALE (first match wins)"""
    if file.state in ("released", "published") and file.checker == command.checker:
        return []
    held = file.held if file.state == "held" else None
    if refused := refuse_judging(command, _name(command), held, command.checker, command.digest):
        return refused
    assert held is not None
    return [
        application_files.ApplicationsReleased(
            number=command.number,
            maker=held.maker,
            checker=command.checker,
            digest=command.digest,
        )
    ]


def _reject(
    file: ApplicationFileState, command: application_files.RejectApplications
) -> list[Fact]:
    """Refuses: NOT_HELD, SAME_PERSON (first match wins)"""
    if file.state == "rejected":
        return []
    held = file.held if file.state == "held" else None
    if refused := refuse_judging(command, _name(command), held, command.checker):
        return refused
    return [
        application_files.ApplicationsRejected(
            number=command.number, checker=command.checker, reason=command.reason
        )
    ]


def _confirm(
    file: ApplicationFileState, command: application_files.ConfirmApplications
) -> list[Fact]:
    """Refuses: NOT_RELEASED"""
    if file.state == "published":
        return []
    if file.state != "released":
        return refuse(command, "NOT_RELEASED", _name(command))
    return [
        application_files.ApplicationsPublished(
            number=command.number, applications=command.applications
        )
    ]


def _name(command: application_files.ApplicationFileCommand) -> str:
    return streams.application_file(command.number)


def evolve(file: ApplicationFileState, fact: application_files.ApplicationFileFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case application_files.ApplicationsHeld():
            file.state, file.held, file.checker = "held", fact, ""
        case application_files.ApplicationsReleased():
            file.state, file.checker = "released", fact.checker
        case application_files.ApplicationsRejected():
            file.state = "rejected"
        case application_files.ApplicationsPublished():
            file.state = "published"
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
