"""Batches: two people, one list, sent once; every payment claimed, and every answer of the bank kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from events import streams
from events.batches import (
    AnswerClaim,
    BatchClosed,
    BatchLineClaimed,
    BatchLineRefused,
    BatchPrepared,
    BatchReleased,
    BatchResultRecorded,
    BeginSending,
    ConfirmSent,
    PrepareBatch,
    RecordBankResult,
    RejectBatch,
    ReleaseBatch,
    WantedLine,
)
from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementBatched,
    DisbursementClaimRefused,
    DisbursementDisputed,
    ResolveDispute,
)
from events.envelope import Recorded
from events.values import Command
from policies.cities import BankAccount, Cities
from policies.engine.registry import Policies
from services.deciders.batch.preparing import MOST_LINES
from tests.example_cities import cities
from tests.given_when_then import ZHANG, Scene, applies, certificate, kinds, only, pre_checks

ONE, TWO = "B2208310001", "B2208310002"
PAYEE = streams.payee("zhang-san-token")
TRADES = ("电工", "钳工")


def wants(number: str, amount: int = 150_000) -> WantedLine:
    """Want the payment of an application in the batch."""
    return WantedLine(payee=PAYEE, disbursement=f"district:{number}#1", amount=amount)


def prepares(*lines: WantedLine, batch: str = ONE, maker: str = "staff:wang") -> PrepareBatch:
    """Make a batch."""
    return PrepareBatch(
        batch=batch,
        bank_account="icbc-1234",
        fund="unemployment_insurance",
        district="211202",
        maker=maker,
        lines=lines or (wants("0"), wants("1")),
    )


def result(
    number: int,
    how: Literal["settled", "returned"] = "settled",
    *,
    reference: str = "r1",
    instruction: str = "",
) -> RecordBankResult:
    """Tell what the bank did with the n-th line."""
    return RecordBankResult(
        batch=ONE,
        instruction=instruction or f"{ONE}{number:05d}",
        outcome=how,
        amount=150_000,
        value_on=date(2022, 9, 1),
        bank_reference=reference,
    )


class Desk(Scene):
    """Two ordered payments, and a batch that goes as far as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.budget(10_000)
        for number, trade in enumerate(TRADES):
            self.when(ZHANG, applies(f"{number}", certificate(trade)))
            self.when(ZHANG, pre_checks(f"{number}"))

    def asks(self, *commands: Command, batch: str = ONE) -> list[Recorded]:
        """Ask the batch; what the last command led to."""
        led_to: list[Recorded] = []
        for command in commands:
            led_to = self.when(streams.batch(batch), command)
        return led_to

    def refuses(self, command: Command, batch: str = ONE) -> str:
        """Ask what is refused; its code. The very same command again is not even refused."""
        asked = self.asked(streams.batch(batch), command)
        code = only(self.ledger.ask([asked]), CommandRefused).code
        assert self.ledger.ask([asked]) == []
        return code

    def list(self) -> BatchPrepared:
        """Look at the list that was prepared."""
        return next(f.body for f in self.ledger.facts if isinstance(f.body, BatchPrepared))

    def releases(self, checker: str = "staff:zhao", **other: object) -> ReleaseBatch:
        """Release the list as it was shown."""
        shown = self.list()
        release = ReleaseBatch(batch=ONE, checker=checker, digest=shown.digest, total=shown.total)
        return release.model_copy(update=other)


BEGIN = BeginSending(batch=ONE)
SENT = ConfirmSent(batch=ONE, file=f"{ONE}.csv", file_digest="f" * 64)
REJECT = RejectBatch(batch=ONE, checker="staff:zhao", reason="账户待核实")


def sending() -> Desk:
    """Begin where the file is about to leave."""
    desk = Desk()
    desk.asks(prepares())
    desk.asks(desk.releases(), BEGIN)
    return desk


def test_a_batch_is_prepared_when_every_payment_has_answered() -> None:
    desk = Desk()
    facts = desk.asks(prepares())
    assert kinds(facts).count("BatchLineClaimed") == 2
    prepared = only(facts, BatchPrepared)
    assert (prepared.count, prepared.total, prepared.maker) == (2, 300_000, "staff:wang")
    assert desk.asks(prepares()) == []


def test_two_batches_cannot_claim_one_disbursement() -> None:
    desk = Desk()
    desk.asks(prepares())
    facts = desk.asks(prepares(wants("1"), batch=TWO), batch=TWO)
    assert only(facts, BatchLineRefused).code == "IN_ANOTHER_BATCH"
    assert only(facts, BatchClosed).settled == 0


