"""Clawbacks: money due back; ordered, recovered in cash, offset, written off.

Holds: a debt stands on the payee's own history, in the books of one fund and district.
"""

from datetime import date
from typing import Literal

from events.disbursements import Money
from events.values import ApplicationKey, Command, Fact, Fen, StreamName, Value

Cause = Literal[
    "fraud",
    "not_entitled",
    "left_early",
    "administrative_error",
    "advance_surplus",
    "advance_overdue",
    "paid_twice",
]
"""Why money is due back."""

Basis = Literal["benefit", "advance", "bank"]
"""What the debt takes back: a benefit booked as expense, an advance, or money the bank paid twice."""

ConfirmOrReject = Literal["confirm", "reject"]


class PartBack(Value):
    """How much of one payment is due back."""

    disbursement: str
    amount: Fen


class OrderClawback(Command):
    """Money is due back; without an amount, everything that the application brought this payee."""

    clawback: str
    application: ApplicationKey
    cause: Cause
    document: str
    reason: str
    source: str
    amount: Fen | None = None
    floor: Fen = 0


class ProposeClawback(Command):
    """Somebody of the staff, or a rule that leaves the last word to them, asks for a clawback."""

    clawback: str
    application: ApplicationKey
    cause: Cause
    document: str
    reason: str
    maker: str
    amount: Fen | None = None
    floor: Fen = 0


class JudgeClawback(Command):
    """A second person orders what was proposed, or turns it down."""

    clawback: str
    checker: str
    verdict: ConfirmOrReject
    reason: str = ""


class StopPayments(Command):
    """An approval was revoked: nothing more is paid for it, and what was paid is due back."""

    application: ApplicationKey
    clawback: str
    cause: Cause
    document: str
    reason: str


class RecordRecovery(Command):
    """Cash has come in for a debt."""

    clawback: str
    amount: Fen
    received_on: date
    bank_account: str
    bank_reference: str
    source: str


class ProposeWriteOff(Command):
    """Somebody asks to give (part of) a debt up, on an authority's document."""

    clawback: str
    amount: Fen
    document: str
    reason: str
    maker: str


class JudgeWriteOff(Command):
    """A second person writes off what was proposed, or turns it down."""

    clawback: str
    checker: str
    verdict: ConfirmOrReject
    reason: str = ""


class ClawbackProposed(Fact):
    """A clawback waits for a second person."""

    clawback: str
    application: ApplicationKey
    cause: Cause
    amount: Fen
    whole: bool
    floor: Fen
    document: str
    reason: str
    maker: str


class ClawbackRejected(Fact):
    """A second person did not order the clawback."""

    clawback: str
    application: ApplicationKey
    checker: str
    reason: str


class ClawbackOrdered(Fact):
    """The payee owes this much back; `floor` stays with the payee of each payment it is offset in."""

    clawback: str
    application: ApplicationKey
    cause: Cause
    basis: Basis
    money: Money
    parts: tuple[PartBack, ...]
    floor: Fen
    document: str
    reason: str
    source: str
    checker: str = ""
    bank_account: str = ""
    bank_reference: str = ""
    instruction: str = ""


class ClawbackRecovered(Fact):
    """Cash came in; `left` is still owed. `advance` is the one that the debt takes back, if any."""

    clawback: str
    application: ApplicationKey
    bank_account: str
    bank_reference: str
    received_on: date
    source: str
    left: Fen
    money: Money
    advance: str


class ClawbackOffset(Fact):
    """A part of a payment stays with the fund; `left` is still owed, `payable_left` still to pay.

    `line` is the budget line of the payment, `money` says in whose books the debt stands;
    `advance` is the one that the debt takes back, if any; `at_order` tells a payment that has just
    fallen due from one that was ordered before.
    """

    clawback: str
    application: ApplicationKey
    disbursement: str
    left: Fen
    payable_left: Fen
    money: Money
    line: StreamName
    advance: str
    at_order: bool


class WriteOffProposed(Fact):
    """Giving a debt up waits for a second person."""

    clawback: str
    application: ApplicationKey
    amount: Fen
    document: str
    reason: str
    maker: str


class WriteOffRejected(Fact):
    """A second person did not give the debt up."""

    clawback: str
    application: ApplicationKey
    checker: str
    reason: str


class ClawbackWrittenOff(Fact):
    """Two people gave the debt, or a part of it, up; `left` is still owed.

    `advance` is the one that the debt takes back, if any.
    """

    clawback: str
    application: ApplicationKey
    document: str
    maker: str
    checker: str
    left: Fen
    money: Money
    advance: str


class PaymentsStopped(Fact):
    """Nothing more is paid to this payee for the application; what still settles is due back."""

    application: ApplicationKey
    clawback: str
    cause: Cause
    document: str
    reason: str


ClawbackCommand = (
    ProposeClawback
    | JudgeClawback
    | OrderClawback
    | StopPayments
    | RecordRecovery
    | ProposeWriteOff
    | JudgeWriteOff
)
ClawbackFact = (
    ClawbackProposed
    | ClawbackRejected
    | ClawbackOrdered
    | PaymentsStopped
    | ClawbackOffset
    | ClawbackRecovered
    | WriteOffProposed
    | WriteOffRejected
    | ClawbackWrittenOff
)
