"""What is known of one beneficiary beside the applications."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from events.status import StatusKind

ReportedStatus = tuple[StatusKind, date, str]
"""(status, since, benefit): what a register told."""

_ENDS: dict[StatusKind, StatusKind] = {
    "employed": "unemployed",
    "unemployed": "employed",
    "left": "back",
    "receiving": "not_receiving",
}
"""What ends a status by a later day; a death and a pension end by nothing told here."""


class Loss(NamedTuple):
    """A household's loss of its category, and the fact that says so."""

    household: str
    since: date
    fact: str


class EnjoyedBefore(NamedTuple):
    """A benefit from before this ledger."""

    programme: str
    granted_on: date
    document: str


@dataclass(slots=True)
class Status:
    """The days since which each status holds, the prior uses on record, the households.

    `origins` say of each status which fact told it, from which source; `joined` when each household
    was joined.
    """

    reported: frozenset[ReportedStatus] = frozenset()
    prior_uses: frozenset[str] = frozenset()
    households: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    informed: frozenset[tuple[str, date]] = frozenset()
    category_lost: frozenset[tuple[str, date]] = frozenset()
    """Applications that stand no more without the household's category, and since when."""
    origins: tuple[tuple[ReportedStatus, str, str], ...] = ()
    joined: tuple[tuple[str, date], ...] = ()
    losses: tuple[Loss, ...] = ()
    enjoyed_before: tuple[EnjoyedBefore, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is on record here that a claim could contradict."""
        return not (self.reported or self.losses or self.enjoyed_before)

    def record(
        self, status: StatusKind, since: date, benefit: str = "", fact: str = "", source: str = ""
    ) -> None:
        """Fold a status, told by a fact from a source."""
        report = (status, since, benefit)
        if report not in self.reported:
            self.origins += ((report, fact, source),)
        self.reported |= {report}

    def words(self, report: ReportedStatus, what: str) -> str:
        """Say in words what a register told, and which fact has it."""
        for one, fact, source in self.origins:
            if one == report:
                return f"{report[1]}起{what}（{source}，事实 {fact}）"
        return f"{report[1]}起{what}"

    def latest(self, status: StatusKind, on: date, benefit: str = "") -> date | None:
        """Find the last day, up to `on`, since which a status is said to hold."""
        days = [
            since
            for seen, since, of in self.reported
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
