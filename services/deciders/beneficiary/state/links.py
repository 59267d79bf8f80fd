"""Links of one history, as they stand."""

from dataclasses import dataclass, field

from events.links import LinkProposed


@dataclass(slots=True)
class Links:
    """Whom this history follows, who follows it, what waits for a second person, what has moved.

    Few histories ever have one; the others have none at all.
    """

    lead: str = ""
    followers: tuple[str, ...] = ()
    proposed: dict[str, LinkProposed] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()
