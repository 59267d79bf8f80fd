"""By which rules one partition decides."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class RulesState:
    """The statements that were taken up, by jurisdiction and number."""

    taken_up: set[tuple[str, int]] = field(default_factory=set)
