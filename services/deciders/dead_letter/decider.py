"""Decide what may be done about a letter: read for a purpose, sent again corrected, or closed."""

from typing import assert_never

from events import letters
from events.canonical import has_words
from events.contract.inbound.private import names_a_person
from events.values import Fact
from services.deciders.dead_letter.state import DeadLetterState
from services.deciders.refusal import refuse
from services.deciders.stream import Decider, members_of


def decide(letter: DeadLetterState, command: letters.LetterCommand) -> list[Fact]:
    """Answer one act.

    Refuses: NO_REASON, IDENTITY_IN_REASON, LETTER_CLOSED, ALREADY_RESUBMITTED (first match wins)
    Holds: the same content sent again, and a letter closed again, change nothing; what was sent and
           refused once more has a letter of its own
    """
    why = command.reason if isinstance(command, letters.CloseLetter) else command.purpose
    if not has_words(why) or not has_words(command.operator):
        return refuse(command, "NO_REASON", command.letter)
    if names_a_person(why):
        return refuse(command, "IDENTITY_IN_REASON", command.letter)
    match command:
        case letters.ReadLetter():
            return [letters.LetterRead(**dict(command))]
        case letters.ResubmitLetter():
            if letter.state == "closed":
                return refuse(command, "LETTER_CLOSED", command.letter)
            if letter.state == "resubmitted":
                same = letter.digest == command.digest
                return [] if same else refuse(command, "ALREADY_RESUBMITTED", command.letter)
            return [letters.LetterResubmitted(**dict(command))]
        case letters.CloseLetter():
            if letter.state == "resubmitted":
                return refuse(command, "ALREADY_RESUBMITTED", command.letter)
            return [] if letter.state == "closed" else [letters.LetterClosed(**dict(command))]
        case _:
            assert_never(command)


def evolve(letter: DeadLetterState, fact: letters.LetterFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case letters.LetterRead():
            pass
        case letters.LetterResubmitted():
            letter.state, letter.digest = "resubmitted", fact.digest
        case letters.LetterClosed():
            letter.state = "closed"
        case _:
            assert_never(fact)


DECIDER = Decider[DeadLetterState, letters.LetterCommand, letters.LetterFact](
    kind="letter",
    initial=DeadLetterState,
    decide=lambda letter, command, asked, policies: decide(letter, command),
    evolve=lambda letter, fact, recorded: evolve(letter, fact),
    commands=members_of(letters.LetterCommand),
    facts=members_of(letters.LetterFact),
)
