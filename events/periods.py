"""Periods: the books of a fund in a district are closed month by month, by two people.

In:    what one person has counted from the books up to a position vector
Out:   commands and facts of the stream of a fund and district; the digest that is signed
Holds: what is signed names everything that it rests on: the vector, each account's way from opening
       to closing, how many vouchers each day has, the bank's statements, and what was left open
Source: docs/adr/0046-a-month-is-closed-by-two-people.md
"""

from datetime import date
from hashlib import sha256

from msgspec import json

from events.values import Command, Fact, Fen, SignedFen, Value

BLOCKS = (
    "books_unbalanced",
    "statement_missing",
    "statement_days_missing",
    "statement_broken",
    "unexplained",
    "treasury_missing",
    "treasury_differs",
)
"""What keeps a month from being closed: nobody can sign for it."""

OPEN_ITEMS = ("differences", "in_transit", "disputes", "treasury_unequal", "set_aside")
"""What a month may be closed with, when whoever prepares it says why."""


class PeriodBalance(Value):
    """One account through a month; `sub` is its bank account or programme.

    Units: `opening` and `closing` are debits where positive
    """

    code: str
    sub: str
    opening: SignedFen
    debit: Fen
    credit: Fen
    closing: SignedFen


class VoucherDay(Value):
    """How many entries of one day in the books get their number with this signature."""

    on: date
    vouchers: int


class PeriodStatement(Value):
    """One bank account at the month's end: what the bank says, and what the books say.

    Units: `digest` is SHA-256 over the lines of the month, `difference` is bank − books
    """

    bank_account: str
    digest: str
    lines: int
    bank: SignedFen
    books: SignedFen
    differences: int
    in_transit: int


class ClosingCheck(Value):
    """How many of one kind stand in the way (`BLOCKS`), or are left open (`OPEN_ITEMS`)."""

    code: str
    number: int


class PreparePeriod(Command):
    """A maker has counted a month and asks another person to sign it.

    Units: `vector` is the text of a position vector, `entries` the SHA-256 over the entries that get
           a number, `first_voucher` the number of the first of them
    """

    fund: str
    district: str
    month: str
    vector: str
    balances: tuple[PeriodBalance, ...]
    first_voucher: int
    days: tuple[VoucherDay, ...]
    late: int
    entries: str
    statements: tuple[PeriodStatement, ...]
    checks: tuple[ClosingCheck, ...]
    note: str
    maker: str


class SignPeriod(Command):
    """A second person signs exactly what has this digest."""

    fund: str
    district: str
    month: str
    digest: str
    checker: str


class RejectPeriod(Command):
    """A second person sends a prepared month back, with a reason."""

    fund: str
    district: str
    month: str
    checker: str
    reason: str


class ReopenPeriod(Command):
    """Open the last signed month again, by a document; two people ask for it."""

    fund: str
    district: str
    month: str
    document: str
    reason: str


class PeriodPrepared(Fact):
    """A counted month waits for its signature."""

    fund: str
    district: str
    month: str
    vector: str
    balances: tuple[PeriodBalance, ...]
    first_voucher: int
    days: tuple[VoucherDay, ...]
    late: int
    entries: str
    statements: tuple[PeriodStatement, ...]
    checks: tuple[ClosingCheck, ...]
    note: str
    maker: str
    digest: str


class PeriodSigned(Fact):
    """A month is closed: what it counts has its number and its month for good.

    Shape: `signing` counts the signatures of a fund and district, over all months
    """

    fund: str
    district: str
    month: str
    signing: int
    vector: str
    balances: tuple[PeriodBalance, ...]
    first_voucher: int
    days: tuple[VoucherDay, ...]
    late: int
    entries: str
    statements: tuple[PeriodStatement, ...]
    checks: tuple[ClosingCheck, ...]
    note: str
    maker: str
    checker: str
    digest: str


class PeriodRejected(Fact):
    """A prepared month was sent back; it may be prepared anew."""

    fund: str
    district: str
    month: str
    maker: str
    checker: str
    reason: str


class PeriodReopened(Fact):
    """The last signed month takes in what has no number yet, once it is signed again."""

    fund: str
    district: str
    month: str
    document: str
    reason: str


def digest_of(prepared: PreparePeriod) -> str:
    """What a signature covers: SHA-256 over everything that the maker hands over, his note too."""
    return sha256(json.encode(prepared)).hexdigest()


def vouchers(days: tuple[VoucherDay, ...]) -> int:
    """How many numbers a signature gives."""
    return sum(day.vouchers for day in days)


def blocking(checks: tuple[ClosingCheck, ...]) -> tuple[ClosingCheck, ...]:
    """What keeps a month from being closed."""
    return tuple(check for check in checks if check.code in BLOCKS and check.number)


def left_open(checks: tuple[ClosingCheck, ...]) -> int:
    """How much a month is closed with that needs an explanation."""
    return sum(check.number for check in checks if check.code in OPEN_ITEMS)


PeriodCommand = PreparePeriod | SignPeriod | RejectPeriod | ReopenPeriod
PeriodFact = PeriodPrepared | PeriodSigned | PeriodRejected | PeriodReopened
