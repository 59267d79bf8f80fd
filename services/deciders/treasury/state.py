"""What a city's treasury has stated of one month, folded."""

from dataclasses import dataclass, field
from typing import NamedTuple

from events.treasury import TreasuryRow


class StatedRow(NamedTuple):
    """What holds of one fund and district, and by which document."""

    row: TreasuryRow
    document: str


@dataclass(slots=True)
class TreasuryState:
    """The latest figures by fund and district; `statements` counts how often any were stated."""

    stated: dict[tuple[str, str], StatedRow] = field(default_factory=dict)
    statements: int = 0
