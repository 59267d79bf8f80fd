"""Monthly rate: a rate for every month stated, as it was in that month.

In:    the rate of one month, the dated figures of one region, a case
Out:   the exact sum; the case keeps what each month comes to
Holds: one month's lines of the trail stand for all that equal it; a month is computed again only
       where a dated figure may have changed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import cast

from events.values import ClauseSeen
from policies.engine.case import (
    MONTH,
    Case,
    Figures,
    read_day,
)
from policies.engine.exact import Money, words
from policies.engine.parts import all_parts
from policies.vocabulary import Amount, AmountTable, EachMonth, Standard, Times
from policies.vocabulary.calendar import months_from


def sum_over_months(node: EachMonth, rate: Money, figures: Figures) -> Money:
    """Sum the rate of every month; a month whose lines equal the one before leaves none."""
    name, most = node.id, node.max
    months_of, span_of = _months_of(node), _spans(node.rate, figures)
    limit = "" if most is None else f"，最多{most}个月"

    def money(case: Case) -> Fraction | int | None:
        months = months_of(case)
        if months is None:
            return None
        total: Fraction | int | None = 0
        before: list[ClauseSeen] = []
        value: Fraction | int | None = None
        span: tuple[int, int] | None = None
        each: dict[str, Fraction | int] = {}
        for month in months[:most]:
            case.month = f"{month}-01"
            same, span = span, span_of(case.month)
            if value is not None and total is not None and span == same:
                total += value
                each[month] = value
                continue
            start = len(case.trail)
            value = rate(case)
            lines = case.trail[start:]
            if lines == before:
                del case.trail[start:]
            before = lines
            total = None if value is None or total is None else total + value
            if value is not None:
                each[month] = value
        case.month, case.by_month = None, each
        if total is None:
            return None
        saw = f"{months[0]}至{months[-1]}共{len(months)}个月" if months else "没有月份"
        case.trail.append((name, total > 0, saw, f"逐月计算{limit}，合计{words(total)}"))
        return total

    return money


def _spans(rate: Amount, figures: Figures) -> Callable[[str], tuple[int, int]]:
    """A function that tells apart the times between which a monthly rate may change: its dated
    figures begin or end, and nothing else in it depends on the month."""
    names = [
        inner.param.of
        for inner in all_parts(rate)
        if isinstance(inner, AmountTable | Standard | Times)
        and inner.param
        and inner.param.as_of == MONTH
    ]
    rows = [row for name in names for row in figures[name].rows]
    begins, ends = sorted(row.from_ for row in rows), sorted(row.to for row in rows)
    return lambda day: (bisect_right(begins, day), bisect_left(ends, day))


def _months_of(node: EachMonth) -> Callable[[Case], list[str] | None]:
    """A function that lists the months to pay, or notes what is missing."""
    name = node.id
    if node.months is not None:
        fact = node.months

        def listed(case: Case) -> list[str] | None:
            months = case.facts.get(fact)
            if not isinstance(months, list):
                case.lacks(name, fact)
                return None
            return months

        return listed
    start_fact, count_fact = node.start or "", node.count or ""
    start_of = read_day(start_fact)

    def counted(case: Case) -> list[str] | None:
        start, count = start_of(case), case.facts.get(count_fact)
        if start is None or count is None:
            case.lacks(name, start_fact if start is None else count_fact)
            return None
        return months_from(date.fromisoformat(start), cast("int", count))

    return counted
