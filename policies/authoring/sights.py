"""Sights: everything that golden cases must show of one policy, by node.

In:    a policy version
Out:   sights: a node, what is to be seen of it in words, and whether the lines of trails show it
Holds: every node true and false; every boundary from both sides, one day, one month or one use
       apart; every listed value and every row of a table by itself
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction

from events.application_facts import FactType
from events.application_facts.checking import APPLIED_ON, BY_NAME
from policies.engine.nodes import amounts, conditions
from policies.engine.versions import Policy
from policies.vocabulary import (
    Age,
    Amount,
    AmountSum,
    Between,
    Branch,
    Cap,
    Compare,
    Condition,
    Count,
    Least,
    Lifetime,
    Member,
    Monthly,
    Months,
    Ratio,
    SameYear,
    Within,
)
from policies.vocabulary.calendar import add_months
from policies.vocabulary.outcomes import TrailLine
from policies.vocabulary.words import fraction

_DAY = timedelta(days=1)
_DATE = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]")
Sights = list[TrailLine]
_MONTHS = (FactType.MONTH, FactType.MONTHS)


Sight = tuple[str, str, Callable[[Sights], bool]]


def sights_of(policy: Policy) -> Iterator[Sight]:
    """Everything that is to be seen of a policy."""
    window = policy.window
    yield from _edges("select", window.from_, window.to, lambda line: str(line.saw))
    text = policy.text
    for node, _ in conditions([*text.when, *text.given, *text.refer]):
        yield from _condition(node)
    for cap in policy.text.caps:
        yield from _cap(cap)
    for amount in amounts(policy.text.amount):
        yield from _amount(amount)


def _both(node: str) -> Iterator[Sight]:
    yield node, "true", _some(True)
    yield node, "false", _some(False)


def _some(ok: bool | None) -> Callable[[Sights], bool]:
    return lambda lines: any(line.ok is ok for line in lines)


def _condition(node: Condition) -> Iterator[Sight]:
    yield from _both(node.id)
    match node:
        case Member():
            for value in node.in_ or ():
                yield node.id, f"only {value}", _has(True, value)
        case Compare() | Age():
            yield node.id, "both sides of the limit", _adjacent
        case Ratio(value=str(value)):
            yield node.id, f"exactly {value}", _exactly(value)
        case Within():
            yield node.id, "the last day", lambda lines: any(_last(line, 0) for line in lines)
            yield node.id, "the day after it", lambda lines: any(_last(line, 1) for line in lines)
            yield node.id, "the first day", lambda lines: any(_first(line, 0) for line in lines)
            yield node.id, "the day before it", lambda lines: any(_first(line, 1) for line in lines)
        case Between() if node.fact != APPLIED_ON and BY_NAME[node.fact].type in _MONTHS:
            yield from _month_edges(node)
        case Between():
            yield from _edges(node.id, node.from_, node.to, lambda line: str(line.saw))
        case SameYear():
            yield node.id, "both ends of the year", _year_ends
        case _:
            return


def _edges(
    node: str, first: date | None, last: date | None, day: Callable[[TrailLine], str]
) -> Iterator[Sight]:
    """The first and last day, and the days just outside."""
    for name, edge, ok in (
        ("first day", first, True),
        ("day before the first", first and first - _DAY, False),
        ("last day", last, True),
        ("day after the last", last and last + _DAY, False),
    ):
        if edge is not None:
            yield node, f"{name} {edge}", _on(ok, edge.isoformat(), day)


def _month_edges(node: Between) -> Iterator[Sight]:
    """The first and last month, and the months just outside, each in a list that ends there."""
    for name, day, step in (("first", node.from_, -1), ("last", node.to, 1)):
        if day is None:
            continue
        for word, edge, ok in (
            (f"{name} month", day, True),
            (f"month outside the {name}", add_months(day.replace(day=1), step), False),
        ):
            month = edge.isoformat()[:7]
            yield node.id, f"{word} {month}", _in_list(ok, month)


def _in_list(ok: bool, month: str) -> Callable[[Sights], bool]:
    return lambda lines: any(line.ok is ok and month in str(line.saw) for line in lines)


def _exactly(limit: str) -> Callable[[Sights], bool]:
    """A ratio that equals the limit: it shows whether the limit is included."""
    wanted = fraction(limit)

    def equal(line: TrailLine) -> bool:
        top, _, bottom = str(line.saw).partition("/")
        return bottom not in ("", "0") and Fraction(int(top), int(bottom)) == wanted

    return lambda lines: any(line.ok is not None and equal(line) for line in lines)


def _on(ok: bool, day: str, day_of: Callable[[TrailLine], str]) -> Callable[[Sights], bool]:
    return lambda lines: any(line.ok is ok and day_of(line) == day for line in lines)


def _has(ok: bool, value: str) -> Callable[[Sights], bool]:
    """A value by itself: a list of several proves nothing about one of them."""
    return lambda lines: any(
        line.ok is ok and str(line.saw).partition("（")[0] == value for line in lines
    )


def _adjacent(lines: Sights) -> bool:
    """A number that holds and its neighbour that does not."""
    good = {line.saw for line in lines if line.ok is True and isinstance(line.saw, int)}
    bad = {line.saw for line in lines if line.ok is False and isinstance(line.saw, int)}
    return any(number - 1 in bad or number + 1 in bad for number in good)


def _last(line: TrailLine, after: int) -> bool:
    if line.ok is not (after == 0) or not line.need.startswith("末日 "):
        return False
    last = date.fromisoformat(line.need.removeprefix("末日 "))
    return str(line.saw).partition("/")[2] == (last + after * _DAY).isoformat()


def _first(line: TrailLine, before: int) -> bool:
    if line.ok is not (before == 0):
        return False
    start, _, end = str(line.saw).partition("/")
    return end == (date.fromisoformat(start) - before * _DAY).isoformat()


def _year_ends(lines: Sights) -> bool:
    """The first and last day of a year hold, the days just outside do not."""
    shown = set()
    for line in lines:
        other = str(line.saw).partition("/")[2]
        for edge, outside in zip(_DATE.findall(line.need), (-_DAY, _DAY), strict=False):
            day = date.fromisoformat(edge)
            if (line.ok, other) == (True, day.isoformat()):
                shown.add((outside, True))
            if (line.ok, other) == (False, (day + outside).isoformat()):
                shown.add((outside, False))
    return len(shown) == 4


def _cap(cap: Cap) -> Iterator[Sight]:
    yield from _both(cap.id)
    if isinstance(cap, Count | Lifetime | Months):
        yield cap.id, "the last free use and the first too many", _adjacent
    for longer in cap.extended if isinstance(cap, Months) else ():
        if longer.max is not None:
            limit = f"累计上限{longer.max}个月"
            yield cap.id, f"up to {longer.max}", _at(longer.max, limit)
            yield cap.id, f"over {longer.max}", _at(longer.max + 1, limit)


def _at(saw: int, need: str) -> Callable[[Sights], bool]:
    return lambda lines: any(line.saw == saw and line.need == need for line in lines)


def _parts(amount: Least) -> Iterator[Sight]:
    """Each part of a least amount is once the least."""
    for place in range(1, len(amount.of) + 1):
        start = f"第{place}项"
        yield amount.id, f"part {place} is the least", _starts(start)


def _starts(start: str) -> Callable[[Sights], bool]:
    return lambda lines: any(str(line.saw).startswith(start) for line in lines)


def _saw(number: int) -> Callable[[Sights], bool]:
    return lambda lines: any(line.saw == number for line in lines)


def _ends(words: str) -> Callable[[Sights], bool]:
    return lambda lines: any(str(line.saw).endswith(words) for line in lines)


def _catalogue(node: str) -> Iterator[Sight]:
    yield node, "a blank cell", _some(False)
    yield node, "a row outside", _some(None)


def _stop(amount: Monthly) -> Iterator[Sight]:
    """The last month that is paid, and a plan that ends before it or finds no month at all."""
    if amount.stop is None:
        yield amount.id, "no month left", _some(False)
        return
    end = f"至{amount.stop}共"
    yield amount.id, "paid to the stop", lambda lines: any(end in str(line.saw) for line in lines)
    yield (
        amount.id,
        "ends before the stop",
        lambda lines: any(line.ok and end not in str(line.saw) for line in lines),
    )


def _amount(amount: Amount) -> Iterator[Sight]:
    if isinstance(amount, Branch | AmountSum):
        return
    if amount.kind == "unresolved":
        yield amount.id, "not stated", _some(None)
        return
    yield amount.id, "true", _some(True)
    if amount.kind == "least":
        yield from _parts(amount)
    if amount.kind == "catalogue":
        yield from _catalogue(amount.id)
    if amount.kind == "per" and amount.max is not None:
        yield amount.id, f"exactly {amount.max}", _saw(amount.max)
        yield amount.id, f"one more than {amount.max}", _saw(amount.max + 1)
    if amount.kind == "each_month" and amount.max is not None:
        yield amount.id, f"exactly {amount.max}", _ends(f"共{amount.max}个月")
        yield amount.id, f"one more than {amount.max}", _ends(f"共{amount.max + 1}个月")
    if amount.kind == "table":
        yield amount.id, "a value outside", _some(False)
        for value in amount.rows or ():
            yield amount.id, f"row {value}", _has(True, value)
    if amount.kind == "monthly":
        yield from _stop(amount)
