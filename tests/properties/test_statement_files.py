"""Files of one account in any order, overlapping, with lines that come late: the record is the bank's.

The bank's own account is kept in plain Python; files are cut from it on some day, so that a later one may
have lines that an earlier one lacks.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from services.banking.statements.statement import Statement, StatementLine
from tests.example_cities import cities
from tests.given_when_then import Scene
from tests.statement_files import takes

ACCOUNT = cities().accounts["icbc-1234"]
FIRST = date(2022, 8, 20)
DAYS = 24
NOW = datetime(2022, 10, 8, 1, tzinfo=UTC)
OPENING = 10_000


class Line(NamedTuple):
    """One line of the bank: its day, fen, and in which edition of the account it first stands."""

    day: int
    amount: int
    since: int


class Cut(NamedTuple):
    """A file: its first and last day, and the edition that it is cut from."""

    first: int
    last: int
    edition: int


LINES = st.lists(
    st.builds(
        Line,
        st.integers(0, DAYS - 1),
        st.sampled_from([-300, -150, -150, 7, 150, 100_000]),
        st.sampled_from([0, 0, 0, 1, 2]),
    ),
    max_size=30,
)
CUTS = st.lists(
    st.builds(
        lambda first, length, edition: Cut(first, min(first + length, DAYS - 1), edition),
        st.integers(0, DAYS - 1),
        st.integers(0, DAYS),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=5,
)


def cut(lines: list[Line], of: Cut) -> Statement:
    """What the bank exports."""
    known = sorted((line for line in lines if line.since <= of.edition), key=lambda one: one.day)
    opening = OPENING + sum(line.amount for line in known if line.day < of.first)
    own = [line for line in known if of.first <= line.day <= of.last]
    return Statement(
        file="f",
        digest="f" * 64,
        bank_account=ACCOUNT.alias,
        first=FIRST + timedelta(days=of.first),
        last=FIRST + timedelta(days=of.last),
        opening_balance=opening,
        lines=tuple(
            StatementLine(
                file_line=no,
                booked_on=FIRST + timedelta(days=line.day),
                amount=line.amount,
                reference=f"{of.edition}",
                purpose="",
                balance_after=None,
                kind="other",
            )
            for no, line in enumerate(own)
        ),
        problems=(),
    )


def on_record(scene: Scene) -> dict[int, Counter[int]]:
    """The amounts on record by day."""
    found: dict[int, Counter[int]] = {}
    for month in ("2022-08", "2022-09"):
        state = scene.ledger.store.state(streams.account(ACCOUNT.alias, month))
        for day, known in state.days.items() if state else ():
            found[(day - FIRST).days] = Counter(line.amount for line in known.lines)
    return found


def words(scene: Scene) -> dict[int, tuple[int, int]]:
    """Opening and closing of every proved day, by the latest file."""
    found: dict[int, tuple[int, int]] = {}
    for month in ("2022-08", "2022-09"):
        state = scene.ledger.store.state(streams.account(ACCOUNT.alias, month))
        for day, known in state.days.items() if state else ():
            if known.words:
                found[(day - FIRST).days] = known.words[-1].opening, known.words[-1].closing
    return found


@given(LINES, CUTS)
@settings(max_examples=60)
def test_every_proved_day_adds_up_and_holds_no_line_twice(
    lines: list[Line], cuts: list[Cut]
) -> None:
    scene = Scene()
    for of in cuts:
        scene.ledger.ask(takes(cut(lines, of), ACCOUNT, NOW))
        record = on_record(scene)
        whole = {
            day: Counter(line.amount for line in lines if line.day == day) for day in range(DAYS)
        }
        for day, (opening, closing) in words(scene).items():
            amounts = record[day]
            assert opening + sum(amount * n for amount, n in amounts.items()) == closing
            assert amounts <= whole[day], "never more than the bank has ever said"


@given(LINES, st.permutations([Cut(0, 9, 0), Cut(10, 15, 0), Cut(5, 23, 0), Cut(0, 23, 0)]))
@settings(max_examples=40)
def test_files_of_one_edition_come_in_any_order_and_the_record_is_the_banks(
    lines: list[Line], cuts: list[Cut]
) -> None:
    scene = Scene()
    for of in cuts:
        scene.ledger.ask(takes(cut(lines, of), ACCOUNT, NOW))
    bank = [line for line in lines if line.since == 0]
    assert on_record(scene) == {
        day: Counter(line.amount for line in bank if line.day == day) for day in range(DAYS)
    }
    balance = OPENING
    for day, (opening, closing) in sorted(words(scene).items()):
        assert opening == balance
        balance += sum(line.amount for line in bank if line.day == day)
        assert closing == balance
    assert balance == OPENING + sum(line.amount for line in bank)


@given(LINES)
@settings(max_examples=40)
def test_the_last_edition_of_the_whole_is_always_taken(lines: list[Line]) -> None:
    scene = Scene()
    for edition in range(3):
        scene.ledger.ask(takes(cut(lines, Cut(0, DAYS - 1, edition)), ACCOUNT, NOW))
    total = sum(amount * n for day in on_record(scene).values() for amount, n in day.items())
    assert total == sum(line.amount for line in lines)
    assert words(scene)[DAYS - 1][1] == OPENING + total
