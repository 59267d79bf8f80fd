"""Instalments of one beneficiary, as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from events.instalments import StopReason
from events.values import MonthPaid

Key = tuple[str, int]
"""(application, number)"""

MonthKey = tuple[str, str]
"""(application, month), or (application, ``#2``) where an old fact named an instalment alone."""


class PaidInstalment(NamedTuple):
    """An instalment that was found due: on which day, how much, and how much of it for which month."""

    on: date
    amount: int
    months: tuple[MonthPaid, ...] = ()


class Ended(NamedTuple):
    """A plan that ended early: on which day, whether it counts as served to its end, and whether it
    ended because somebody has left."""

    on: date
    whole: bool
    rule: str
    left: bool = False


class Undue(NamedTuple):
    """What was found of a paid instalment that was not due, by month (``""`` without months)."""

    months: Mapping[str, int]
    findings: int


_EMPTY: Mapping[Any, Any] = MappingProxyType({})

NOTHING_FOUND = Undue(_EMPTY, 0)


def _empty() -> Mapping[Any, Any]:
    return _EMPTY


@dataclass(slots=True)
class Instalments:
    """What became of each instalment, and what months are known to rest on.

    What few beneficiaries ever have is a shared empty set or map until then.
    """

    answered: dict[Key, Literal["due", "stopped"]] = field(default_factory=dict)
    paid: dict[Key, PaidInstalment] = field(default_factory=dict)
    evidence: dict[MonthKey, int] = field(default_factory=dict)
    waiting: frozenset[Key] = frozenset()
    ended: Mapping[str, Ended] = field(default_factory=_empty)
    stopped_for: Mapping[Key, StopReason] = field(default_factory=_empty)
    undue: Mapping[Key, Undue] = field(default_factory=_empty)
    advanced: Mapping[Key, int] = field(default_factory=_empty)
    """Fen that were granted in advance; number 0 is an advance beside the parts of its plan."""
    resumed: frozenset[tuple[str, date, str]] = frozenset()
    raised: frozenset[tuple[str, date]] = frozenset()

    def is_being_paid(self, application: str) -> bool:
        """Tell whether any instalment of the application was ordered."""
        return any(
            key[0] == application and answer == "due" for key, answer in self.answered.items()
        )

    def measure(self, application: str, no: int, month: str) -> int | None:
        """What a month is known to rest on, None where nobody has said."""
        of_month = self.evidence.get((application, month))
        return self.evidence.get((application, f"#{no}")) if of_month is None else of_month
