"""Decide what may be done about a letter: read for a purpose, sent again corrected, or closed."""

from typing import assert_never

from events.canonical import has_words
from events.contract.inbound.private import names_a_person
from events.control import CommandRefused
from events.letters import (
    CloseLetter,
    LetterClosed,
    LetterRead,
    LetterResubmitted,
    ReadLetter,
    ResubmitLetter,
)
from events.values import Fact
from services.deciders.dead_letter.state import Letter

LetterCommand = ReadLetter | ResubmitLetter | CloseLetter
LetterFact = LetterRead | LetterResubmitted | LetterClosed


def decide(letter: Letter, command: LetterCommand) -> list[Fact]:
    """Answer one act.

    Refuses: NO_REASON, IDENTITY_IN_REASON, LETTER_CLOSED, ALREADY_RESUBMITTED (first match wins)
    Holds: the same content sent again, and a letter closed again, change nothing; what was sent and
           refused once more has a letter of its own
    """
    why = command.reason if isinstance(command, CloseLetter) else command.purpose
    if not has_words(why) or not has_words(command.operator):
        return [_refused(command, "NO_REASON")]
    if names_a_person(why):
        return [_refused(command, "IDENTITY_IN_REASON")]
    match command:
        case ReadLetter():
            return [LetterRead(**dict(command))]
        case ResubmitLetter():
            if letter.state == "closed":
                return [_refused(command, "LETTER_CLOSED")]
            if letter.state == "resubmitted":
                same = letter.digest == command.digest
                return [] if same else [_refused(command, "ALREADY_RESUBMITTED")]
            return [LetterResubmitted(**dict(command))]
        case CloseLetter():
            if letter.state == "resubmitted":
                return [_refused(command, "ALREADY_RESUBMITTED")]
            return [] if letter.state == "closed" else [LetterClosed(**dict(command))]
        case _:
            assert_never(command)


def _refused(command: LetterCommand, code: str) -> CommandRefused:
    return CommandRefused(command=type(command).__name__, code=code, about=command.letter)


def evolve(letter: Letter, fact: LetterFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case LetterRead():
            pass
        case LetterResubmitted():
            letter.state, letter.digest = "resubmitted", fact.digest
        case LetterClosed():
            letter.state = "closed"
        case _:
            assert_never(fact)
