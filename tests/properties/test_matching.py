"""Matching, by random payments and random damage to the bank's statement.

Holds: adjusted balances are equal, each damage is found exactly once and nothing else is, and a
       second matcher, written without SQL, comes to the same verdicts.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import asyncpg
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.queries.differences import COLUMNS, OPEN_ITEMS, BankDifference
from projections.queries.matching import matching
from services.banking.reconciliation.balance_statement import InTransit, balance_statement
from tests.properties.matching_naive import Line, Movement, Verdict, match

ACCOUNTS = ("icbc-1234", "ccb-2234")
FIRST_DAY = date(2022, 8, 1)
LAST_DAY = date(2022, 8, 31)

BOOK = """SELECT * FROM jsonb_to_recordset($1::jsonb) AS b(account text, movement text,
    moved_on date, amount bigint, instruction text, reference text, line text)"""
BANK = """SELECT * FROM jsonb_to_recordset($2::jsonb) AS k(account text, line text,
    booked_on date, amount bigint, reference text, purpose text)"""


class Database:
    """A connection, used from a test that is no coroutine because hypothesis calls it."""

    def __init__(self, dsn: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.connection = self.loop.run_until_complete(asyncpg.connect(dsn))

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.loop.run_until_complete(self.connection.fetch(query, *values))

    def close(self) -> None:
        self.loop.run_until_complete(self.connection.close())
        self.loop.close()


@pytest.fixture
def matcher(database: str) -> Iterator[Database]:
    connected = Database(database)
    yield connected
    connected.close()


def as_json(rows: list[Any]) -> str:
    return orjson.dumps([row._asdict() for row in rows]).decode()


def verdicts(database: Database, book: list[Movement], bank: list[Line]) -> set[Verdict]:
    query = f"WITH {matching(BOOK, BANK)} SELECT verdict, movement, line FROM paired"
    rows = database.rows(query, as_json(book), as_json(bank))
    found = {Verdict(*row) for row in rows}
    assert len(found) == len(rows)
    return found


def differences(
    database: Database, book: list[Movement], bank: list[Line], as_of: date
) -> list[BankDifference]:
    query = (
        f"WITH {matching(BOOK, BANK)}, {OPEN_ITEMS.format(as_of='$3::date')} "
        f"SELECT {COLUMNS} FROM open_items"
    )
    rows = database.rows(query, as_json(book), as_json(bank), as_of)
    return [BankDifference(*row) for row in rows]


# --- any two sides, however strange -------------------------------------------------------------

days = st.integers(0, 20).map(lambda n: FIRST_DAY + timedelta(days=n))
amounts = st.sampled_from([-150_000, -100_000, -1, 1, 150_000])
instructions = st.sampled_from([None, "B220831000100001", "B220831000100002", "B22083100AZ00001"])
references = st.sampled_from(["", "R1", "R2"])


@st.composite
def strange_books(draw: st.DrawFn) -> list[Movement]:
    return [
        Movement(
            draw(st.sampled_from(ACCOUNTS)),
            f"m{n:02}",
            draw(days),
            draw(amounts),
            draw(instructions),
            draw(references),
        )
        for n in range(draw(st.integers(0, 9)))
    ]


@st.composite
def strange_banks(draw: st.DrawFn) -> list[Line]:
    return [
        Line(
            draw(st.sampled_from(ACCOUNTS)),
            f"k{n:02}",
            draw(days),
            draw(amounts),
            draw(references.flatmap(lambda r: instructions.map(lambda i: i or r))),
            draw(st.sampled_from(["", "付 B220831000100001 补贴", "结息"])),
        )
        for n in range(draw(st.integers(0, 9)))
    ]


def test_two_matchers_agree_on_any_two_sides(matcher: Database) -> None:
    @settings(max_examples=250, deadline=None)
    @given(strange_books(), strange_banks())
    def agree(book: list[Movement], bank: list[Line]) -> None:
        assert verdicts(matcher, book, bank) == match(book, bank)

    agree()


def test_differences_explain_the_balances_on_any_day(matcher: Database) -> None:
    @settings(max_examples=100, deadline=None)
    @given(strange_books(), strange_banks(), days, st.integers(0, 10**9))
    def explained(book: list[Movement], bank: list[Line], as_of: date, opening: int) -> None:
        found = differences(matcher, book, bank, as_of)
        for account in ACCOUNTS:
            books = opening + sum(
                m.amount for m in book if m.account == account and m.moved_on <= as_of
            )
            banks = opening + sum(
                k.amount for k in bank if k.account == account and k.booked_on <= as_of
            )
            own = [d for d in found if d.account == account]
            statement = balance_statement(account, as_of, books, banks, own, InTransit(0, 0))
            assert statement.difference_after == 0
            assert Counter(statement.differences) == Counter(own)
            assert sum(d.difference for d in own) == banks - books

    explained()


# --- an honest statement, damaged ---------------------------------------------------------------


class Damaged(NamedTuple):
    book: list[Movement]
    bank: list[Line]
    expected: Counter[tuple[str, str | None]]


@st.composite
def damaged_statements(draw: st.DrawFn) -> Damaged:
    """Payments, a faithful statement of them, and damage to lines that are each damaged once."""
    count = draw(st.integers(4, 40))
    book = [
        Movement(
            ACCOUNTS[n % 2],
            f"m{n:03}",
            draw(days),
            -draw(st.integers(100, 500_000)),
            f"B2208310001{n:05}",
        )
        for n in range(count)
    ]
    damages = draw(
        st.dictionaries(
            st.integers(0, count - 1),
            st.sampled_from(["missing", "doubled", "amount", "other_account"]),
            max_size=6,
        )
    )
    bank: list[Line] = []
    expected: Counter[tuple[str, str | None]] = Counter()
    for n, payment in enumerate(book):
        line = Line(
            payment.account, f"k{n:03}", payment.moved_on, payment.amount, payment.instruction or ""
        )
        match damages.get(n):
            case "missing":
                expected["missing_at_bank", payment.instruction] += 1
            case "doubled":
                bank += [line, line._replace(line=f"k{n:03}-2")]
                expected["duplicate", payment.instruction] += 1
            case "amount":
                bank.append(line._replace(amount=line.amount - draw(st.integers(1, 99))))
                expected["amount", payment.instruction] += 1
            case "other_account":
                other = ACCOUNTS[1 - ACCOUNTS.index(payment.account)]
                bank.append(line._replace(account=other))
                expected["wrong_account", payment.instruction] += 2
            case _:
                bank.append(line)
    for n in range(draw(st.integers(0, 3))):
        bank.append(Line(ACCOUNTS[0], f"u{n}", draw(days), draw(amounts), f"X{n}", "不明款项"))
        expected["unknown_at_bank", None] += 1
    return Damaged(book, draw(st.permutations(bank)), expected)


def test_each_damage_is_found_exactly_once(matcher: Database) -> None:
    @settings(max_examples=100, deadline=None)
    @given(damaged_statements())
    def found(damaged: Damaged) -> None:
        rows = differences(matcher, damaged.book, damaged.bank, LAST_DAY)
        assert Counter((d.kind, d.instruction) for d in rows) == damaged.expected

    found()


def test_a_payment_booked_after_the_day_is_late_until_the_bank_has_it(matcher: Database) -> None:
    book = [Movement(ACCOUNTS[0], "m", date(2022, 8, 30), -100, "B220831000100001")]
    bank = [Line(ACCOUNTS[0], "k", date(2022, 9, 1), -100, "B220831000100001")]
    assert differences(matcher, book, bank, date(2022, 8, 29)) == []
    (late,) = differences(matcher, book, bank, date(2022, 8, 31))
    assert (late.kind, late.difference, late.age_days) == ("late", 100, 1)
    assert (late.line, late.bank_amount) == (None, None)
    assert differences(matcher, book, bank, date(2022, 9, 1)) == []


def test_a_line_without_instruction_meets_its_reference_within_the_window(
    matcher: Database,
) -> None:
    book = [Movement(ACCOUNTS[0], "m", date(2022, 8, 1), -100, "B220831000100001", "R77")]

    def kinds(booked_on: date) -> list[str]:
        bank = [Line(ACCOUNTS[0], "k", booked_on, -100, "R77")]
        return sorted(d.kind for d in differences(matcher, book, bank, LAST_DAY))

    assert kinds(date(2022, 8, 6)) == []
    assert kinds(date(2022, 8, 7)) == ["missing_at_bank", "unknown_at_bank"]
