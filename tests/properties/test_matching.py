"""Matching, by random payments and random damage to the bank's statement.

Holds: adjusted balances are equal, each damage is found exactly once and nothing else is, and a
       second matcher, written without SQL, comes to the same verdicts.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import asyncpg
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import ids
from events.bank_marks import marks_of
from projections.matching.rule_set import CURRENT, RuleSet, checked
from projections.matching.rules import matching
from projections.queries.differences import COLUMNS, OPEN_ITEMS, BankDifference
from services.banking.reconciliation.balance_statement import InTransit, balance_statement
from tests.properties.matching_naive import ByHand, Line, Movement, Verdict, match

ACCOUNTS = ("icbc-1234", "ccb-2234")
FIRST_DAY = date(2022, 8, 1)
LAST_DAY = date(2022, 8, 31)

BOOK = """SELECT * FROM jsonb_to_recordset($1::jsonb) AS b(account text, movement text,
    moved_on date, amount bigint, instruction text, batch text, reference text, line_month text,
    line text)"""
BANK = """SELECT * FROM jsonb_to_recordset($2::jsonb) AS k(account text, month text, line text,
    booked_on date, amount bigint, instruction text, batch text, mark text, says_return boolean)"""
MANUAL = """SELECT * FROM jsonb_to_recordset($3::jsonb) AS h(match text, account text,
    movement text, month text, line text, amount bigint)"""


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


def book_json(book: Iterable[Movement]) -> str:
    """The books' side, as the read model marks it."""
    rows = [
        m._asdict()
        | {
            "batch": ids.batch_of(m.instruction) if m.instruction else None,
            "reference": ids.plain_writing(m.reference),
            "line_month": m.line_month if m.line else None,
        }
        for m in book
    ]
    return orjson.dumps(rows).decode()


def bank_json(bank: Iterable[Line]) -> str:
    """The bank's side, as the read model marks it."""
    rows = []
    for line in bank:
        marks = marks_of(line.reference, line.purpose)
        rows.append(line._asdict() | marks._asdict() | {"mark": marks.reference})
    return orjson.dumps(rows).decode()


def hands_json(hands: Iterable[ByHand]) -> str:
    """What people matched."""
    return orjson.dumps([one._asdict() for one in hands]).decode()


def verdicts(
    database: Database,
    book: list[Movement],
    bank: list[Line],
    hands: Iterable[ByHand] = (),
    rules: RuleSet = CURRENT,
) -> set[Verdict]:
    """What the SQL says; a match is named by its first member, as the second matcher names it."""
    query = f"""WITH {matching(BOOK, BANK, MANUAL, rules=rules)}
        SELECT verdict, rule, movement, line,
               min(concat_ws('/', (line IS NOT NULL)::int, account, coalesce(movement, line)))
                   OVER (PARTITION BY account, match)
        FROM matches"""
    rows = database.rows(query, book_json(book), bank_json(bank), hands_json(hands))
    found = [
        Verdict(verdict, rule, movement, line, first)
        for verdict, rule, movement, line, first in rows
    ]
    assert len(found) == len(book) + len(bank) == len(set(found))
    return set(found)


def differences(
    database: Database, book: list[Movement], bank: list[Line], as_of: date
) -> list[BankDifference]:
    query = (
        f"WITH {matching(BOOK, BANK)}, {OPEN_ITEMS.format(as_of='$3::date')} "
        f"SELECT {COLUMNS} FROM open_items"
    )
    rows = database.rows(query, book_json(book), bank_json(bank), as_of)
    return [BankDifference(*row) for row in rows]


# --- any two sides, however strange -------------------------------------------------------------

