"""Letters: what an administrator does about a message that could not be taken in.

Holds: `letter` is the message's place, ``topic/partition/offset/line`` (line 0 is the whole message);
       what was read or sent stays in the vault, a fact carries its digest alone.
"""

from events.values import Command, Fact


class ReadLetter(Command):
    """Somebody opens a letter, for a purpose."""

    letter: str
    purpose: str
    operator: str


class ResubmitLetter(Command):
    """Somebody sends a corrected message in a letter's place; `digest` is its SHA-256."""

    letter: str
    digest: str
    purpose: str
    operator: str


class CloseLetter(Command):
    """Somebody says that nothing more is to be done about a letter, and why."""

    letter: str
    reason: str
    operator: str


class LetterRead(Fact):
    """A letter was opened: by whom and what for."""

    letter: str
    purpose: str
    operator: str


class LetterResubmitted(Fact):
    """A corrected message goes to the letter's own topic."""

    letter: str
    digest: str
    purpose: str
    operator: str


class LetterClosed(Fact):
    """Nothing more is to be done about the letter."""

    letter: str
    reason: str
    operator: str


LetterCommand = ReadLetter | ResubmitLetter | CloseLetter
LetterFact = LetterRead | LetterResubmitted | LetterClosed
