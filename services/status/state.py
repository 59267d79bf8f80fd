"""What is known of one beneficiary beside the applications."""

from dataclasses import dataclass
from datetime import date

from events.status import StatusKind

Said = tuple[StatusKind, date, str]
"""(status, since, benefit): what a register told."""

_ENDS: dict[StatusKind, StatusKind] = {
    "employed": "unemployed",
    "unemployed": "employed",
    "receiving": "not_receiving",
}
"""What ends a status by a later day; a death, a pension and a move end by nothing told here."""


@dataclass(slots=True)
class Status:
    """The days since which each status holds, the prior uses on record, the households."""

    seen: frozenset[Said] = frozenset()
    prior_uses: frozenset[str] = frozenset()
    households: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    informed: frozenset[tuple[str, date]] = frozenset()
    category_lost: frozenset[tuple[str, date]] = frozenset()
    """Applications that stand no more without the household's category, and since when."""

    def record(self, status: StatusKind, since: date, benefit: str = "") -> None:
        """Fold a status."""
        self.seen |= {(status, since, benefit)}

    def latest(self, status: StatusKind, on: date, benefit: str = "") -> date | None:
        """Find the last day, up to `on`, since which a status is said to hold."""
        days = [
            since
            for seen, since, of in self.seen
            if seen == status and since <= on and of == benefit
        ]
        return max(days, default=None)

    def holds(self, status: StatusKind, on: date, benefit: str = "") -> date | None:
        """Tell since when a status holds on a day, None where it does not.

        Holds: a job and its end replace each other by their days, in whatever order they are told
        """
        began = self.latest(status, on, benefit)
        if began is None or status not in _ENDS:
            return began
        ended = self.latest(_ENDS[status], on, benefit)
        return began if ended is None or began >= ended else None
