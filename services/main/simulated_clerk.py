"""Simulated clerk: what falls due as a simulation's calendar goes on, without books to ask.

In:    every fact, as it is decided
Out:   the same rows as the running clerk finds in Postgres (`services/clerk/asking.py`)
Holds: a row is given out once; who does not answer it in memory never will.
"""

from collections.abc import Iterable
from datetime import date

from events import streams
from events.advances import AdvanceOpened
from events.approvals import ApprovalExtended, ApprovalGranted, ApprovalRevoked, ApprovalWithdrawn
from events.envelope import Recorded
from events.instalments import PlanEnded
from services.clerk.due import DueInstalment, OverdueAdvance, Row
from services.standing.payee import PayeeStream
from services.standing.standings import Standings


class SimulatedClerk:
    """Knows the plans and advances of one simulation."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings
        self._planned: dict[tuple[str, int], DueInstalment] = {}
        self._advances: dict[str, OverdueAdvance] = {}

    def see(self, facts: Iterable[Recorded]) -> None:
        """Keep in mind what these facts plan, and forget what they end."""
        for recorded in facts:
            token = recorded.stream.partition("/")[2]
            match recorded.body:
                case ApprovalGranted() | ApprovalExtended() as granted:
                    for part in granted.instalments:
                        due_on = part.due_on or recorded.effective_on
                        planned = DueInstalment(granted.application, part.no, token, due_on)
                        self._planned[granted.application, part.no] = planned
                case PlanEnded(whole=True) as ended:
                    for key, planned in self._planned.items():
                        if key[0] == ended.application and planned.due_on > ended.ended_on:
                            self._planned[key] = planned._replace(due_on=ended.ended_on)
                case ApprovalWithdrawn() | ApprovalRevoked() as over:
                    for key in [key for key in self._planned if key[0] == over.application]:
                        del self._planned[key]
                case AdvanceOpened() as opened:
                    self._advances[opened.disbursement] = OverdueAdvance(
                        opened.disbursement, token, opened.settle_by
                    )
                case _:
                    pass

    def due(self, today: date) -> list[Row]:
        """Give out the instalments whose day has come, and the advances that should be settled."""
        instalments = [row for row in self._planned.values() if row.due_on <= today]
        for row in instalments:
            del self._planned[row.application, row.no]
        overdue = [row for row in self._advances.values() if row.settle_by < today]
        for advance in overdue:
            del self._advances[advance.disbursement]
        return [*instalments, *(advance for advance in overdue if self._open(advance))]

    def _open(self, advance: OverdueAdvance) -> bool:
        payee = self._standings.stream(streams.payee(advance.payee))
        assert isinstance(payee, PayeeStream)
        kept = payee.advances.by_id.get(advance.disbursement)
        return kept is not None and kept.left > 0