def test_a_batch_goes_on_without_what_it_could_not_claim() -> None:
    desk = Desk()
    facts = desk.asks(prepares(wants("0"), wants("1", 1), wants("9")))
    codes = [f.body.code for f in facts if isinstance(f.body, BatchLineRefused)]
    assert codes == ["AMOUNT_DIFFERS", "UNKNOWN_DISBURSEMENT"]
    assert only(facts, BatchPrepared).count == 1


def test_preparing_is_refused_in_this_order() -> None:
    desk = Desk()
    desk.asks(prepares())
    empty = prepares().model_copy(update={"lines": ()})
    assert desk.refuses(empty) == "BATCH_EXISTS"
    elsewhere = empty.model_copy(update={"batch": TWO, "bank_account": "icbc-1282"})
    assert desk.refuses(elsewhere, TWO) == "WRONG_ACCOUNT"
    assert desk.refuses(empty.model_copy(update={"batch": TWO}), TWO) == "EMPTY"
    many = prepares(*[wants("0")] * (MOST_LINES + 1), batch=TWO)
    assert desk.refuses(many, TWO) == "TOO_MANY_LINES"
    assert desk.refuses(prepares(wants("0"), wants("0"), batch=TWO), TWO) == "LINE_TWICE"


def of_city(*accounts: BankAccount) -> Cities:
    """The example city of these tests with other accounts."""
    city = cities().city_of_account("icbc-1234")
    assert city is not None
    return Cities((city._replace(accounts=accounts),), "")


def test_a_batch_from_an_account_of_several_districts_is_named_by_the_city() -> None:
    one = cities().accounts["icbc-1234"]
    pooled = one.model_copy(update={"districts": ("211202", "211282")})
    known = of_city(pooled)
    for district in ("211200", "211202", "211282"):
        assert known.may_pay(pooled.alias, pooled.fund, district, date(2022, 8, 31))
    assert not known.may_pay(pooled.alias, "employment_subsidy", "211200", date(2022, 8, 31))
    assert not known.may_pay(pooled.alias, pooled.fund, "210400", date(2022, 8, 31))
    assert not of_city(one).may_pay(one.alias, one.fund, "211200", date(2022, 8, 31))


