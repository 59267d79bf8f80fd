"""One sample, as it stands."""

from dataclasses import dataclass, field

from events.samples import ItemConcluded, SampleDrawn


@dataclass(slots=True)
class SampleState:
    """What was drawn, and the last conclusion about each application."""

    drawn: SampleDrawn | None = None
    concluded: dict[str, ItemConcluded] = field(default_factory=dict)
    closed: bool = False
