"""What one jurisdiction has stated on the running ledger."""

from dataclasses import dataclass, field

from events.figures import StatedFigure


@dataclass(slots=True)
class FiguresState:
    """Every statement, the earliest first; the `n`-th has the number `n`."""

    stated: list[StatedFigure] = field(default_factory=list)