days = st.integers(0, 20).map(lambda n: FIRST_DAY + timedelta(days=n))
amounts = st.sampled_from([-150_000, -100_000, -50_000, -1, 1, 50_000, 100_000, 150_000])
instructions = st.sampled_from([None, "B220831000100001", "B220831000100002", "B22083100AZ00001"])
references = st.sampled_from(["", "R1", "R2"])
written = st.sampled_from(
    [
        *("", "R1", "r 1", "R2", "B220831000100001", "Ｂ２２０８３１０００１００００２"),
        *("B2208310001", "b220831 0001", "B2208310001 00001", "12"),
    ]
)
purposes = st.sampled_from(
    ["", "付 B220831000100001 补贴", "结息", "代发 B2208310001 共2笔", "退票 户名不符", "退回"]
)


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
            draw(st.sampled_from([None, None, None, "k00", "k01"])),
            draw(st.sampled_from(["2022-08", "2022-07"])),
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
            draw(written),
            draw(purposes),
            draw(st.sampled_from(["2022-08", "2022-07"])),
        )
        for n in range(draw(st.integers(0, 9)))
    ]


def strange_hands(data: st.DataObject, book: list[Movement], bank: list[Line]) -> list[ByHand]:
    """What people matched: sometimes whole, sometimes of members that are not there so."""
    yes = st.booleans()
    hands: list[ByHand] = []
    for n in range(data.draw(st.integers(0, 2))):
        account = data.draw(st.sampled_from(ACCOUNTS))
        ours = [m for m in book if m.account == account and data.draw(yes)]
        theirs = [k for k in bank if k.account == account and data.draw(yes)]
        hands += [ByHand(f"h{n}", account, m.movement, None, None, m.amount) for m in ours]
        hands += [ByHand(f"h{n}", account, None, k.month, k.line, k.amount) for k in theirs]
    if data.draw(yes) and hands:
        hands[0] = hands[0]._replace(amount=hands[0].amount + 1)
    return hands


def test_two_matchers_agree_on_any_two_sides(matcher: Database) -> None:
    @settings(max_examples=400, deadline=None)
    @given(st.data(), strange_books(), strange_banks())
    def agree(data: st.DataObject, book: list[Movement], bank: list[Line]) -> None:
        hands = strange_hands(data, book, bank)
        assert verdicts(matcher, book, bank, hands) == match(book, bank, hands)

    agree()


@st.composite
def changed_rules(draw: st.DrawFn) -> RuleSet:
    """Rules in another order, with other windows, some of them left out."""
    first, *others, last = CURRENT.steps
    kept = [one for one in draw(st.permutations(others)) if draw(st.integers(0, 4))]
    steps = [first, *kept, *([last] if draw(st.booleans()) else [])]
    days = st.integers(0, 12)
    return checked(0, [s if s.days is None else s._replace(days=draw(days)) for s in steps])


def test_two_matchers_agree_on_any_changed_rules(matcher: Database) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.data(), strange_books(), strange_banks(), changed_rules())
    def agree(data: st.DataObject, book: list[Movement], bank: list[Line], rules: RuleSet) -> None:
        hands = strange_hands(data, book, bank)
        assert verdicts(matcher, book, bank, hands, rules) == match(
            book, bank, hands, [(one.step, one.days) for one in rules.steps]
        )

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


# --- what banks do, each the way an accountant would see it --------------------------------------

DAY = date(2022, 8, 10)
A = ACCOUNTS[0]
FIRST, SECOND = "B220831000100001", "B220831000100002"


def paid(amount: int, instruction: str, reference: str = "", day: date = DAY) -> Movement:
    """A payment of the books."""
    return Movement(A, f"m-{instruction[-1]}-{amount}", day, -amount, instruction, reference)


def line(name: str, amount: int, reference: str = "", purpose: str = "", day: int = 10) -> Line:
    """A line of the bank."""
    return Line(A, name, DAY.replace(day=day), amount, reference, purpose)


