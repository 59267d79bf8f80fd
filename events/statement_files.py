"""Statement files: a bank's file of an account, handed in by one person and taken by another.

Units: fen; `file_digest` is SHA-256 of the file, `digest` that of what it says
Source: docs/adr/0041-a-statement-is-taken-by-two-people.md
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from events.values import Command, Fact, Fen, SignedFen

MOST_DAYS = 366
"""How many days one file may cover."""

PartVerdict = Literal["taken", "declined"]
Count = Annotated[int, Meta(ge=0)]


class HoldStatement(Command):
    """A maker hands in a file that was read; nothing of it counts until another person takes it."""

    number: str
    bank_account: str
    file: str
    layout: str
    file_digest: str
    digest: str
    maker: str
    first: date
    last: date
    opening: SignedFen
    closing: SignedFen
    lines: Count
    came_in: Fen
    went_out: Fen
    parts: Annotated[int, Meta(ge=1)]


class ReleaseStatement(Command):
    """A second person lets exactly what has this digest be recorded."""

    number: str
    checker: str
    digest: str


class RejectStatement(Command):
    """A second person sends the file back, with a reason."""

    number: str
    checker: str
    reason: str


class AnswerStatementPart(Command):
    """A month has taken a part of the file, or says why it cannot."""

    number: str
    attempt: int
    month: str
    part: int
    verdict: PartVerdict
    code: str = ""
    about: str = ""


class ReverseStatement(Command):
    """Take back a file that was wrong, with a reason."""

    number: str
    reason: str


class AnswerStatementReversal(Command):
    """A month has taken back its part of the file, or says why it cannot."""

    number: str
    month: str
    verdict: PartVerdict
    code: str = ""
    about: str = ""


class StatementHeld(Fact):
    """A file waits for a second person."""

    number: str
    bank_account: str
    file: str
    layout: str
    file_digest: str
    digest: str
    maker: str
    first: date
    last: date
    opening: SignedFen
    closing: SignedFen
    lines: Count
    came_in: Fen
    went_out: Fen
    parts: int


class StatementReleased(Fact):
    """Another person than the maker took the file; `attempt` counts how often this was done."""

    number: str
    maker: str
    checker: str
    digest: str
    attempt: int


class StatementRejected(Fact):
    """The file is given up; handed in anew, it can be taken by a second person again."""

    number: str
    checker: str
    reason: str


class StatementPartAnswered(Fact):
    """One part of the file is on record, or was declined by its month."""

    number: str
    attempt: int
    month: str
    part: int
    verdict: PartVerdict
    code: str
    about: str


class StatementTaken(Fact):
    """Every part of the file is on record: the sums of the bank are those of the ledger."""

    number: str
    attempt: int


class StatementReversing(Fact):
    """Two people take the file back; each of its months is asked."""

    number: str
    bank_account: str
    reason: str
    months: tuple[str, ...]


class StatementReversalAnswered(Fact):
    """One month has taken back its part, or says why it cannot."""

    number: str
    month: str
    verdict: PartVerdict
    code: str
    about: str


class StatementReversed(Fact):
    """Nothing of the file counts any more."""

    number: str


StatementFileCommand = (
    HoldStatement
    | ReleaseStatement
    | RejectStatement
    | AnswerStatementPart
    | ReverseStatement
    | AnswerStatementReversal
)
StatementFileFact = (
    StatementHeld
    | StatementReleased
    | StatementRejected
    | StatementPartAnswered
    | StatementTaken
    | StatementReversing
    | StatementReversalAnswered
    | StatementReversed
)
