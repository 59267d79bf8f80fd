"""Counts: which applications count towards which target, as participations or as persons.

In:    `policies/duties/counts.yaml`; what an application states
Out:   the counts that it enters once it is granted, each with the day that decides the year
Holds: counts overlap, so no two are ever added; whoever is counted as a person is counted once a
       year, by the first application of that year.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from events.values import FactValue
from policies.duties.words import Convention, Resting, each_once
from policies.reference_data.catalogues import Rates, load_catalogues
from policies.vocabulary.files import parsed
from policies.vocabulary.words import Words

_HERE = Path(__file__).parent
_CATALOGUES = _HERE.parent / "catalogues"

Unit = Literal["人次", "人", "张"]


class Where(Words):
    """A fact that must be stated as one of these."""

    fact: str
    in_: Annotated[list[str], Field(alias="in", min_length=1)]

    def holds(self, facts: Mapping[str, FactValue]) -> bool:
        """Tell whether what is stated is among them."""
        stated = facts.get(self.fact)
        return any(
            value in self.in_ for value in (stated if isinstance(stated, list) else [stated])
        )


class TargetCount(Resting):
    """What enters one count. `by` names the facts whose first stated day decides the year."""

    label: str = ""
    unit: Literal["人次", "人"]
    programmes: Annotated[list[str], Field(min_length=1)]
    where: Annotated[list[Where], Field(default_factory=list)]
    occupations: str | None = None
    by: Annotated[list[str], Field(default_factory=list)]

    @property
    def persons(self) -> bool:
        """Whether a person counts once a year, however often."""
        return self.unit == "人"


class VoucherCount(Resting):
    """A count of vouchers, by the year of one of their steps."""

    step: Literal["issued", "used"]


class Uncounted(Words):
    """A target whose progress this ledger cannot know, and why."""

    id: str
    why: str


class CountEntry(NamedTuple):
    """One count that an application enters, and the day that decides the year."""

    id: str
    on: date


class TargetCounts(Words):
    """The table."""

    counts: list[TargetCount]
    vouchers: list[VoucherCount]
    uncounted: list[Uncounted]
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        ids = [one.id for one in self.counts]
        ids += [one.id for one in self.vouchers]
        ids += [one.id for one in self.uncounted]
        each_once((f"第 {number} 条", name) for number, name in enumerate(ids, 1))
        return self

    def of(self, name: str) -> TargetCount | None:
        """Find a count by its id."""
        return next((one for one in self.counts if one.id == name), None)

    @property
    def programmes(self) -> frozenset[str]:
        """Every programme that enters any count."""
        return frozenset(name for one in self.counts for name in one.programmes)

    def entered(
        self, programme: str, applied_on: date, facts: Mapping[str, FactValue]
    ) -> Iterator[CountEntry]:
        """Name the counts that an application enters once it is granted."""
        for one in self.counts:
            if (
                programme in one.programmes
                and all(where.holds(facts) for where in one.where)
                and (one.occupations is None or _listed(one.occupations, facts))
            ):
                yield CountEntry(one.id, _day(one.by, facts) or applied_on)


def _day(names: Iterable[str], facts: Mapping[str, FactValue]) -> date | None:
    """The earliest day of the first of these facts that is stated."""
    for name in names:
        stated = facts.get(name)
        days = [stated] if isinstance(stated, str) else stated
        if isinstance(days, list) and days:
            return min(date.fromisoformat(day if len(day) == 10 else f"{day}-01") for day in days)
    return None


def _listed(catalogue: str, facts: Mapping[str, FactValue]) -> bool:
    return any(
        facts.get(name) in _occupations(catalogue)
        for name in ("certificate.code", "certificate.occupation")
    )


@cache
def _occupations(catalogue: str) -> frozenset[str]:
    text = load_catalogues(_CATALOGUES)[catalogue].text
    assert isinstance(text, Rates)
    return frozenset(word for row in text.rows for word in (row.code, row.name))


@cache
def counts() -> TargetCounts:
    """Read the table that is shipped.

    Raises: FileProblem, ValueError
    """
    return TargetCounts.model_validate(parsed(_HERE / "counts.yaml").data)
