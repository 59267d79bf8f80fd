"""What is known of one beneficiary beside the applications."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from events.instalments import StopReason
from events.status import StatusKind

_NONE: Mapping[StatusKind, date] = MappingProxyType({})

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

    since: Mapping[StatusKind, date] = field(default_factory=lambda: _NONE)
    seen: frozenset[tuple[StatusKind, date]] = frozenset()
    prior_uses: frozenset[str] = frozenset()

    def record(self, status: StatusKind, since: date) -> None:
        """Fold a status; a job and its end replace each other by their days."""
        self.seen |= {(status, since)}
        if status not in self.since or self.since[status] < since:
            self.since = {**self.since, status: since}

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
