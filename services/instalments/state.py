"""Instalments of one beneficiary, as they stand."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Instalments:
    """What became of each instalment, by (application, number)."""

    answered: dict[tuple[str, int], Literal["due", "stopped"]] = field(default_factory=dict)

    def is_being_paid(self, application: str) -> bool:
        """Tell whether any instalment of the application was ordered."""
        return any(
            key[0] == application and answer == "due" for key, answer in self.answered.items()
        )
