"""Batches: one payment file, prepared by one person, released by another, sent once."""

from datetime import date
from typing import Literal

from events.values import Command, Fact, Fen, StreamName, Token, Value


class WantedLine(Value):
    """A payment that a maker wants in the batch."""

    payee: StreamName
    disbursement: str
    amount: Fen


class BatchLine(Value):
    """A payment that the batch has claimed."""

    line_no: int
    payee: StreamName
    disbursement: str
    instruction: str
    account: Token
    amount: Fen


class PrepareBatch(Command):
    """Make a batch of these payments, from one bank account."""

    batch: str
    bank_account: str
    fund: str
    district: str
    maker: str
    lines: tuple[WantedLine, ...]


class AnswerClaim(Command):
    """A payee's answer to a claim: the line is the batch's, or why it is not."""

    batch: str
    line_no: int
    claimed: bool
    instruction: str = ""
    account: str = ""
    code: str = ""
    judged_by: tuple[str, ...] = ()


class ReleaseBatch(Command):
    """A second person lets exactly the list with this digest go."""

    batch: str
    checker: str
    digest: str
    total: Fen


class RejectBatch(Command):
    """A second person sends the batch back to its maker, with a reason."""

    batch: str
    checker: str
    reason: str


class BeginSending(Command):
    """The file is about to be written and handed over."""

    batch: str


class ConfirmSent(Command):
    """The file has left, complete, with this digest."""

    batch: str
    file: str
    file_digest: str


class RecordBankResult(Command):
    """The bank reports on one instruction of this batch."""

    batch: str
    instruction: str
    outcome: Literal["settled", "returned"]
    amount: Fen
    value_on: date
    code: str = ""
    reason: str = ""
    bank_reference: str = ""


class HoldBatch(Command):
    """A payment of this batch must not leave: give the batch up, if it is not too late."""

    batch: str
    disbursement: str
    reason: str


class TakeOutLine(Command):
    """A payment of this batch must not be made: leave it out, if it is not too late."""

    batch: str
    disbursement: str
    reason: str


class BatchRequested(Fact):
    """A maker asked for a batch; its payments are being claimed."""

    batch: str
    bank_account: str
    fund: str
    district: str
    maker: str
    lines: tuple[WantedLine, ...]


class BatchLineClaimed(Fact):
    """One payment is the batch's alone; `judged_by` are the people who have judged what it pays."""

    batch: str
    line: BatchLine
    judged_by: tuple[str, ...] = ()


class BatchLineRefused(Fact):
    """One payment could not be claimed; the batch goes on without it."""

    batch: str
    line_no: int
    disbursement: str
    code: str


class BatchPrepared(Fact):
    """Every payment has answered: the list is final, and can be released by its digest."""

    batch: str
    bank_account: str
    fund: str
    district: str
    maker: str
    count: int
    total: Fen
    digest: str


class BatchLineTakenOut(Fact):
    """One payment was left out again; the list is another from now on."""

    batch: str
    line: BatchLine
    reason: str


class BatchReleased(Fact):
    """Another person than the maker let the list go."""

    batch: str
    maker: str
    checker: str
    digest: str
    count: int
    total: Fen


class BatchRejected(Fact):
    """The batch is given up before sending; its payments are free again."""

    batch: str
    checker: str
    reason: str
    lines: tuple[BatchLine, ...]


class BatchHeld(Fact):
    """A payment of the batch must not leave, so the batch does not."""

    batch: str
    disbursement: str
    reason: str


class BatchSending(Fact):
    """From here on the file may have left; it is never sent a second time unasked."""

    batch: str
    digest: str


class BatchSent(Fact):
    """The file has left."""

    batch: str
    file: str
    file_digest: str
    lines: tuple[BatchLine, ...]


class BatchResultRecorded(Fact):
    """The bank has answered for one instruction of the batch."""

    batch: str
    line: BatchLine
    outcome: Literal["settled", "returned"]
    amount: Fen
    value_on: date
    code: str
    reason: str
    bank_reference: str
    prepared_by: str = ""
    released_by: str = ""


class BatchClosed(Fact):
    """Every instruction of the batch has its outcome."""

    batch: str
    settled: int
    returned: int
    settled_total: Fen
    returned_total: Fen


BatchCommand = (
    PrepareBatch
    | AnswerClaim
    | ReleaseBatch
    | RejectBatch
    | BeginSending
    | ConfirmSent
    | RecordBankResult
    | HoldBatch
    | TakeOutLine
)
BatchFact = (
    BatchRequested
    | BatchLineClaimed
    | BatchLineRefused
    | BatchPrepared
    | BatchLineTakenOut
    | BatchReleased
    | BatchRejected
    | BatchHeld
    | BatchSending
    | BatchSent
    | BatchResultRecorded
    | BatchClosed
)
