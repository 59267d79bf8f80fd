"""One report, as it stands."""

from dataclasses import dataclass
from typing import Literal

from events.reports import ReportIssued

State = Literal["none", "issued", "withdrawn"]


@dataclass(slots=True)
class ReportState:
    """What was issued, and whether it still stands."""

    state: State = "none"
    issued: ReportIssued | None = None
