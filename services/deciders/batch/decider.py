"""Decide how far a batch goes: claimed, prepared, released by another, sent, answered."""

from datetime import date
from typing import assert_never

from events.batches import (
    AnswerClaim,
    BatchClosed,
    BatchHeld,
    BatchLine,
    BatchLineClaimed,
    BatchLineRefused,
    BatchLineTakenOut,
    BatchPrepared,
    BatchRejected,
    BatchReleased,
    BatchRequested,
    BatchResultRecorded,
    BatchSending,
    BatchSent,
    BeginSending,
    ConfirmSent,
    HoldBatch,
    PrepareBatch,
    RecordBankResult,
    RejectBatch,
    ReleaseBatch,
    TakeOutLine,
)
from events.control import CommandRefused
from events.ids import is_batch_number
from events.people import same_person
from events.values import Fact
from policies.bank_accounts import belongs
from services.deciders.batch.results import record_result
from services.deciders.batch.state import Batch, digest_of

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
    | BatchReleased
    | BatchRejected
    | BatchSending
    | BatchSent
    | BatchResultRecorded
    | BatchClosed
    | BatchHeld
    | BatchLineTakenOut
)

MOST_LINES = 2000
"""How many payments one batch may hold, so that its list fits into one fact."""


def decide(batch: Batch, command: BatchCommand, by: str, today: date) -> list[Fact]:
    """Answer one request about the batch, from `by`, on the legal day `today`.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case PrepareBatch():
            return _prepare(batch, command)
        case AnswerClaim():
            return _answer(batch, command)
        case ReleaseBatch():
            return _release(batch, command)
        case RejectBatch():
            return _reject(batch, command)
        case BeginSending():
            return _begin(batch, command)
        case ConfirmSent():
            return _confirm(batch, command)
        case RecordBankResult():
            return record_result(batch, command, by, today)
        case HoldBatch():
            return _hold(batch, command)
        case TakeOutLine():
            return _take_out(batch, command)
        case _:
            assert_never(command)


def _prepare(batch: Batch, command: PrepareBatch) -> list[Fact]:
    """Refuses: WRONG_BATCH_NUMBER, BATCH_EXISTS, WRONG_ACCOUNT, EMPTY, TOO_MANY_LINES, LINE_TWICE

    Holds: the first match wins; the account that pays is the fund's own in its district
    """
    if not is_batch_number(command.batch):
        return [refused(command, "WRONG_BATCH_NUMBER")]
    requested = BatchRequested(**dict(command))
    if batch.requested is not None:
        return [] if batch.requested == requested else [refused(command, "BATCH_EXISTS")]
    if not belongs(command.bank_account, command.fund, command.district):
        return [refused(command, "WRONG_ACCOUNT", command.bank_account)]
    if not command.lines:
        return [refused(command, "EMPTY")]
    if len(command.lines) > MOST_LINES:
        return [refused(command, "TOO_MANY_LINES")]
    if len({line.disbursement for line in command.lines}) < len(command.lines):
        return [refused(command, "LINE_TWICE")]
    return [requested]


def _answer(batch: Batch, command: AnswerClaim) -> list[Fact]:
    """Refuses: NO_SUCH_LINE. The last answer makes the list final."""
    requested = batch.requested
    if requested is None or not 1 <= command.line_no <= len(requested.lines):
        return [refused(command, "NO_SUCH_LINE")]
    if command.line_no in batch.lines or command.line_no in batch.refused:
        return []
    wanted = requested.lines[command.line_no - 1]
    answers = len(batch.lines) + len(batch.refused) + 1
    if command.claimed:
        line = BatchLine(
            line_no=command.line_no,
            payee=wanted.payee,
            disbursement=wanted.disbursement,
            instruction=command.instruction,
            account=command.account,
            amount=wanted.amount,
        )
        facts: list[Fact] = [BatchLineClaimed(batch=command.batch, line=line)]
        lines = {**batch.lines, line.line_no: line} if answers == len(requested.lines) else {}
    else:
        facts = [
            BatchLineRefused(
                batch=command.batch,
                line_no=command.line_no,
                disbursement=wanted.disbursement,
                code=command.code,
            )
        ]
        lines = batch.lines
    if answers == len(requested.lines):
        final = tuple(line for _, line in sorted(lines.items()))
        facts.append(_final(requested, final))
        if batch.held and final:
            facts.append(_given_up(command.batch, batch.held, final))
    return facts


def _final(requested: BatchRequested, lines: tuple[BatchLine, ...]) -> Fact:
    if not lines:
        return BatchClosed(
            batch=requested.batch, settled=0, returned=0, settled_total=0, returned_total=0
        )
    return BatchPrepared(
        batch=requested.batch,
        bank_account=requested.bank_account,
        fund=requested.fund,
        district=requested.district,
        maker=requested.maker,
        count=len(lines),
        total=sum(line.amount for line in lines),
        digest=digest_of(lines),
    )


def _release(batch: Batch, command: ReleaseBatch) -> list[Fact]:
    """Refuses: NOT_PREPARED, SAME_PERSON, STALE (first match wins)"""
    if batch.state in ("released", "sending", "sent", "closed", "rejected") and batch.checker:
        same = batch.checker == command.checker and batch.digest == command.digest
        return [] if same else [refused(command, "NOT_PREPARED")]
    if batch.state != "prepared" or batch.requested is None:
        return [refused(command, "NOT_PREPARED")]
    if same_person(command.checker, batch.requested.maker):
        return [refused(command, "SAME_PERSON", command.checker)]
    if command.digest != batch.digest or command.total != batch.total:
        return [refused(command, "STALE")]
    return [
        BatchReleased(
            batch=command.batch,
            maker=batch.requested.maker,
            checker=command.checker,
            digest=batch.digest,
            count=len(batch.lines),
            total=batch.total,
        )
    ]


def _reject(batch: Batch, command: RejectBatch) -> list[Fact]:
    """Refuses: NOT_PREPARED, SAME_PERSON (first match wins)"""
    if batch.state == "rejected":
        return []
    if batch.state != "prepared" or batch.requested is None:
        return [refused(command, "NOT_PREPARED")]
    if same_person(command.checker, batch.requested.maker):
        return [refused(command, "SAME_PERSON", command.checker)]
    return [
        BatchRejected(
            batch=command.batch,
            checker=command.checker,
            reason=command.reason,
            lines=batch.in_order(),
        )
    ]


def _hold(batch: Batch, command: HoldBatch) -> list[Fact]:
    """Refuses: TOO_LATE (the file is being written or has left)"""
    if batch.held or batch.state == "rejected":
        return []
    if batch.state not in ("requested", "prepared", "released"):
        return [refused(command, "TOO_LATE", command.disbursement)]
    held = BatchHeld(**dict(command))
    if batch.state == "requested":
        return [held]
    return [held, _given_up(command.batch, command.reason, batch.in_order())]


def _take_out(batch: Batch, command: TakeOutLine) -> list[Fact]:
    """Leave one payment out: what is released was another list, so that is given up whole.

    Refuses: TOO_LATE (the file is being written or has left)
    """
    out = next((o for o in batch.in_order() if o.disbursement == command.disbursement), None)
    if out is None or batch.state == "rejected":
        return []
    taken_out = BatchLineTakenOut(batch=command.batch, line=out, reason=command.reason)
    match batch.state:
        case "requested":
            return [taken_out]
        case "prepared" if batch.requested is not None:
            rest = tuple(line for line in batch.in_order() if line is not out)
            return [taken_out, _final(batch.requested, rest)]
        case "released":
            held = BatchHeld(
                batch=command.batch, disbursement=command.disbursement, reason=command.reason
            )
            return [held, _given_up(command.batch, command.reason, batch.in_order())]
        case _:
            return [refused(command, "TOO_LATE", command.disbursement)]


def _given_up(batch: str, reason: str, lines: tuple[BatchLine, ...]) -> BatchRejected:
    return BatchRejected(batch=batch, checker="", reason=reason, lines=lines)


def _begin(batch: Batch, command: BeginSending) -> list[Fact]:
    """Refuses: NOT_RELEASED"""
    if batch.state in ("sending", "sent", "closed"):
        return []
    if batch.state != "released":
        return [refused(command, "NOT_RELEASED")]
    return [BatchSending(batch=command.batch, digest=batch.digest)]


def _confirm(batch: Batch, command: ConfirmSent) -> list[Fact]:
    """Refuses: NOT_SENDING, ANOTHER_FILE (first match wins)"""
    if batch.file_digest:
        same = batch.file_digest == command.file_digest
        return [] if same else [refused(command, "ANOTHER_FILE", command.file)]
    answered_already = batch.state == "closed" and batch.lines
    if batch.state != "sending" and not answered_already:
        return [refused(command, "NOT_SENDING")]
    return [
        BatchSent(
            batch=command.batch,
            file=command.file,
            file_digest=command.file_digest,
            lines=batch.in_order(),
        )
    ]


def refused(command: BatchCommand, code: str, text: str = "") -> CommandRefused:
    """Refuse, naming the batch."""
    return CommandRefused(command=type(command).__name__, code=code, about=command.batch, text=text)


def evolve(batch: Batch, fact: BatchFact, on: date) -> None:
    """Fold one fact of the legal day `on`, in place."""
    match fact:
        case BatchRequested():
            batch.state, batch.requested = "requested", fact
        case BatchLineClaimed():
            batch.lines[fact.line.line_no] = fact.line
        case BatchLineRefused():
            batch.refused.add(fact.line_no)
        case BatchLineTakenOut():
            del batch.lines[fact.line.line_no]
            batch.refused.add(fact.line.line_no)
        case BatchPrepared():
            batch.state, batch.digest, batch.total = "prepared", fact.digest, fact.total
        case BatchReleased():
            batch.state, batch.checker = "released", fact.checker
        case BatchRejected():
            batch.state = "rejected"
        case BatchHeld():
            batch.held = fact.reason
        case BatchSending():
            batch.state, batch.sending_on = "sending", on
        case BatchSent():
            batch.file_digest = fact.file_digest
            if batch.state != "closed":  # the bank may have answered before we noted the sending
                batch.state = "sent"
        case BatchResultRecorded():
            outcome = (fact.outcome, fact.bank_reference, fact.amount)
            batch.outcomes.setdefault(fact.line.line_no, []).append(outcome)
        case BatchClosed():
            batch.state = "closed"
        case _:
            assert_never(fact)
