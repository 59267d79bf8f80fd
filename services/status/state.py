"""What is known of one beneficiary beside the applications."""

from dataclasses import dataclass
from datetime import date

from events.instalments import StopReason
from events.status import StatusKind

_ALWAYS: tuple[StopReason, ...] = ("deceased",)
_WHILE_JOBLESS: tuple[StopReason, ...] = ("deceased", "retired", "employed", "left")

STOPS: dict[str, tuple[StopReason, ...]] = {"unemployment-assistance": _WHILE_JOBLESS}
"""Which circumstances stop a programme's payments to come; a death stops every one.

A convention (应停发情形及时停止发放: 辽人社发〔2021〕7号 and 铁市人社发〔2021〕7号, 五(十七), name no
list): support for joblessness ends with a job, a pension or a move; a reward for a certificate
that was already earned does not.
"""


@dataclass(slots=True)
class Status:
    """The days since which each status holds, and the prior uses on record."""

    seen: frozenset[tuple[StatusKind, date]] = frozenset()
    prior_uses: frozenset[str] = frozenset()

    def record(self, status: StatusKind, since: date) -> None:
        """Fold a status."""
        self.seen |= {(status, since)}

    def latest(self, status: StatusKind, on: date) -> date | None:
        """Find the last day, up to `on`, since which a status is said to hold."""
        days = [since for seen, since in self.seen if seen == status and since <= on]
        return max(days, default=None)

    def stops(self, programme: str, on: date) -> StopReason | None:
        """Tell what stops the programme's payments on a day, if anything does.

        Holds: a job and its end replace each other by their days, in whatever order they are told
        """
        for reason in STOPS.get(programme, _ALWAYS):
            began = self.latest(reason, on)
            if began is None:
                continue
            jobless_again = self.latest("unemployed", on)
            if reason == "employed" and jobless_again is not None and began < jobless_again:
                continue
            return reason
        return None
