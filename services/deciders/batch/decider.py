"""Decide how far a batch goes: claimed, prepared, released by another, sent, answered."""

from typing import assert_never

from events import batches, streams
from events.days import legal_day
from events.envelope import Asked, Recorded
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.batch import preparing, releasing, sending
from services.deciders.batch.follow_ups import FOLLOW_UPS
from services.deciders.batch.results import record_result
from services.deciders.batch.state import BatchState
from services.deciders.refusal import refuse
from services.deciders.stream import Decider, members_of


def decide(
    batch: BatchState, command: batches.BatchCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer one request about the batch.

    Refuses: WRONG_BATCH_NUMBER where the stream is another batch's, then as each step; a repeat of a
             step already taken changes nothing
    """
    if asked.stream != streams.batch(command.batch):
        return refuse(command, "WRONG_BATCH_NUMBER", command.batch, asked.stream)
    match command:
        case batches.PrepareBatch():
            return preparing.prepare(batch, command, policies.cities, legal_day(asked.sent_at))
        case batches.AnswerClaim():
            return preparing.answer_claim(batch, command)
        case batches.ReleaseBatch():
            return releasing.release(batch, command)
        case batches.RejectBatch():
            return releasing.reject(batch, command)
        case batches.BeginSending():
            return sending.begin_sending(batch, command)
        case batches.ConfirmSent():
            return sending.confirm_sent(batch, command)
        case batches.RecordBankResult():
            return record_result(batch, command, asked.by, legal_day(asked.sent_at))
        case batches.HoldBatch():
            return releasing.hold(batch, command)
        case batches.TakeOutLine():
            return preparing.take_out_line(batch, command)
        case _:
            assert_never(command)


def evolve(batch: BatchState, fact: batches.BatchFact, recorded: Recorded) -> None:
    """Fold one fact, in place."""
    match fact:
        case batches.BatchRequested():
            batch.state, batch.requested = "requested", fact
        case batches.BatchLineClaimed():
            batch.lines[fact.line.line_no] = fact.line
            if fact.judged_by:
                batch.judged_by[fact.line.line_no] = fact.judged_by
        case batches.BatchLineRefused():
            batch.refused.add(fact.line_no)
        case batches.BatchLineTakenOut():
            del batch.lines[fact.line.line_no]
            batch.refused.add(fact.line.line_no)
        case batches.BatchPrepared():
            batch.state, batch.digest, batch.total = "prepared", fact.digest, fact.total
        case batches.BatchReleased():
            batch.state, batch.checker = "released", fact.checker
        case batches.BatchRejected():
            batch.state = "rejected"
        case batches.BatchHeld():
            batch.held = fact.reason
        case batches.BatchSending():
            batch.state, batch.sending_on = "sending", recorded.effective_on
        case batches.BatchSent():
            batch.file_digest = fact.file_digest
            if batch.state != "closed":  # the bank may have answered before we noted the sending
                batch.state = "sent"
        case batches.BatchResultRecorded():
            outcome = (fact.outcome, fact.bank_reference, fact.amount)
            batch.outcomes.setdefault(fact.line.line_no, []).append(outcome)
        case batches.BatchClosed():
            batch.state = "closed"
        case _:
            assert_never(fact)


DECIDER = Decider(
    kind="batch",
    initial=BatchState,
    decide=decide,
    evolve=evolve,
    commands=members_of(batches.BatchCommand),
    facts=members_of(batches.BatchFact),
    follow_ups=FOLLOW_UPS,
)
