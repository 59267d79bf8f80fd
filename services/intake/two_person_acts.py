"""Two-person acts: a message that asks for what takes two people becomes a proposal, or an act of two.

Holds: pure; a message that names two people is done at once, as far as they are two; one that does
       not waits for staff of the city
Source: docs/adr/0028-two-people-for-what-weighs.md
"""

from uuid import NAMESPACE_URL, uuid5

from events.contract.inbound.reader import Inbound
from events.hands import NOBODY_ALONE
from events.proposing import proposed
from events.values import Command


def proposed_if_for_two(inbound: Inbound, body: Command) -> Command:
    """Wrap an act that takes two people; leave every other command as it is."""
    name = type(body).__name__
    if name not in NOBODY_ALONE:
        return body
    maker = getattr(inbound.body, "maker", None)
    checker = getattr(inbound.body, "checker", None)
    return proposed(
        body,
        str(uuid5(NAMESPACE_URL, f"{inbound.source}\n{inbound.event}")),
        maker=f"{inbound.source}:{maker}" if maker else inbound.source,
        checker=f"{inbound.source}:{checker}" if maker and checker else "",
    )
