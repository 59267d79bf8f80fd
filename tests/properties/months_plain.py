"""A plain calendar of who is due what for which month, from the notices and the conventions alone.

It walks over days and knows nothing of plans, parts, payments or the order in which things were told;
it shares no code with the ledger. Days count as 30ths of a month: the 31st has no share of its own, and
the last day of a short month has those that the month lacks.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

ENDS = {
    "employed": "unemployed",
    "unemployed": "employed",
    "left": "back",
    "receiving": "not_receiving",
}

STOPPED_BY = {
    "flexible": {"deceased", "employed", "retired", "left"},
    "hired": {"deceased", "unemployed", "retired"},
    "trained": {"deceased", "unemployed", "retired"},
    "jobless": {"deceased", "employed", "retired", "left", "receiving"},
}
"""What ends each benefit until a person lets it go on; `receiving` is unemployment benefit."""

ONLY_WHILE = {"flexible": {"receiving"}}
"""What takes the days of a benefit for as long as it lasts."""

SHARE = {"flexible": Fraction(2, 3), "hired": Fraction(1)}
"""What part of a month's contributions is paid, of benefits that rest on them."""

ON_THE_HOUSEHOLD = {"hired"}

HIRED_ON = {"hired": date(2021, 7, 1), "trained": date(2021, 3, 1)}
"""Since when the person is employed whose employer claims; who was out of work before had not left."""


@dataclass
class Due:
    """What one claim is for, and all that became of it, whenever it was told."""

    kind: str
    applied_on: date
    months: list[str]
    a_month: int
    statuses: list[tuple[str, date]] = field(default_factory=list)
    contributed: dict[str, int] = field(default_factory=dict)
    household_lost: date | None = None
    resumed: list[date] = field(default_factory=list)

    def of_all(self) -> dict[str, int]:
        """Fen due for each month in the end."""
        return {month: self.of(month) for month in self.months}

    def of(self, month: str) -> int:
        """Fen due for one month in the end."""
        year, number = map(int, month.split("-"))
        last = monthrange(year, number)[1]
        ahead = not _before(month, self.applied_on)
        days = sum(
            not self._stopped(date(year, number, min(day, last)), ahead=ahead)
            for day in range(1, 31)
        )
        planned = Fraction(self.a_month)
        if self.kind in SHARE and month in self.contributed:
            planned = min(planned, _half_up(SHARE[self.kind] * self.contributed[month]))
        return int(_half_up(planned * days / 30))

    def _stopped(self, day: date, *, ahead: bool) -> bool:
        if any(self._holds(kind, day) for kind in ONLY_WHILE.get(self.kind, ())):
            return True
        if not ahead:
            return self._ended(day)
        later = [month for month in self.months if not _before(month, self.applied_on)]
        one, stopped = date.fromisoformat(f"{min(later)}-01"), False
        while one <= day:
            if one in self.resumed:
                stopped = False
            stopped = stopped or self._ended(one)
            one += timedelta(days=1)
        return stopped

    def _ended(self, day: date) -> bool:
        lost = self.kind in ON_THE_HOUSEHOLD and self.household_lost
        if lost and lost <= day:
            return True
        return any(self._holds(kind, day) for kind in STOPPED_BY[self.kind])

    def _holds(self, kind: str, day: date) -> bool:
        """Whether a status holds on a day: of two words for one day the one that says so counts."""
        said = [since for name, since in self.statuses if name == kind and since <= day]
        if kind == "unemployed" and max(said, default=day) < HIRED_ON[self.kind]:
            return False
        over = [since for name, since in self.statuses if name == ENDS.get(kind) and since <= day]
        return bool(said) and (not over or max(said) >= max(over))


def _before(month: str, day: date) -> bool:
    """Whether a month was over on a day."""
    return month < f"{day:%Y-%m}"


def _half_up(amount: Fraction) -> Fraction:
    return Fraction((amount * 2 + 1) // 2)
