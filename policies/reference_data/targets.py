"""Targets: what the notices of a city want reached in a year, by district and for the whole city.

In:    `targets.yaml` of a city's folder
Out:   the targets of a year
Holds: targets overlap and are never added; they are a city's own, and nobody of another city counts
"""

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.vocabulary.words import Region, Words


class DistrictTarget(Words):
    """One row of the table by district; what is struck (—) is no target."""

    district: Region
    name: str
    trained: int | None = None
    high_skilled: int | None = None
    quote: str


class DistrictTargets(Words):
    """The table by district of one year: participations in training, and persons."""

    year: int
    cite: str
    rows: list[DistrictTarget]

    @model_validator(mode="after")
    def _no_district_twice(self) -> Self:
        districts = [row.district for row in self.rows]
        if twice := {one for one in districts if districts.count(one) > 1}:
            raise ValueError(f"{self.year} 年的表里 {'、'.join(sorted(twice))} 列了两次")
        return self


class Target(Words):
    """One target of one year; targets overlap and are never added."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    year: int
    label: str
    value: int
    unit: Literal["人次", "人", "个", "家", "张"]
    cite: str
    quote: str


class Targets(Words):
    """What a city's notices want reached: by district, and for the whole city."""

    by_district: list[DistrictTargets] = Field(default_factory=list)
    yearly: list[Target] = Field(default_factory=list)

    @model_validator(mode="after")
    def _no_year_twice(self) -> Self:
        years = [table.year for table in self.by_district]
        for year in sorted({year for year in years if years.count(year) > 1}):
            raise ValueError(f"by_district 有两张 {year} 年的表，只有前一张算数，请合为一张")
        return self

    @property
    def years(self) -> list[int]:
        """The years that have targets, the latest first."""
        of_tables = {table.year for table in self.by_district}
        return sorted({target.year for target in self.yearly} | of_tables, reverse=True)

    def narrowed(self, regions: Collection[str], *, whole: bool) -> "Targets":
        """The same targets of some districts alone; those of the city only where it is seen whole."""
        tables = [
            table.model_copy(
                update={"rows": [row for row in table.rows if row.district in regions]}
            )
            for table in self.by_district
        ]
        return Targets(by_district=tables, yearly=self.yearly if whole else [])

    def of_year(self, year: int) -> list[Target]:
        """The city's targets of a year, in the order of the file."""
        return [target for target in self.yearly if target.year == year]

    def table(self, year: int) -> DistrictTargets | None:
        """The table by district of a year, if its notice has one."""
        return next((table for table in self.by_district if table.year == year), None)
