"""Follow-ups: what other streams must be asked because of one committed fact."""

from events.envelope import Asked, Recorded
from events.values import Fact
from services.deciders.stream import FollowUps
from services.streams.houses import DECIDERS

FOLLOW_UPS: dict[type[Fact], FollowUps] = {
    fact: follows for decider in DECIDERS.values() for fact, follows in decider.follow_ups.items()
}
"""Every fact that leads to more, by its type, as its house says; the others end a flow."""


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask what the fact implies.

    Holds: a pure function of the committed fact, so it can be computed again after a crash
    """
    follows = FOLLOW_UPS.get(type(recorded.body))
    return [] if follows is None else follows(recorded)