def test_an_account_pays_new_batches_on_its_days_and_the_one_after_it_from_then_on() -> None:
    one = cities().accounts["icbc-1234"]
    change = date(2022, 8, 1)
    old = one.model_copy(update={"alias": "old-1", "to": change - timedelta(days=1)})
    new = one.model_copy(update={"alias": "new-1", "from_": change})
    known = of_city(old, new)
    for day, pays, other in ((old.to, "old-1", "new-1"), (change, "new-1", "old-1")):
        assert known.account_for(one.fund, "211202", day) == known.accounts[pays]
        assert known.may_pay(pays, one.fund, "211202", day)
        assert not known.may_pay(other, one.fund, "211202", day)
        scene = Scene(f"{day}", Policies.load(cities=known))
        body = prepares().model_copy(update={"bank_account": other})
        asked = scene.asked(streams.batch(ONE), body)
        asked = asked._replace(sent_at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
        assert only(scene.ledger.ask([asked]), CommandRefused).code == "WRONG_ACCOUNT"
    assert known.belongs("old-1", one.fund, "211202"), "cash may still come in to it"


def test_a_payment_of_another_fund_is_not_claimed_by_a_batch_of_this_one() -> None:
    desk = Desk()
    claim = ClaimDisbursement(
        disbursement="district:0#1", batch=ONE, line_no=1, bank_account="ccb-2234", amount=150_000
    )
    assert only(desk.when(PAYEE, claim), DisbursementClaimRefused).code == "WRONG_ACCOUNT"
    own = claim.model_copy(update={"bank_account": "icbc-1234"})
    assert only(desk.when(PAYEE, own), DisbursementBatched).bank_account == "icbc-1234"


@pytest.mark.parametrize("number", ["<script>", "B220831000", "b2208310001", "B22083１0001", TWO])
def test_a_batch_whose_number_is_not_ours_or_another_streams_is_refused(number: str) -> None:
    stream = number if number != TWO else ONE
    assert Desk().refuses(prepares(batch=number), stream) == "WRONG_BATCH_NUMBER"


def test_an_answer_for_a_line_that_is_not_wanted_is_refused() -> None:
    desk = Desk()
    answer = AnswerClaim(batch=ONE, line_no=1, claimed=True)
    assert desk.refuses(answer) == "NO_SUCH_LINE"
    desk.asks(prepares())
    assert desk.refuses(answer.model_copy(update={"line_no": 3})) == "NO_SUCH_LINE"
    assert desk.refuses(answer.model_copy(update={"line_no": 0})) == "NO_SUCH_LINE"
    assert desk.asks(answer) == []


def test_another_person_releases_exactly_what_was_shown() -> None:
    desk = Desk()
    lines = [f.body.line for f in desk.asks(prepares()) if isinstance(f.body, BatchLineClaimed)]
    released = only(desk.asks(desk.releases()), BatchReleased)
    assert (released.maker, released.checker) == ("staff:wang", "staff:zhao")
    assert released.total == sum(line.amount for line in lines)
    assert desk.asks(desk.releases()) == []


def test_whoever_prepares_a_batch_does_not_release_or_reject_it() -> None:
    desk = Desk()
    desk.asks(prepares())
    assert desk.refuses(desk.releases("staff:wang")) == "SAME_PERSON"
    assert desk.refuses(REJECT.model_copy(update={"checker": "staff:wang"})) == "SAME_PERSON"


def test_releases_are_refused_in_this_order() -> None:
    desk = Desk()
    desk.asks(prepares(wants("0")))
    stale = desk.releases("staff:wang", digest="0" * 64)
    early = stale.model_copy(update={"batch": TWO})
    assert desk.refuses(early, TWO) == "NOT_PREPARED"
    assert desk.refuses(stale) == "SAME_PERSON"
    assert desk.refuses(desk.releases(digest="0" * 64)) == "STALE"
    assert desk.refuses(desk.releases(total=1)) == "STALE"
    desk.asks(desk.releases())
    assert desk.refuses(desk.releases("staff:qian")) == "NOT_PREPARED"


def test_a_rejected_batch_gives_its_payments_to_others() -> None:
    desk = Desk()
    desk.asks(prepares())
    assert kinds(desk.asks(REJECT)) == ["BatchRejected", *["DisbursementUnbatched"] * 2]
    assert desk.asks(REJECT) == []
    assert only(desk.asks(prepares(batch=TWO), batch=TWO), BatchPrepared).count == 2
    assert desk.refuses(desk.releases()) == "NOT_PREPARED"


def test_a_released_batch_cannot_be_rejected() -> None:
    desk = Desk()
    desk.asks(prepares())
    desk.asks(desk.releases())
    assert desk.refuses(REJECT) == "NOT_PREPARED"


def test_sending_is_written_before_the_file_leaves_and_once() -> None:
    desk = Desk()
    desk.asks(prepares())
    assert desk.refuses(BEGIN) == "NOT_RELEASED"
    desk.asks(desk.releases())
    assert desk.refuses(SENT) == "NOT_SENDING"
    assert kinds(desk.asks(BEGIN)) == ["BatchSending"]
    assert desk.asks(BEGIN) == []


def test_a_batch_that_was_sent_marks_its_payments_once() -> None:
    desk = sending()
    assert kinds(desk.asks(SENT)) == ["BatchSent", *["DisbursementSent"] * 2]
    assert desk.asks(SENT) == []
    assert desk.refuses(SENT.model_copy(update={"file_digest": "0" * 64})) == "ANOTHER_FILE"


def test_the_last_answer_of_the_bank_closes_the_batch() -> None:
    desk = sending()
    desk.asks(SENT)
    assert kinds(desk.asks(result(1))) == [
        "BatchResultRecorded",
        "DisbursementSettled",
        "BudgetSpent",
    ]
    closed = only(desk.asks(result(2, "returned")), BatchClosed)
    assert (closed.settled, closed.returned) == (1, 1)
    assert (closed.settled_total, closed.returned_total) == (150_000, 150_000)
    assert desk.asks(result(1)) == []


def test_a_second_and_different_answer_is_kept_and_closes_nothing_again() -> None:
    desk = sending()
    desk.asks(SENT, result(1), result(2))
    facts = desk.asks(result(1, "returned", reference="r2"))
    assert kinds(facts) == [
        "BatchResultRecorded",
        "DisbursementReturned",
        "BudgetSpendingReversed",
    ]
    twice = desk.asks(result(2, reference="r9"))
    assert only(twice, DisbursementDisputed).said == "settled_twice"


def test_results_are_refused_in_this_order() -> None:
    desk = Desk()
    desk.asks(prepares())
    assert desk.refuses(result(9)) == "NOT_SENT"
    ahead = result(1).model_copy(update={"value_on": date(2099, 1, 1)})
    before = result(1).model_copy(update={"value_on": date(2020, 1, 1)})
    own = sending()
    asked = own.asked(streams.batch(ONE), ahead)._replace(by="staff:wang")
    assert only(own.ledger.ask([asked]), CommandRefused).code == "INCOMPATIBLE_ACTS"
    assert own.refuses(ahead) == "DAY_AHEAD"
    assert own.refuses(before) == "DAY_BEFORE_SENT"
    for instruction in (f"{ONE}00009", f"{TWO}00001", "short", f"{ONE}0000x", f"{ONE}０００01"):
        assert sending().refuses(result(1, instruction=instruction)) == "NO_SUCH_INSTRUCTION"


def test_a_bank_that_answers_before_the_clerk_has_noted_the_sending_is_believed() -> None:
    desk = sending()
    desk.asks(result(1))
    assert "BatchClosed" in kinds(desk.asks(result(2)))
    assert kinds(desk.asks(SENT)) == ["BatchSent"]
    assert desk.asks(SENT) == []
    assert "BatchClosed" not in kinds(desk.asks(result(1, "returned", reference="r2")))


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2022-08-11", "DAY_BEFORE_SENT"),
        ("2022-08-12", ""),
        ("2026-01-01", ""),
        ("2026-01-02", "DAY_AHEAD"),
        ("1922-01-01", "DAY_BEFORE_SENT"),
        ("2202-12-23", "DAY_AHEAD"),
    ],
)
def test_the_banks_day_lies_between_the_sending_and_today(day: str, code: str) -> None:
    desk = sending()  # on 2022-08-12; what tests ask arrives on 2026-01-01
    answer = result(1).model_copy(update={"value_on": date.fromisoformat(day)})
    if code:
        assert desk.refuses(answer) == code
    else:
        assert "DisbursementSettled" in kinds(desk.asks(answer))


