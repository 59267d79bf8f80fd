"""Regions: the published codes of the province and their names.

In:    `regions.yaml` (GB/T 2260); a city's own codes stand in its folder
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from policies.vocabulary.files import parsed


@cache
def published_regions() -> Mapping[str, str]:
    """The name of every published region by its code."""
    names: dict[str, str] = parsed(Path(__file__).with_name("regions.yaml")).data
    return names
