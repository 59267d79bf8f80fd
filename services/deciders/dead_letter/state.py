"""A letter as it stands: open, resubmitted, or closed."""

from dataclasses import dataclass
from typing import Literal

State = Literal["open", "resubmitted", "closed"]


@dataclass(slots=True)
class DeadLetterState:
    """What has become of one letter; `digest` is of what was sent in its place."""

    state: State = "open"
    digest: str = ""
