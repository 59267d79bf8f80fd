"""Whatever part of a bank's month files and messages tell, a day of which money is unknown is named."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from projections.queries.bank_words import StatedBalance
from services.banking.reconciliation.missing_days import bank_word

FIRST, LAST = date(2022, 8, 1), date(2022, 8, 31)
DAYS = [FIRST + timedelta(days=no) for no in range(31)]
AMOUNTS = st.sampled_from([0, 0, 0, 1, -1, 5])


@st.composite
def months(draw: st.DrawFn) -> tuple[dict[date, int], set[date], set[date], bool, bool]:
    """What moved each day; the days that files tell; days that messages tell; both ends as messages."""
    moved = {day: draw(AMOUNTS) for day in DAYS}
    by_file = draw(st.sets(st.sampled_from(DAYS)))
    by_message = draw(st.sets(st.sampled_from(DAYS)))
    return moved, by_file, by_message - by_file, draw(st.booleans()), draw(st.booleans())


@given(months())
def test_no_day_whose_money_nobody_told_passes_for_proved(
    month: tuple[dict[date, int], set[date], set[date], bool, bool],
) -> None:
    moved, by_file, by_message, opened, followed = month
    balance, before = 1_000, dict[date, int]()
    for day in DAYS:
        before[day] = balance
        balance += moved[day]
    stated = [StatedBalance(FIRST, 1_000, 1_000, True)] if opened else []
    stated += [StatedBalance(d, before[d], before[d] + moved[d], False) for d in sorted(by_file)]
    stated += [StatedBalance(date(2022, 9, 1), balance, balance, True)] if followed else []
    lines = {day: moved[day] for day in by_message if moved[day]}

    word = bank_word(stated, lines, FIRST, LAST)
    missing = set(word.missing)
    assert not missing & by_file, "a file has told it"
    told = by_file | by_message
    if set(DAYS) <= told and opened and followed:
        assert word == ((), (), LAST), "everything was told"
    # of what nobody told, days with money in a stretch that does not come out even are named
    stretches = defaultdict(list)
    number = 0
    for day in DAYS:
        if day in by_file:
            number += 1
        else:
            stretches[number].append(day)
    for own in stretches.values():
        ends = (opened or own[0] > FIRST) and (followed or own[-1] < LAST)
        unknown = sum(moved[day] for day in own if day not in by_message)
        if ends and unknown:
            between_messages = opened and followed and not by_file
            assert set(own) <= missing or (between_messages and word.breaks == (LAST,))
        elif ends:
            assert not missing & set(own), "it comes out even: those days were quiet"
    assert word.breaks in ((), (LAST,)), "the bank never contradicts itself here"
