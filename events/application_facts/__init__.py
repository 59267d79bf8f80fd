"""application facts: the registry of all that an application may state, by the programmes that ask."""

from events.application_facts.common import COMMON
from events.application_facts.kinds import FactName, FactType
from events.application_facts.persons import PERSONS
from events.application_facts.units import UNITS

REGISTRY: tuple[FactName, ...] = (*COMMON, *PERSONS, *UNITS)

__all__ = ["REGISTRY", "FactName", "FactType"]
