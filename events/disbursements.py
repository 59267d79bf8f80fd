"""Disbursements: the payment of one instalment, in one or more attempts."""

from datetime import date
from typing import Literal

from events.values import ApplicationKey, Command, Fact, Fen, StreamName, Token, Value


class Money(Value):
    """Whose books a payment moves through: every disbursement fact carries it whole."""

    amount: Fen
    fund: str
    district: str
    programme: str
    line: StreamName


class OrderPayment(Command):
    """Pay one instalment to this payee; `judged_by` are the people who have judged its application."""

    disbursement: str
    application: ApplicationKey
    instalment: int
    beneficiary: StreamName
    account: Token
    money: Money
    judged_by: tuple[str, ...] = ()


class ClaimDisbursement(Command):
    """A batch asks for one payment; only one batch can have it."""

    disbursement: str
    batch: str
    line_no: int
    bank_account: str
    amount: Fen
    prepared_by: str = ""


class FreeDisbursement(Command):
    """A batch that will not be sent gives a payment back."""

    disbursement: str
    batch: str


class MarkSent(Command):
    """The file with this instruction has left."""

    disbursement: str
    instruction: str


class RecordOutcome(Command):
    """The bank says what became of one instruction, of a batch that these two people let go."""

    disbursement: str
    instruction: str
    outcome: Literal["settled", "returned"]
    amount: Fen
    value_on: date
    code: str = ""
    reason: str = ""
    bank_reference: str = ""
    prepared_by: str = ""
    released_by: str = ""


class ResolveDispute(Command):
    """Somebody has found out what became of an instruction on which the bank contradicts itself."""

    disbursement: str
    instruction: str
    verdict: Literal["paid", "not_paid"]
    document: str
    by: str


class AskOutcome(Command):
    """The bank is asked what became of an instruction; it is not sent again."""

    disbursement: str
    instruction: str
    by: str


class CancelPayment(Command):
    """Give a payment up that has not left; nothing is owed for it any more."""

    disbursement: str
    document: str
    reason: str
    by: str


class GiveUpPayments(Command):
    """A claim is taken back: give up all that was ordered for it, if nothing has left yet."""

    application: ApplicationKey
    beneficiary: StreamName
    reason: str


class DisbursementOrdered(Fact):
    """A payment is due to the payee: net of the advances that it settles (`AdvanceSettled`), before
    anything is kept of it for a debt (`ClawbackOffset`, which says what is left to pay)."""

    disbursement: str
    application: ApplicationKey
    instalment: int
    beneficiary: StreamName
    account: Token
    money: Money
    kind: Literal["benefit", "advance"] = "benefit"
    judged_by: tuple[str, ...] = ()


class DisbursementBatched(Fact):
    """A batch has the payment; no other can. `money` is what leaves: net of advances and of debts, as
    in every later fact of the payment. `judged_by` are the people who have judged what is paid, and
    objections to it, until now."""

    disbursement: str
    attempt: int
    batch: str
    line_no: int
    instruction: str
    bank_account: str
    account: Token
    money: Money
    judged_by: tuple[str, ...] = ()


class DisbursementClaimRefused(Fact):
    """A batch cannot have the payment: it is another's, or not payable, of another amount, or its maker
    has judged it."""

    disbursement: str
    batch: str
    line_no: int
    code: str


class DisbursementUnbatched(Fact):
    """The batch was given up before it was sent; the payment waits for another."""

    disbursement: str
    attempt: int
    batch: str
    money: Money


class DisbursementSent(Fact):
    """The instruction has left for the bank; its outcome is not known yet."""

    disbursement: str
    attempt: int
    batch: str
    instruction: str
    bank_account: str
    money: Money


class DisbursementSettled(Fact):
    """The bank has paid."""

    disbursement: str
    attempt: int
    instruction: str
    bank_account: str
    value_on: date
    bank_reference: str
    money: Money


class DisbursementReturned(Fact):
    """The bank could not pay, or (`after_settlement`, 退票) the money came back."""

    disbursement: str
    attempt: int
    instruction: str
    bank_account: str
    value_on: date
    code: str
    reason: str
    after_settlement: bool
    money: Money
    bank_reference: str = ""


class DisbursementCancelled(Fact):
    """The payment was given up; nothing is owed to the payee for it any more. `money` is what was
    still to be paid of it."""

    disbursement: str
    reason: str
    kind: Literal["benefit", "advance"] = "benefit"
    money: Money


class PaymentsGivenUp(Fact):
    """Nothing is paid for the claim, now or later."""

    application: ApplicationKey
    beneficiary: StreamName
    reason: str


class PaymentsKept(Fact):
    """Something of the claim was paid, is on its way or was set off: its payments go on."""

    application: ApplicationKey
    beneficiary: StreamName
    reason: str


class DisbursementRecalled(Fact):
    """A payment that a batch has must not be made any more: the batch is asked to leave it out."""

    disbursement: str
    batch: str
    document: str
    reason: str
    by: str


class DisbursementDisputed(Fact):
    """The bank has paid what it had returned, or paid twice, or told another amount than was ordered:
    nothing more leaves until a person knows.

    `outcome` and `amount` are what the bank has told; `stops` is the batch that holds a newer attempt
    and must not be sent, or empty; `prepared_by` and `released_by` let the doubted instruction go.
    """

    disbursement: str
    attempt: int
    instruction: str
    bank_account: str
    amount: Fen
    value_on: date
    bank_reference: str
    said: Literal["settled_after_return", "settled_twice", "amount_differs"]
    stops: str
    outcome: Literal["settled", "returned"] = "settled"
    code: str = ""
    reason: str = ""
    prepared_by: str = ""
    released_by: str = ""


class DisputeResolved(Fact):
    """A person has found out whether the bank had paid."""

    disbursement: str
    instruction: str
    verdict: Literal["paid", "not_paid"]
    document: str
    by: str


class OutcomeFound(Fact):
    """What a person found out is the outcome of an instruction: its batch is told."""

    disbursement: str
    batch: str
    instruction: str
    outcome: Literal["settled", "returned"]
    amount: Fen
    value_on: date
    code: str
    reason: str
    bank_reference: str


class OutcomeAsked(Fact):
    """The bank was asked what became of an instruction."""

    disbursement: str
    attempt: int
    instruction: str
    batch: str
    bank_account: str
    amount: Fen
    by: str


DisbursementCommand = (
    OrderPayment
    | ClaimDisbursement
    | FreeDisbursement
    | MarkSent
    | RecordOutcome
    | ResolveDispute
    | AskOutcome
    | CancelPayment
    | GiveUpPayments
)
DisbursementFact = (
    DisbursementOrdered
    | DisbursementBatched
    | DisbursementClaimRefused
    | DisbursementUnbatched
    | DisbursementSent
    | DisbursementSettled
    | DisbursementReturned
    | DisbursementCancelled
    | PaymentsGivenUp
    | PaymentsKept
    | DisbursementRecalled
    | DisbursementDisputed
    | DisputeResolved
    | OutcomeFound
    | OutcomeAsked
)
