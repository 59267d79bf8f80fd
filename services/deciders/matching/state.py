"""What stands matched by hand on one bank account, folded."""

from dataclasses import dataclass, field

from events.manual_matches import MakeManualMatch, ManualMatchMade

Member = tuple[str, str]
"""A movement as ("", id), a line as (month, id)."""


def members(match: MakeManualMatch | ManualMatchMade) -> list[Member]:
    """Name every member, the books first, as often as it is named."""
    ours = [("", one.movement) for one in match.movements]
    return ours + [(one.month, one.line) for one in match.lines]


@dataclass(slots=True)
class MatchingState:
    """The matches that stand by their number, the match that each member is in, and how many were made."""

    stands: dict[int, ManualMatchMade] = field(default_factory=dict)
    taken: dict[Member, int] = field(default_factory=dict)
    made: int = 0
