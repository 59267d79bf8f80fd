"""Ids: what a name was made of is what it is taken apart into, whatever upstream has numbered."""

from string import ascii_letters, digits
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from events import ids, streams

SOURCES = st.from_regex(r"\A[a-z0-9][a-z0-9.-]{1,20}\Z")
NUMBERS = st.text(ascii_letters + digits + "._-", min_size=1, max_size=20)
INSTALMENTS = st.integers(0, 400)
WORDS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
YEARS = st.integers(0, 9999)
REGIONS = st.from_regex(r"\A[0-9]{6}\Z")
UUIDS = st.uuids().map(str)


@given(SOURCES, NUMBERS, st.just("") | NUMBERS)
def test_an_application(source: str, number: str, line: str) -> None:
    key = ids.application_key(source, number, line)
    assert ids.application_parts(key) == (source, number, line)
    assert ids.source_of(key) == source
    assert ids.application_in(key) == key


@given(SOURCES, NUMBERS, NUMBERS)
def test_a_line_of_a_submission(source: str, number: str, line: str) -> None:
    key = ids.application_key(source, number, line)
    assert (ids.submission_of(key), ids.line_of(key)) == (ids.upstream_key(source, number), line)


@given(SOURCES, NUMBERS, st.just("") | NUMBERS, INSTALMENTS)
def test_a_payment(source: str, number: str, line: str, instalment: int) -> None:
    application = ids.application_key(source, number, line)
    payment = ids.disbursement_id(application, instalment)
    assert (ids.application_of(payment), ids.instalment_of(payment)) == (application, instalment)
    assert ids.is_plan_advance(payment) == (instalment == 0)
    assert ids.application_in(payment) == application
    assert ids.application_in(ids.instalment_month(application, "2022-08")) == application


@given(SOURCES, NUMBERS, INSTALMENTS, WORDS)
def test_a_debt(source: str, number: str, instalment: int, reason: str) -> None:
    payment = ids.disbursement_id(ids.application_key(source, number), instalment)
    assert ids.debt_parts(ids.debt_id(payment, reason)) == (payment, reason)


@given(NUMBERS, st.integers(0, 99), st.integers(0, 10**12), st.integers(0, 10**4))
def test_a_dead_letter(topic: str, partition: int, offset: int, line: int) -> None:
    place = ids.LetterPlace(topic, partition, offset, line)
    assert ids.letter_place(str(place)) == place


@given(SOURCES, st.text(ascii_letters + digits + "/:#-", min_size=1, max_size=20))
def test_who_asks(source: str, event: str) -> None:
    asks = ids.by_message(source, event)
    assert ids.message_of(asks) == (source, event)
    assert not ids.is_staff(asks)
    staff = ids.by_staff(event)
    assert ids.is_staff(staff)
    assert ids.message_of(staff) == ("", "")


@given(st.from_regex(r"\AB[0-9]{6}[0-9A-Z]{4}\Z"), st.integers(1, 99_999), NUMBERS)
def test_an_instruction(batch: str, line_no: int, purpose: str) -> None:
    assert ids.is_batch_number(batch)
    instruction = ids.instruction_id(batch, line_no)
    assert (ids.batch_of(instruction), ids.line_no_of(instruction)) == (batch, line_no)
    assert ids.instruction_in(f"/{instruction}/", purpose) == instruction


@given(UUIDS, st.integers(0, 10**4))
def test_a_child(parent: str, ordinal: int) -> None:
    child = ids.derived_id(parent, ordinal)
    assert child == str(uuid5(UUID(parent), str(ordinal)))
    assert ids.is_uuid(child)


@given(NUMBERS, st.sampled_from(["beneficiary", "payee", "household", "batch", "submission"]))
def test_a_stream_named_after_one_thing(name: str, kind: str) -> None:
    stream = getattr(streams, kind)(name)
    assert (streams.kind(stream), streams.name_of(stream)) == (kind, name)


@given(st.sampled_from(["fund", "ceiling"]), WORDS, REGIONS, YEARS)
def test_a_budget_line(kind: str, name: str, district: str, year: int) -> None:
    line = streams.budget_line(kind, name, district, year)
    assert streams.line_parts(line) == (kind, name, district, year)
    assert streams.line_year(line) == year
    made = streams.fund_line if kind == "fund" else streams.ceiling_line
    assert made(name, district, year) == line


@given(NUMBERS, st.from_regex(r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z"))
def test_the_month_of_a_bank_account(bank_account: str, month: str) -> None:
    assert streams.account_month(streams.account(bank_account, month)) == (bank_account, month)
