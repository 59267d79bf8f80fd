"""Months: which programmes pay by the month, for which months, and when a part falls due.

In:    `policies/duties/months.yaml`; what is claimed, on which day
Out:   the months that a claim is for; its parts, each with what it pays for which month
Units: fen
Holds: no part falls due before the last day of what it pays for has passed; the parts sum to the
       amount, which is rounded once; an advance is no part of this.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from events.values import FactValue
from policies.duties.words import Convention, Resting, each_once
from policies.vocabulary.calendar import add_months, months_from
from policies.vocabulary.outcomes import AT_GRANT, PlanPart
from policies.vocabulary.words import Words, round_half_up

_ONE_DAY = timedelta(days=1)


class PaidMonths(NamedTuple):
    """The months that a claim is for, and the day after the last of them where that is stated."""

    months: tuple[str, ...]
    over_on: date | None = None


class ByMonth(Resting):
    """How some programmes pay by the month: for months that are listed, or counted from a day on, or
    from a day to another; `running` counts the months that had passed before the application."""

    programmes: Annotated[list[str], Field(min_length=1)]
    listed: str | None = None
    start: str | None = None
    count: str | None = None
    until: str | None = None
    running: str | None = None
    settled: Literal["each_month", "at_end"] = "each_month"

    @model_validator(mode="after")
    def _one_way_to_tell(self) -> Self:
        used = {name for name in ("listed", "start", "count", "until", "running") if self[name]}
        if used not in (
            {"listed"},
            {"start", "count"},
            {"start", "until"},
            {"count", "running"},
        ):
            raise ValueError(
                "须写 listed，或 start 和 count，或 start 和 until，或 count 和 running"
            )
        return self

    def __getitem__(self, name: str) -> str | None:
        value = getattr(self, name)
        return value if isinstance(value, str) else None

    def paid_for(
        self, facts: Mapping[str, FactValue], applied_on: date, most: int | None = None
    ) -> PaidMonths | None:
        """Tell which months a claim is for, `most` of them; None where it does not state them."""
        if self.listed is not None:
            listed = facts.get(self.listed)
            return PaidMonths(tuple(sorted(set(listed)))) if isinstance(listed, list) else None
        first = _day(facts.get(self.start)) if self.start is not None else applied_on
        if first is None:
            return None
        if self.until is not None:
            last = _day(facts.get(self.until))
            if last is None or last < first:
                return None
            count = (last.year - first.year) * 12 + last.month - first.month + 1
            return PaidMonths(tuple(months_from(first, count)), last + _ONE_DAY)
        number = facts.get(self.count or "")
        passed = facts.get(self.running) if self.running is not None else 0
        if not isinstance(number, int) or not isinstance(passed, int):
            return None
        if most is not None:
            number = min(number, most)
        return PaidMonths(tuple(months_from(add_months(first.replace(day=1), -passed), number)))

    def parts(
        self,
        amount_fen: int,
        paid: PaidMonths,
        applied_on: date,
        weights: Mapping[str, Fraction | int] | None = None,
    ) -> tuple[PlanPart, ...]:
        """Plan an amount: what is over when it is applied for is one part, due at the grant; a later
        month is a part of its own, or the whole waits for the end of its term."""
        months = [month for month in paid.months if month in (weights or ())] or paid.months
        shares = tuple(_shares(amount_fen, months, weights or {}))
        if self.settled == "at_end":
            over_on = paid.over_on or day_after(paid.months[-1])
            due = AT_GRANT if over_on <= applied_on else over_on.isoformat()
            return (PlanPart(1, amount_fen, due, shares),)
        over = tuple(one for one in shares if day_after(one[0]) <= applied_on)
        parts: list[tuple[str, tuple[tuple[str, int], ...]]] = []
        if over:
            parts.append((AT_GRANT, over))
        parts += [(day_after(one[0]).isoformat(), (one,)) for one in shares[len(over) :]]
        sums = [(due, sum(fen for _, fen in months), months) for due, months in parts]
        return tuple(
            PlanPart(no, fen, due, of)
            for no, (due, fen, of) in enumerate([one for one in sums if one[1]], 1)
        )


def each_when_over(amount_fen: int, months: Sequence[str]) -> tuple[PlanPart, ...]:
    """Plan an amount for months to come, each due when it is over."""
    return tuple(
        PlanPart(no, fen, day_after(month).isoformat(), ((month, fen),))
        for no, (month, fen) in enumerate(_shares(amount_fen, months, {}), 1)
        if fen
    )


class MonthRules(Words):
    """The table."""

    months: list[ByMonth]
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once((one.id, name) for one in self.months for name in one.programmes)
        return self

    def of(self, programme: str) -> ByMonth | None:
        """Find how a programme pays by the month; None where it pays once, or by `monthly`."""
        return next((rule for rule in self.months if programme in rule.programmes), None)


def day_after(month: str) -> date:
    """The first day on which a month is over."""
    return add_months(date.fromisoformat(f"{month}-01"), 1)


def _day(value: FactValue | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _shares(
    amount_fen: int, months: Sequence[str], weights: Mapping[str, Fraction | int]
) -> Iterable[tuple[str, int]]:
    """Share an amount out by weights, or evenly: each month is rounded with those before it."""
    each = [Fraction(weights.get(month, 0)) for month in months]
    if not sum(each):
        each = [Fraction(1)] * len(months)
    total, so_far, given = sum(each), Fraction(0), 0
    for month, weight in zip(months, each, strict=True):
        so_far += weight
        upto = round_half_up(amount_fen * so_far / total)
        yield month, upto - given
        given = upto
