"""One file of applications, as it stands."""

from dataclasses import dataclass
from typing import Literal

from events.application_files import ApplicationsHeld

State = Literal["none", "held", "released", "rejected", "published"]


@dataclass(slots=True)
class ApplicationFileState:
    """What was handed in, and how far it has come."""

    state: State = "none"
    held: ApplicationsHeld | None = None
    checker: str = ""
