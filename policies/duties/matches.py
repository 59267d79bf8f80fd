"""Matches (免申即享): who is paid from a data match without applying, and by which day.

Holds: the last day follows from the notice's own words, by the Civil Code's periods.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.duties.words import Clause, Convention, each_once
from policies.vocabulary.calendar import Period, last_day
from policies.vocabulary.places import jurisdictions
from policies.vocabulary.words import PeriodText, Region, Words


class Match(Clause):
    """One programme in one jurisdiction, with the days within which everybody must be paid."""

    id: str
    programme: str
    jurisdiction: Region
    issued: date
    within: PeriodText
    assume: str

    @cached_property
    def pay_by(self) -> date:
        """The last day, rest days taken into account."""
        found = last_day(self.issued, Period.parse(self.within))
        return found.rolled or found.corresponding


class MatchRules(Words):
    """The table."""

    matches: Annotated[list[Match], Field(min_length=1)]
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once((one.id, (one.programme, one.jurisdiction)) for one in self.matches)
        return self

    def of(self, programme: str, jurisdiction: str) -> Match | None:
        """Find the rule of a programme under the version of a jurisdiction."""
        return next(
            (
                match
                for match in self.matches
                if (match.programme, match.jurisdiction) == (programme, jurisdiction)
            ),
            None,
        )

    def covering(self, programme: str, region: str) -> Match | None:
        """Find the most specific rule of a programme for a region."""
        found = (self.of(programme, place) for place in jurisdictions(region))
        return next((match for match in found if match), None)

    def regions_of(self, match: Match, regions: Iterable[str]) -> list[str]:
        """List those of some regions whose most specific rule of the programme this one is."""
        return [one for one in regions if self.covering(match.programme, one) is match]
