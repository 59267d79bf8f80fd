"""The one rule of missing days: what the bank has stated from balance to balance, and what it has not."""

from datetime import date

import pytest

from projections.queries.bank_words import StatedBalance
from services.banking.reconciliation.missing_days import BankWord, bank_word

FIRST, LAST = date(2022, 8, 1), date(2022, 8, 5)


def proved(*days: tuple[int, int, int], month: int = 8) -> list[StatedBalance]:
    """Days of a month that files prove: day, opening, closing."""
    return [StatedBalance(date(2022, month, day), o, c, False) for day, o, c in days]


def opened(balance: int, month: int = 8) -> StatedBalance:
    """A message that opens a month."""
    return StatedBalance(date(2022, month, 1), balance, balance, True)


def word(stated: list[StatedBalance], lines: dict[int, int] | None = None) -> BankWord:
    """What is said of the first five days of August; `lines` by their day."""
    sums = {date(2022, 8, day): fen for day, fen in (lines or {}).items()}
    return bank_word(stated, sums, FIRST, LAST)


@pytest.mark.parametrize(
    ("stated", "lines", "missing"),
    [
        (proved((1, 0, 5), (2, 5, 5), (3, 5, 7), (4, 7, 7), (5, 7, 9)), {}, []),
        (proved((1, 0, 5), (4, 7, 7), (5, 7, 9)), {}, [2, 3]),
        (proved((1, 0, 5), (4, 5, 7), (5, 7, 9)), {}, []),  # quiet days
        (proved((1, 0, 5), (4, 7, 7), (5, 7, 9)), {2: 2}, []),  # a message between two files
        (proved((1, 0, 5), (4, 7, 7), (5, 7, 9)), {2: 1}, [2, 3]),  # and one that is not enough
        (proved((1, 0, 5), (2, 5, 5)), {}, [3, 4, 5]),
        (proved((1, 0, 5), (2, 5, 5)), {4: 2}, [5]),  # messages after the last file
        (proved((3, 5, 7), (4, 7, 7), (5, 7, 9)), {}, [1, 2]),
        ([opened(5), *proved((3, 5, 7), (4, 7, 7), (5, 7, 9))], {}, []),
        ([opened(4), *proved((3, 5, 7), (4, 7, 7), (5, 7, 9))], {}, [1, 2]),
        ([], {}, [1, 2, 3, 4, 5]),
        ([], {2: 2}, [1, 2, 3, 4, 5]),  # lines without any balance
        ([opened(5)], {2: 2}, [3, 4, 5]),  # messages speak up to their last line
        ([opened(5)], {}, [1, 2, 3, 4, 5]),
        ([opened(5), opened(7, month=9)], {2: 2}, []),  # and of the month when the next is opened
    ],
)
def test_the_days_that_nothing_proves_are_named(
    stated: list[StatedBalance], lines: dict[int, int], missing: list[int]
) -> None:
    found = word(stated, lines)
    assert [day.day for day in found.missing] == missing
    assert found.breaks == ()


def test_files_beside_the_month_prove_its_ends() -> None:
    inside = proved((2, 5, 6), (3, 6, 7))
    before, after = proved((31, 3, 5), month=7), proved((1, 7, 8), month=9)
    assert word([*before, *inside, *after]) == BankWord((), (), LAST)
    found = word([*before, *inside, *proved((1, 8, 8), month=9)])
    assert [day.day for day in found.missing] == [4, 5]


@pytest.mark.parametrize(
    "stated",
    [
        [opened(5), *proved((1, 4, 7), (2, 7, 7), (3, 7, 7), (4, 7, 7), (5, 7, 7))],
        proved((31, 3, 5), month=7) + proved((1, 4, 7), (2, 7, 7), (3, 7, 7), (4, 7, 7), (5, 7, 7)),
    ],
)
def test_two_balances_of_one_moment_that_differ_are_a_break(stated: list[StatedBalance]) -> None:
    found = word(stated)
    assert found == BankWord((), (FIRST,), LAST)


def test_a_month_of_messages_that_does_not_come_to_the_next_is_a_break_on_its_last_day() -> None:
    stated = [opened(5), opened(8, month=9)]
    found = bank_word(stated, {date(2022, 8, 2): 2}, FIRST, date(2022, 8, 31))
    assert found == BankWord((), (date(2022, 8, 31),), date(2022, 8, 31))


def test_what_a_running_month_still_waits_for_is_not_missing() -> None:
    found = bank_word(proved((1, 0, 5), (3, 6, 7)), {}, FIRST, date(2022, 8, 20))
    assert found.until == date(2022, 8, 3)
    assert [day.day for day in found.lacking(date(2022, 8, 20))] == [2]
    whole = bank_word(proved((1, 0, 5)), {}, FIRST, date(2022, 8, 31))
    assert len(whole.lacking(date(2022, 8, 31))) == 30, "a month that is over waits for nothing"
