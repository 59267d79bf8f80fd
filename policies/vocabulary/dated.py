"""Dated rows: rows of one thing, each in force from a day on; what is silently wrong between them.

In:    rows with `from` and `to`, both days included, in the order of their file
Out:   which rows overlap, and which days lie between them, in words that say what to write
Holds: a row that ends before it begins is refused by its own model; of two that cover a day, the
       first one of the file would count, and nobody would see it: they are named instead.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import NamedTuple

_ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """The days of one row, and the line on which it stands."""

    from_: date
    to: date | None
    line: int

    @property
    def last(self) -> date:
        """The last day; the last of all where none is written."""
        return self.to or date.max

    def words(self) -> str:
        """``2021-01-01 至 2021-12-31``, or ``2021-01-01 起，没有写 to``."""
        return f"{self.from_} 至 {self.to}" if self.to else f"{self.from_} 起，没有写 to"


class Overlap(NamedTuple):
    """Two rows that cover the same days: the line of the later one of the file, and what to do."""

    line: int
    words: str


def check_order(from_: date | None, to: date | None) -> None:
    """Hold a row to an end that is not before its beginning.

    Raises: ValueError
    """
    if from_ and to and to < from_:
        raise ValueError(f"to: {to} 早于 from: {from_}，这一行一天也不生效")


def overlaps(rows: Sequence[Days]) -> Iterator[Overlap]:
    """Every two rows that cover a day together, in the order of the file."""
    for first, second in combinations(rows, 2):
        begins, ends = max(first.from_, second.from_), min(first.last, second.last)
        if begins <= ends:
            days = f"{begins} 至 {ends} " if ends < date.max else f"{begins} 起"
            yield Overlap(
                second.line,
                f"与第 {first.line} 行（{first.words()}）重叠：{days}两行都写了，"
                f"只有第 {first.line} 行算数，本行在这些日子不起作用；{_mended(first, second)}",
            )


def _mended(first: Days, second: Days) -> str:
    """What to write, so that each row has its own days."""
    if first.from_ == second.from_:
        return "两行从同一天起，请删去一行"
    earlier, later = sorted((first, second), key=lambda row: row.from_)
    return f"请把第 {earlier.line} 行改为 to: {later.from_ - _ONE_DAY}"


def gaps(rows: Sequence[Days]) -> Iterator[Days]:
    """The days between rows that no row covers, each at the line of the row after them."""
    known = sorted(rows, key=lambda row: (row.from_, row.last))
    last = known[0].last if known else date.max
    for _, after in pairwise(known):
        if last < date.max and after.from_ > last + _ONE_DAY:
            yield Days(last + _ONE_DAY, after.from_ - _ONE_DAY, after.line)
        last = max(last, after.last)


class DaySpan(NamedTuple):
    """Days in a row, both included."""

    first: date
    last: date

    def words(self) -> str:
        """``2021-06-30 起``, or ``2021-06-30 至 2021-12-31``."""
        return f"{self.first} 起" if self.last == date.max else f"{self.first} 至 {self.last}"


def without(span: DaySpan, others: Iterable[DaySpan]) -> Iterator[DaySpan]:
    """The days of a span that none of the others covers."""
    begins = span.first
    for other in sorted(others):
        if other.last < begins:
            continue
        if other.first > span.last:
            break
        if other.first > begins:
            yield DaySpan(begins, other.first - _ONE_DAY)
        if other.last >= span.last:
            return
        begins = other.last + _ONE_DAY
    yield DaySpan(begins, span.last)


def joined(spans: Iterable[DaySpan]) -> Iterator[DaySpan]:
    """Spans without overlaps and without seams, in their order."""
    open_: DaySpan | None = None
    for span in sorted(spans):
        if open_ is None:
            open_ = span
        elif open_.last == date.max or span.first <= open_.last + _ONE_DAY:
            open_ = DaySpan(open_.first, max(open_.last, span.last))
        else:
            yield open_
            open_ = span
    if open_ is not None:
        yield open_
