"""Statements: what the bank says of an account's month, a line a fact."""

from datetime import date
from typing import Literal

from events.values import Command, Fact, SignedFen

LineKind = Literal["payment", "funds_received", "interest", "fee", "refund", "other"]


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
    """What a line that is no payment of ours is: funds received, interest, a fee."""

    bank_account: str
    line: str
    booked_on: date
    amount: SignedFen
    kind: LineKind
    fund: str
    district: str


class OpeningBalance(Fact):
    """The books of a bank account, fund and district begin with this balance."""

    bank_account: str
    fund: str
    district: str
    amount: SignedFen
    document: str


StatementCommand = OpenStatement | RecordStatementLine | RecordOpeningBalance
StatementFact = StatementOpened | StatementLineRecorded | StatementLineClassified | OpeningBalance
