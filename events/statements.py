"""Statements: what the bank says of an account's month: single lines, or whole days from a file.

Holds: a line of a file is known by its account, day, direction and amount and by its number among
       those that are equal in these; its words are for the eye
Source: docs/adr/0041-a-statement-is-taken-by-two-people.md
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from events.values import Command, Fact, Fen, SignedFen, Value

LineKind = Literal["payment", "funds_received", "interest", "fee", "refund", "other"]

Classification = Literal["funds_received", "interest", "fee", "correction"]
"""What two people may say that a line is; a correction is the bank's own error, or what mends it."""


class StatedLine(Value):
    """One line of a file as the bank wrote it; positive came in.

    Shape: `nth` is its number, from 1, among the day's lines of the same amount and direction
    """

    amount: SignedFen
    nth: Annotated[int, Meta(ge=1)]
    reference: str
    purpose: str
    balance_after: SignedFen | None = None
    kind: LineKind = "other"


class StatedDay(Value):
    """One day of a file: the bank's balance before and after it, and its lines in their order.

    Shape: `count` is how many lines the file has for the day; a day with more than fit one command
           stands in several, and `lines` are those of this one
    """

    day: date
    opening: SignedFen
    closing: SignedFen
    count: Annotated[int, Meta(ge=0)]
    lines: tuple[StatedLine, ...] = ()


class RecordedBankLine(Value):
    """A line of a file that is on record from now on, under its own name."""

    line: str
    amount: SignedFen
    reference: str
    purpose: str
    balance_after: SignedFen | None
    kind: LineKind


class RecordedBankDay(Value):
    """A day of a file with what it adds to the record; `complete` once its balances are proved."""

    day: date
    opening: SignedFen
    closing: SignedFen
    lines: tuple[RecordedBankLine, ...]
    complete: bool


class ReversedBankDay(Value):
    """A file's word on a day, given with an attempt to record it, that no longer holds."""

    day: date
    attempt: int


class OpenStatement(Command):
    """Begin a bank account's month with the bank's own opening balance."""

    bank_account: str
    month: str
    opening_balance: SignedFen


class RecordStatementLine(Command):
    """One line of the bank's statement, verbatim."""

    bank_account: str
    line: str
    booked_on: date
    amount: SignedFen
    reference: str
    purpose: str
    balance_after: SignedFen | None = None
    kind: LineKind = "other"
    fund: str = ""
    district: str = ""


class RecordStatementDays(Command):
    """A part of a file that two people have taken: whole days of one month, or a part of one day.

    Shape: `first` and `last` are the days that the whole file covers; `part` counts over the file
    """

    bank_account: str
    month: str
    statement: str
    attempt: int
    part: int
    first: date
    last: date
    fund: str
    district: str
    days: tuple[StatedDay, ...]


class ReverseStatementDays(Command):
    """Take back what a file has added to this month."""

    bank_account: str
    month: str
    statement: str
    reason: str


class ClassifyStatementLine(Command):
    """Two people say what a line is that nobody has said anything of, and for whom it is booked."""

    bank_account: str
    line: str
    amount: SignedFen
    kind: Classification
    fund: str
    district: str
    reason: str


class ReverseClassification(Command):
    """Two people take back what a line was said to be; the line itself stays on record.

    Shape: `amount` and `kind` are what whoever asks has seen
    """

    bank_account: str
    line: str
    amount: SignedFen
    kind: LineKind | Classification
    reason: str


class RecordOpeningBalance(Command):
    """What the books begin with, for one bank account, fund and district."""

    bank_account: str
    fund: str
    district: str
    amount: SignedFen
    document: str


class StatementOpened(Fact):
    """A bank account's month has its opening balance."""

    bank_account: str
    month: str
    opening_balance: SignedFen


class StatementLineRecorded(Fact):
    """A line of the statement is on record; it came in where positive."""

    bank_account: str
    line: str
    booked_on: date
    amount: SignedFen
    reference: str
    purpose: str
    balance_after: SignedFen | None


class StatementLineClassified(Fact):
    """What a line that is no payment of ours is: funds received, interest, a fee, a correction."""

    bank_account: str
    line: str
    booked_on: date
    amount: SignedFen
    kind: LineKind | Classification
    fund: str
    district: str


class StatementDaysRecorded(Fact):
    """A part of a file is on record; its days hold the lines that were not on record before."""

    bank_account: str
    month: str
    statement: str
    attempt: int
    part: int
    days: tuple[RecordedBankDay, ...]


class StatementDaysDeclined(Fact):
    """A part of a file does not fit what is on record; nothing of it was taken."""

    bank_account: str
    month: str
    statement: str
    attempt: int
    part: int
    code: str
    about: str


class StatementDaysReversed(Fact):
    """What a file had added to a month is taken back: its lines, and its word on these days."""

    bank_account: str
    month: str
    statement: str
    reason: str
    days: tuple[ReversedBankDay, ...]
    lines: tuple[str, ...]
    came_in: Fen
    went_out: Fen


class StatementReversalDeclined(Fact):
    """A file's days cannot be taken back, since another file speaks of them too."""

    bank_account: str
    month: str
    statement: str
    code: str
    about: str


class LineClassificationReversed(Fact):
    """What a line was said to be no longer holds: it is taken back with its file, or stays and is open.

    Shape: `stays` where the line itself is still on record
    """

    bank_account: str
    line: str
    booked_on: date
    amount: SignedFen
    kind: LineKind | Classification
    fund: str
    district: str
    reason: str
    stays: bool


class OpeningBalance(Fact):
    """The books of a bank account, fund and district begin with this balance."""

    bank_account: str
    fund: str
    district: str
    amount: SignedFen
    document: str


StatementCommand = (
    OpenStatement
    | RecordStatementLine
    | RecordStatementDays
    | ReverseStatementDays
    | ClassifyStatementLine
    | ReverseClassification
    | RecordOpeningBalance
)
StatementFact = (
    StatementOpened
    | StatementLineRecorded
    | StatementLineClassified
    | StatementDaysRecorded
    | StatementDaysDeclined
    | StatementDaysReversed
    | StatementReversalDeclined
    | LineClassificationReversed
    | OpeningBalance
)
