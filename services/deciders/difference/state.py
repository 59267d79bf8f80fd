"""What was said of one difference, folded."""

from dataclasses import dataclass, field

from events.differences import DifferenceFact


@dataclass(slots=True)
class DifferenceState:
    """Every note, in its order."""

    written: list[DifferenceFact] = field(default_factory=list)
