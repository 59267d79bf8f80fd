"""What is known of one beneficiary beside the applications."""

from dataclasses import dataclass, field
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

    since: dict[StatusKind, date] = field(default_factory=dict)
    seen: set[tuple[StatusKind, date]] = field(default_factory=set)
    prior_uses: set[str] = field(default_factory=set)

    def record(self, status: StatusKind, since: date) -> None:
        """Fold a status; a job and its end replace each other by their days."""
        self.seen.add((status, since))
        if status not in self.since or self.since[status] < since:
            self.since[status] = since

    def stops(self, programme: str, on: date) -> StopReason | None:
        """Tell what stops the programme's payments on a day, if anything does."""
        for reason in STOPS.get(programme, _ALWAYS):
            began = self.since.get(reason)
            if began is None or began > on:
                continue
            jobless_again = self.since.get("unemployed")
            if reason == "employed" and jobless_again and began < jobless_again <= on:
                continue
            return reason
        return None
