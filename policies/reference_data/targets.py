"""Targets: what the notices want reached in a year, by district and for the city, as pages ask.

In:    `policies/catalogues/targets.yaml`
Out:   the targets of a year
Holds: targets overlap and are never added.
"""

from functools import cache
from pathlib import Path

from policies.reference_data.catalogues import (
    DistrictTargets,
    Target,
    Targets,
    load_catalogues,
)

_CATALOGUES = Path(__file__).parents[1] / "catalogues"
CITY = "211200"
"""铁岭市: the only city of which notices with targets are registered."""


@cache
def _shipped() -> Targets:
    text = load_catalogues(_CATALOGUES)["targets"].text
    assert isinstance(text, Targets)
    return text


def years() -> list[int]:
    """The years that have targets, the latest first."""
    return sorted({target.year for target in _shipped().yearly}, reverse=True)


def of_year(year: int) -> list[Target]:
    """The city's targets of a year, in the order of the notices."""
    return [target for target in _shipped().yearly if target.year == year]


def by_district(year: int) -> DistrictTargets | None:
    """The table by district of a year, if its notice has one."""
    return next((table for table in _shipped().by_district if table.year == year), None)
