"""By which rules one partition decides."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class RulesState:
    """The statements that were taken up, by jurisdiction and number; the hashes whose texts are kept;
    whether the pages must name a session.
    """

    taken_up: set[tuple[str, int]] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    sign_in_required: bool = False
