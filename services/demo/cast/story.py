"""Story: what every told story has: people whom something happens to, and what upstream says of them.

Out:  MonthlyMessages; Story, which each kind of rehearsal fills in its own way
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from services.demo.cast.messages import Published


class MonthlyMessages(NamedTuple):
    """What upstream says in a month: with the applications, or on an earlier or later day of it."""

    early: list[Published]
    applied: list[Published]
    late: list[Published]


class Story(Protocol):
    """A cast, and what upstream says of it."""

    messages_by_month: dict[str, MonthlyMessages]

    @property
    def keys(self) -> dict[str, str]:
        """The applications' keys, by the name that the story gives them."""

    @property
    def closed_accounts(self) -> frozenset[str]:
        """Where a payment cannot arrive."""

    @property
    def never_returned(self) -> frozenset[str]:
        """Where no payment comes back by chance."""

    def messages(self) -> Iterator[Published]:
        """Every message of the story, month by month."""