CASES: dict[str, tuple[list[Movement], list[Line], list[tuple[str, int]]]] = {
    "one line for a whole batch": (
        [paid(100, FIRST), paid(50, SECOND)],
        [line("k", -150, purpose="代发 B2208310001 共2笔")],
        [],
    ),
    "one line for a batch, a fen too much": (
        [paid(100, FIRST), paid(50, SECOND)],
        [line("k", -151, purpose="代发 B2208310001 共2笔")],
        [("amount", -1)],
    ),
    "one line for a batch, and back what could not be paid": (
        [paid(100, FIRST)],
        [line("k", -150, "B2208310001"), line("r", 50, SECOND, "退回")],
        [],
    ),
    "one payment in two lines": (
        [paid(100, FIRST)],
        [line("a", -60, FIRST), line("b", -40, FIRST)],
        [],
    ),
    "one payment in two lines that are a fen short": (
        [paid(100, FIRST)],
        [line("a", -60, FIRST), line("b", -39, FIRST)],
        [("amount", 1)],
    ),
    "paid twice, and the second taken back": (
        [paid(100, FIRST)],
        [line("a", -100, FIRST), line("b", -100, FIRST), line("c", 100, FIRST, "冲正")],
        [],
    ),
    "booked wrongly, reversed, booked anew": (
        [paid(100, FIRST, "R1")],
        [line("a", -90, "R1"), line("b", 90, "R1", "冲正"), line("c", -100, "R1", day=11)],
        [],
    ),
    "reversed and not booked anew": (
        [paid(100, FIRST)],
        [line("a", -100, FIRST), line("b", 100, FIRST, "冲正"), line("c", -90, FIRST)],
        [("duplicate", -90), ("unknown_at_bank", 100)],
    ),
    "an instruction in full width, and one with blanks": (
        [paid(100, FIRST), paid(50, SECOND)],
        [
            line("a", -100, "Ｂ２２０８３１０００１００００１"),
            line("b", -50, purpose="补贴 b2208310001 00002"),
        ],
        [],
    ),
    "one reference for two payments": (
        [paid(100, FIRST, "R1"), paid(50, SECOND, "R1")],
        [line("k", -150, "R1")],
        [],
    ),
    "money back that names nothing but that it came back": (
        [paid(-100, FIRST)],
        [line("k", 100, "20220812", "退票 账号户名不符", day=12)],
        [],
    ),
    "money back that two returns may be": (
        [paid(-100, FIRST), paid(-100, SECOND)],
        [line("k", 100, "", "退票", day=12)],
        [("missing_at_bank", -100), ("missing_at_bank", -100), ("unknown_at_bank", 100)],
    ),
    "money back by the bank's own reference": (
        [paid(-100, FIRST, "R9"), paid(-100, SECOND, "R8")],
        [line("a", 100, "R8", "退票"), line("b", 100, "R9", "退票")],
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_banks_do_is_seen_as_an_accountant_would(matcher: Database, case: str) -> None:
    book, bank, expected = CASES[case]
    found = differences(matcher, book, bank, LAST_DAY)
    assert sorted((d.kind, d.difference) for d in found) == expected
    assert {(v.verdict, v.rule) for v in verdicts(matcher, book, bank)} == {
        (v.verdict, v.rule) for v in match(book, bank)
    }


def test_what_people_match_counts_before_every_rule_and_only_while_it_is_whole(
    matcher: Database,
) -> None:
    book, bank = [paid(100, FIRST)], [line("a", -100, FIRST), line("b", -100, "X7")]
    by_hand = [
        ByHand("h", A, book[0].movement, None, None, -100),
        ByHand("h", A, None, "2022-08", "b", -100),
    ]
    found = {(v.line, v.verdict, v.rule) for v in verdicts(matcher, book, bank, by_hand) if v.line}
    assert found == {("b", "matched", "manual"), ("a", "duplicate", "")}
    broken = [by_hand[0], by_hand[1]._replace(amount=-99)]
    found = {(v.line, v.verdict, v.rule) for v in verdicts(matcher, book, bank, broken) if v.line}
    assert found == {("a", "matched", "instruction"), ("b", "unknown_at_bank", "")}