def test_a_result_of_another_amount_is_doubted_and_does_not_close_the_batch() -> None:
    desk = sending()
    desk.asks(SENT, result(1))
    less = result(2, "returned").model_copy(update={"amount": 149_900})
    facts = desk.asks(less)
    assert only(facts, DisbursementDisputed).said == "amount_differs"
    assert "BatchClosed" not in kinds(facts)
    assert desk.asks(less) == []
    right = desk.asks(result(2, "returned", reference="r7"))
    assert only(right, BatchClosed).returned_total == 150_000


@pytest.mark.parametrize("told", [0, 149_900, 150_100])
@pytest.mark.parametrize(
    ("verdict", "end"), [("paid", "DisbursementSettled"), ("not_paid", "DisbursementReturned")]
)
def test_what_a_person_finds_out_of_a_doubted_amount_reaches_the_batch(
    told: int, verdict: Literal["paid", "not_paid"], end: str
) -> None:
    desk = sending()
    desk.asks(SENT, result(1))
    desk.asks(result(2).model_copy(update={"amount": told}))
    found = ResolveDispute(
        disbursement="district:1#1",
        instruction=f"{ONE}00002",
        verdict=verdict,
        document="银行函-1",
        by="qian",
    )
    facts = desk.when(PAYEE, found)
    assert {end, "OutcomeFound", "BatchResultRecorded", "BatchClosed"} <= set(kinds(facts))
    assert only(facts, BatchClosed).settled_total == (300_000 if verdict == "paid" else 150_000)


def test_a_doubted_return_of_what_was_paid_leaves_it_paid_when_a_person_says_so() -> None:
    desk = sending()
    desk.asks(SENT, result(1), result(2))
    less = result(2, "returned", reference="R7").model_copy(update={"amount": 149_900})
    assert only(desk.asks(less), DisbursementDisputed).outcome == "returned"
    found = ResolveDispute(
        disbursement="district:1#1",
        instruction=f"{ONE}00002",
        verdict="paid",
        document="银行函-1",
        by="qian",
    )
    facts = desk.when(PAYEE, found)
    assert kinds(facts) == ["DisputeResolved", "OutcomeFound", "BatchResultRecorded"]
    assert only(facts, BatchResultRecorded).outcome == "settled"


def test_a_payment_told_again_without_its_reference_is_the_same_payment() -> None:
    desk = sending()
    desk.asks(SENT, result(1))
    assert desk.asks(result(1, reference="")) == []
    first = sending()
    first.asks(SENT, result(1, reference=""))
    assert first.asks(result(1)) == []


def test_a_batch_without_any_payment_can_neither_be_released_nor_sent() -> None:
    desk = Desk()
    assert "BatchClosed" in kinds(desk.asks(prepares(wants("9"))))
    empty = ReleaseBatch(batch=ONE, checker="staff:zhao", digest="", total=0)
    assert desk.refuses(empty) == "NOT_PREPARED"
    assert desk.asks(BEGIN) == []
    assert desk.refuses(SENT) == "NOT_SENDING"
