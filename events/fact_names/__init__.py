"""Fact names: the registry of all that an application may state, by the programmes that ask."""

from events.fact_names.common import COMMON
from events.fact_names.kinds import FactName, FactType
from events.fact_names.persons import PERSONS
from events.fact_names.units import UNITS

REGISTRY: tuple[FactName, ...] = (*COMMON, *PERSONS, *UNITS)

__all__ = ["REGISTRY", "FactName", "FactType"]
