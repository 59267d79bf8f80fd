"""One file of earlier benefits, as it stands."""

from dataclasses import dataclass
from typing import Literal

from events.prior_uses import ImportHeld

State = Literal["none", "held", "released", "rejected", "done"]


@dataclass(slots=True)
class PriorUsesState:
    """What was handed in, and how far it has come."""

    state: State = "none"
    held: ImportHeld | None = None
    checker: str = ""
