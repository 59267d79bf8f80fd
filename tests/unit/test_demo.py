"""The invented city: repeatable, nobody real, every mistake in it, and a bank with four slips."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import orjson
import pytest

from events.application_facts.checking import check_facts
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import Code, Rejected
from events.contract.inbound.semantics import Known
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Claim as Stated
from policies.vocabulary.outcomes import (
    Deny,
    Grant,
    NothingUsed,
    Refer,
)
from services.banking.banks.layouts import Bank
from services.banking.banks.registry import shipped_banks
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.demo.bank.bank import AccountBehaviour, Answering, InventedBank
from services.demo.bank.books import BankBooking
from services.demo.bank.statements import (
    OPENING_FEN,
    SUFFIXES,
    StatementForm,
    write_statement,
)
from services.demo.cast.account_numbers import invented_number
from services.demo.cast.city import PlayedCity, played_city
from services.demo.cast.demo import Demo
from services.demo.cast.half_year_claims import generate
from services.demo.cast.half_year_story import HalfYearStory
from services.demo.cast.messages import Published
from services.demo.cast.read_back import claims, refusals
from services.demo.checks.scene import SceneFinding, scene
from tests.bank_layouts import payment_layout, statement_layout
from tests.example_cities import EXAMPLES, cities
from tests.given_when_then import policies

LINES = 2_000
TODAY = date(2026, 11, 21)


@cache
def known() -> Known:
    return names_of_policies(policies())


@cache
def city() -> PlayedCity:
    """The city whose half year is played."""
    return played_city(EXAMPLES)


@cache
def demo() -> Demo:
    return generate(7, LINES, known(), city())


def story() -> HalfYearStory:
    told = demo().story
    assert isinstance(told, HalfYearStory)
    return told


def bank_at(home: Path, behaviour: AccountBehaviour | None = None) -> InventedBank:
    answering = Answering("bank.example", city().script.answers_by_message)
    return InventedBank(home, city().cities, answering, behaviour)


def answers(message: Published) -> list[Inbound | Rejected]:
    arrived_ms = 1_790_000_000_000
    return read(Message(message.feed, message.value, message.headers, arrived_ms), known())


def test_the_same_seed_makes_the_same_bytes_and_another_seed_other_ones() -> None:
    again = generate(7, LINES, known(), city())
    assert again._replace(story=demo().story) == demo()
    assert [*again.story.messages()] == [*demo().story.messages()]
    other = generate(8, LINES, known(), city())
    assert not {m.value for m in other.applications} & {m.value for m in demo().applications}


def test_it_has_as_many_claim_lines_as_asked_for_of_every_sampled_programme_in_three_districts() -> (
    None
):
    found = [claim for message in demo().applications for claim in claims(message, known())]
    assert len({claim.key for claim in found}) == len(found) == LINES
    assert set(Counter(claim.programme for claim in found)) == demo().programmes
    assert demo().programmes == set(policies().programmes)
    assert {claim.region for claim in found} == {"211202", "211282", "211224"}
    kinds = Counter(answer.type for m in demo().applications for answer in answers(m)[:1])  # type: ignore[union-attr]
    assert kinds["application.batch-submitted"] > 10


@pytest.mark.parametrize("code", cities().by_code)
def test_every_sample_has_claims_that_hold_and_claims_that_do_not(code: str) -> None:
    rules = Policies.load(cities=cities())
    script = played_city(EXAMPLES, code).script
    kinds: dict[str, set[type]] = {}
    for sample in script.samples:
        for nth in range(2 * max(1, len(sample.others))):
            facts, problems = check_facts(sample.stated(nth))
            assert not problems
            claim = Stated(sample.programme, script.first_district, sample.last_on, facts)
            outcome = rules.evaluate(claim, NothingUsed())
            kinds.setdefault(sample.programme, set()).add(type(outcome))
    for programme, seen in kinds.items():
        assert Deny in seen, programme
        assert seen & {Grant, Refer}, programme


def test_nobody_in_it_can_be_anybody() -> None:
    for message in demo().applications:
        for claim in claims(message, known()):
            assert claim.beneficiary.id.startswith(("211299", "91211299"))
            assert claim.payee.id.startswith(("211299", "91211299"))
            assert claim.account.number.startswith("999")


def test_everything_but_the_mistakes_is_taken_and_each_mistake_is_refused_for_its_reason() -> None:
    told = demo().story.messages()
    good = (*demo().money, *demo().status, *demo().applications, *demo().repeated, *told)
    assert sum(refusals(message, known()) for message in good) == 0
    reasons = Counter(
        answer.code
        for message in demo().malformed
        for answer in answers(message)
        if isinstance(answer, Rejected)
    )
    assert sum(reasons.values()) == len(demo().malformed)
    assert set(reasons) == {
        Code.NOT_JSON,
        Code.NULL_VALUE,
        Code.UNKNOWN_TYPE,
        Code.UNKNOWN_VERSION,
        Code.MISSING_FIELD,
        Code.WRONG_PERSON_ID,
        Code.WRONG_AMOUNT,
        Code.APPLIED_AFTER_ARRIVAL,
        Code.UNKNOWN_REGION,
        Code.UNKNOWN_PROGRAMME,
        Code.TOO_LARGE,
        Code.TOO_DEEP,
        Code.WRONG_FACT,
        Code.WRONG_ACCOUNT,
    }


def test_a_correction_names_the_digest_of_what_it_corrects() -> None:
    filed = {claim.digest for message in demo().applications for claim in claims(message, known())}
    corrections = [
        answer.body
        for message in demo().repeated
        for answer in answers(message)
        if isinstance(answer, Inbound) and isinstance(answer.body, Claim) and answer.body.replaces
    ]
    assert len(corrections) == demo().corrections
    assert {claim.replaces for claim in corrections} <= filed


def test_some_events_travel_in_binary_mode() -> None:
    modes = Counter(message.headers[0][0] for message in demo().applications)
    assert modes["ce_specversion"] > 50
    assert modes["content-type"] > modes["ce_specversion"]


# --- the bank -----------------------------------------------------------------------------------


def write_file(outbox: Path, batch: str, account: str, lines: int) -> None:
    """Put a payment file into the outbox, in the shipped layout."""
    (outbox / "taken").mkdir(parents=True, exist_ok=True)
    headings = ",".join(column.heading for column in payment_layout("city-csv").columns)
    payer = f"{city().payer},{invented_number(cities().accounts[account])}"
    rows = [
        f"{n},{payer},{batch}{n:05},测试,999{n:08},测试银行,{1000 + n}.50,就业补贴"
        for n in range(1, lines + 1)
    ]
    (outbox / f"{batch}.csv").write_bytes("\r\n".join([headings, *rows, ""]).encode("utf-8-sig"))


def data_of(message: Published) -> dict[str, object]:
    content = orjson.loads(message.value or b"")
    data = content["data"] if message.headers[0][0] == "content-type" else content
    return dict(data)


def statement(bank: InventedBank, account: str) -> Statement:
    raw = bank.statement(account, TODAY)
    return read_statement(f"{account}.csv", raw, account, statement_layout("city-csv"))


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    folder = tmp_path / "outbox"
    write_file(folder, "B2611210001", "icbc-1234", 200)
    write_file(folder, "B2611210002", "ccb-2234", 40)
    return folder


def test_the_bank_answers_every_instruction_and_pays_a_file_once(
    tmp_path: Path, outbox: Path
) -> None:
    bank = bank_at(tmp_path / "bank")
    results = [m for answered in bank.pay(outbox, TODAY) for m in answered.results]
    settled = {data_of(m)["instruction"] for m in results if b"W2611" in (m.value or b"")}
    assert len({message.key for message in results}) == 240
    assert settled <= {message.key.decode() for message in results}
    assert list(bank.pay(outbox, TODAY)) == []
    assert sorted(file.name for file in (outbox / "taken").iterdir()) == [
        "B2611210001.csv",
        "B2611210002.csv",
    ]


def test_the_statement_has_exactly_four_mistakes_and_balances_in_itself(
    tmp_path: Path, outbox: Path
) -> None:
    bank = bank_at(tmp_path / "bank")
    returned = sum(answered.returned for answered in bank.pay(outbox, TODAY))
    assert returned > 0
    bank.book(TODAY)
    assert Counter(mistake.kind for mistake in bank.mistakes) == {
        "missing_at_bank": 1,
        "duplicate": 1,
        "amount": 1,
        "unknown_at_bank": 1,
    }
    assert {mistake.account for mistake in bank.mistakes} == {"icbc-1234"}
    for account in city().accounts:
        read_back = statement(bank, account)
        assert read_back.problems == ()
        kinds = Counter(line.kind for line in read_back.lines)
        assert kinds["funds_received"] == kinds["interest"] == 1
        assert kinds["other"] == (account == "icbc-1234")


def test_a_bank_that_starts_again_tells_the_same_statement_and_adds_what_is_new(
    tmp_path: Path, outbox: Path
) -> None:
    bank = bank_at(tmp_path / "bank")
    for _ in bank.pay(outbox, TODAY):
        pass
    bank.book(TODAY)
    first = statement(bank, "icbc-1234")
    again = bank_at(tmp_path / "bank")
    again.book(TODAY)
    assert statement(again, "icbc-1234") == first
    write_file(outbox, "B2611210003", "icbc-1234", 20)
    for _ in again.pay(outbox, TODAY):
        pass
    again.book(TODAY)
    more = statement(again, "icbc-1234")
    assert more.lines[: len(first.lines)] == first.lines
    assert more.problems == ()
    assert len(again.mistakes) == 8


def test_a_closed_account_is_never_paid_and_a_sound_one_always(
    tmp_path: Path, outbox: Path
) -> None:
    closed, sound = f"999{7:08}", frozenset(f"999{n:08}" for n in range(8, 201))
    bank = bank_at(tmp_path / "bank", AccountBehaviour(frozenset({closed}), sound))
    first = next(iter(bank.pay(outbox, TODAY)))
    assert first.answered == 200
    back = [data_of(m) for m in first.results if "code" in data_of(m)]
    assert {told["instruction"] for told in back if told["reason"] == "账户已销户"} >= {
        "B261121000100007"
    }
    assert not {told["instruction"] for told in back} & {
        f"B2611210001{n:05}" for n in range(8, 201)
    }


def test_a_payment_that_it_forgets_to_answer_is_paid_once_and_answered_when_it_is_asked(
    tmp_path: Path, outbox: Path
) -> None:
    bank = bank_at(tmp_path / "bank")
    answered = list(bank.pay(outbox, TODAY, silent=True))
    assert sum(one.answered for one in answered) == 239
    assert bank.has_been_silent
    told = {str(data_of(m)["instruction"]) for one in answered for m in one.results}
    everybody = {f"B2611210001{n:05}" for n in range(1, 201)}
    (forgotten,) = everybody - told
    bank.book(TODAY, with_mistakes=False)
    booked = [line for line in statement(bank, "icbc-1234").lines if forgotten in line.purpose]
    assert len(booked) == 1
    (answer,) = bank_at(tmp_path / "bank").asked([forgotten, "unknown"])
    assert data_of(answer)["instruction"] == forgotten
    assert data_of(answer)["value_on"] == TODAY.isoformat()


def test_cash_that_comes_in_stands_on_the_statement_once(tmp_path: Path, outbox: Path) -> None:
    bank = bank_at(tmp_path / "bank")
    for _ in bank.pay(outbox, TODAY):
        pass
    for _ in range(2):
        bank.receive("icbc-1234", 80_000, TODAY, "FC1", "退回多领待遇")
    bank.book(TODAY, with_mistakes=False)
    assert not bank.mistakes
    found = [line.amount for line in statement(bank, "icbc-1234").lines if line.reference == "FC1"]
    assert found == [80_000]


@pytest.mark.parametrize("bank", [bank for bank in shipped_banks().values() if bank.statement])
def test_a_statement_is_written_as_each_banks_layout_says_and_reads_back(bank: Bank) -> None:
    assert bank.statement
    days = (TODAY.replace(day=1), TODAY.replace(day=2), TODAY)
    booked = [
        BankBooking(account="a", booked_on=day, amount=amount, reference=f"W{n}", purpose="结息")
        for n, (day, amount) in enumerate(zip(days, (150, -1_234_567, 90), strict=True))
    ]
    before = booked[0].model_copy(update={"booked_on": date(2026, 10, 31), "amount": 7})
    raw = write_statement([before, *booked], TODAY, bank.statement, OPENING_FEN)
    read_again = read_statement("a.csv", raw, "a", bank.statement)
    assert read_again.problems == ()
    assert [(line.booked_on, line.amount) for line in read_again.lines] == [
        (one.booked_on, one.amount) for one in booked
    ]
    assert read_again.opening_balance == OPENING_FEN + 7


@pytest.mark.parametrize("form", SUFFIXES)
def test_the_same_month_reads_alike_in_each_of_the_four_forms(form: StatementForm) -> None:
    layout = statement_layout("city-csv")
    booked = [
        BankBooking(
            account="a",
            booked_on=TODAY.replace(day=day),
            amount=amount,
            reference=reference,
            purpose=purpose,
        )
        for day, amount, reference, purpose in (
            (1, 150, "W1", "财政拨款"),
            (3, -1_234_567, "B261101000100001", "就业补贴"),
            (3, -5, "W3", "手续费"),
        )
    ]
    raw = write_statement(booked, TODAY, layout, OPENING_FEN, form, "1234")
    later = booked[0].model_copy(update={"booked_on": TODAY + timedelta(days=31)})
    again = write_statement([*booked, later], TODAY, layout, OPENING_FEN, form, "1234")
    assert again == raw, "what was booked after the month is not on it"
    read_again = read_statement("a", raw, "a", layout, last_four="1234")
    assert read_again.problems == ()
    assert [
        (line.booked_on, line.amount, line.reference, line.kind) for line in read_again.lines
    ] == [
        (booked[0].booked_on, 150, "W1", "funds_received"),
        (booked[1].booked_on, -1_234_567, "B261101000100001", "payment"),
        (booked[2].booked_on, -5, "W3", "fee"),
    ]
    assert (read_again.opening_balance, read_again.closing_balance) == (
        OPENING_FEN,
        OPENING_FEN + 150 - 1_234_572,
    )


# --- the summary --------------------------------------------------------------------------------


def test_a_scene_holds_only_when_everything_that_was_looked_at_does() -> None:
    happened = scene("job", TODAY, "就业停发", "张*", [SceneFinding(text="停发", holds=True)], "/")
    assert happened.holds
    assert not scene("job", None, "就业停发", "", [], "/").holds
    other = SceneFinding(text="照付", holds=False)
    assert not happened.model_copy(update={"seen": [*happened.seen, other]}).holds


def test_every_story_of_the_cast_is_told_to_the_month_in_which_it_happens() -> None:
    filed = {claim.key for m in story().messages() for claim in claims(m, known())}
    assert filed == set(story().keys.values())
    months = city().script.calendar.months
    assert {m.name for m in months if m.of_the_story} == set(story().messages_by_month)
    for month in months[:6]:
        messages = story().messages_by_month[month.name]
        days = (month.acts_on, month.pays_on, month.late_on)
        for day, part in zip(days, messages, strict=True):
            for message in part:
                for claim in claims(message, known()):
                    assert claim.applied_on <= day
