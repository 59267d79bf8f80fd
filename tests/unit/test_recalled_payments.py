"""Recalled payments: what must not be paid any more leaves its batch, however far that has come."""

import pytest

from events.approvals import RevokeApproval
from events.batches import (
    BatchLineTakenOut,
    BatchPrepared,
    BatchRejected,
    HoldBatch,
    TakeOutLine,
)
from events.clawbacks import ClawbackOrdered, ClawbackProposed, ClawbackRejected
from events.control import CommandRefused
from events.disbursements import CancelPayment, DisbursementCancelled, DisbursementUnbatched
from events.status import RecordStatus
from tests.given_when_then import ZHANG, kinds, only
from tests.unit.test_batches import BEGIN, ONE, PAYEE, SENT, Desk, prepares, result, wants

REVOKE = RevokeApproval(
    application="district:0", cause="not_entitled", document="撤-1", reason="复核不符", by="li"
)


def test_a_payment_of_a_revoked_grant_is_left_out_of_a_list_that_was_final() -> None:
    desk = Desk()
    desk.asks(prepares())
    before = desk.list()
    facts = desk.when(ZHANG, REVOKE)
    assert only(facts, BatchLineTakenOut).line.disbursement == "district:0#1"
    after = only(facts, BatchPrepared)
    assert (after.count, after.total) == (1, 150_000)
    assert after.digest != before.digest
    assert desk.refuses(desk.releases()) == "STALE", "the first list was shown to the checker"
    assert only(facts, DisbursementUnbatched).disbursement == "district:0#1"
    assert only(facts, DisbursementCancelled).reason == "复核不符"
    release = desk.releases(digest=after.digest, total=after.total)
    assert "BatchClosed" in kinds(desk.asks(release, BEGIN, SENT, result(2)))


def test_a_batch_of_nothing_else_is_closed() -> None:
    desk = Desk()
    desk.asks(prepares(wants("0")))
    facts = desk.when(ZHANG, REVOKE)
    assert "BatchClosed" in kinds(facts)
    assert "BatchPrepared" not in kinds(facts)


def test_what_was_released_is_given_up_whole_for_it_was_another_list() -> None:
    desk = Desk()
    desk.asks(prepares())
    desk.asks(desk.releases())
    facts = desk.when(ZHANG, REVOKE)
    assert len(only(facts, BatchRejected).lines) == 2
    assert only(facts, DisbursementCancelled).disbursement == "district:0#1"
    assert desk.asks(prepares(wants("1"), batch="B2208310009"), batch="B2208310009")


@pytest.mark.parametrize("sent", [False, True])
def test_what_has_left_is_due_back_as_soon_as_it_is_paid(sent: bool) -> None:
    desk = Desk()
    desk.asks(prepares())
    desk.asks(desk.releases(), BEGIN, *((SENT,) if sent else ()))
    facts = desk.when(ZHANG, REVOKE)
    assert "DisbursementCancelled" not in kinds(facts)
    assert only(desk.asks(result(1)), ClawbackOrdered).money.amount == 150_000


def test_what_is_recalled_and_comes_back_is_given_up() -> None:
    desk = Desk()
    desk.asks(prepares())
    desk.asks(desk.releases(), BEGIN)
    cancel = CancelPayment(disbursement="district:0#1", document="d", reason="放弃", by="li")
    assert "DisbursementRecalled" in kinds(desk.when(PAYEE, cancel))
    assert desk.when(PAYEE, cancel) == []
    desk.asks(SENT)
    facts = desk.asks(result(1, "returned"))
    assert only(facts, DisbursementCancelled).reason == "放弃"


def test_a_death_told_before_the_file_leaves_takes_the_payment_out_and_asks_nothing_back() -> None:
    desk = Desk()
    desk.asks(prepares())
    told = RecordStatus(status="deceased", since=desk.on, source="civil-affairs")
    facts = desk.when(ZHANG, told)
    assert kinds(facts).count("BatchLineTakenOut") == 2
    proposed = [f.body.clawback for f in facts if isinstance(f.body, ClawbackProposed)]
    dropped = [f.body.clawback for f in facts if isinstance(f.body, ClawbackRejected)]
    assert proposed == dropped


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("asks", [TakeOutLine, HoldBatch])
def test_a_file_that_is_being_written_or_has_left_is_too_late_to_change(
    sent: bool, asks: type[TakeOutLine] | type[HoldBatch]
) -> None:
    desk = Desk()
    desk.asks(prepares())
    desk.asks(desk.releases(), BEGIN, *((SENT,) if sent else ()))
    late = asks(batch=ONE, disbursement="district:0#1", reason="复核不符")
    refused = only(desk.asks(late), CommandRefused)
    assert (refused.code, refused.text) == ("TOO_LATE", "district:0#1")
