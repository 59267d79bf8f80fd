"""Instalments of one beneficiary, as they stand."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

Key = tuple[str, int]
"""(application, number)"""


class Paid(NamedTuple):
    """An instalment that was found due: on which day, how much."""

    on: date
    amount: int


@dataclass(slots=True)
class Instalments:
    """What became of each instalment, and what months are known to rest on."""

    answered: dict[Key, Literal["due", "stopped"]] = field(default_factory=dict)
    paid: dict[Key, Paid] = field(default_factory=dict)
    evidence: dict[Key, int] = field(default_factory=dict)
    waiting: frozenset[Key] = frozenset()
    ended: dict[str, bool] = field(default_factory=dict)
    overpaid: frozenset[Key] = frozenset()

    def is_being_paid(self, application: str) -> bool:
        """Tell whether any instalment of the application was ordered."""
        return any(
            key[0] == application and answer == "due" for key, answer in self.answered.items()
        )
