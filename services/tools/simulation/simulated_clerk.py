"""Simulated clerk: what falls due as a simulation's calendar goes on, without books to ask.

In:    every fact, as it is decided
Out:   the same rows as the running clerk finds in Postgres (`projections/queries/due_work.py`)
Holds: a row is given out once; who does not answer it in memory never will.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from heapq import heappop, heappush

from events import streams
from events.advances import AdvanceOpened
from events.applications import ApplicationFiled, Stated
from events.approvals import (
    ApprovalExtended,
    ApprovalGranted,
    ApprovalRevoked,
    ApprovalWithdrawn,
    LaterYearCommitted,
)
from events.envelope import Recorded
from events.ids import disbursement_id
from events.instalments import PlanEnded
from events.vouchers import VoucherIssued, VoucherUsed
from policies.duties.matches import MatchRules
from projections.queries.due_work import DueInstalment, OverdueAdvance, PastVoucher
from services.clerk.due import LATE_REPORT_GRACE, LateClaim, Row
from services.deciders.payee.state.payee import PayeeState
from services.streams.store import StreamStore

_NOTHING = (date.max, None)
_MATCHED = "match.without_application"
_ON_THE_WAY = ("ordered", "batched", "sent", "returned")

Expected = DueInstalment | OverdueAdvance | PastVoucher | LateClaim


class SimulatedClerk:
    """Knows the plans and advances of one simulation."""

    def __init__(self, store: StreamStore, matches: MatchRules) -> None:
        self._store = store
        self._matches = matches
        self._rows: dict[str, tuple[date, Expected]] = {}
        self._days: list[tuple[date, str]] = []
        self._years_ahead: dict[str, DueInstalment] = {}

    def see(self, facts: Iterable[Recorded]) -> None:
        """Keep in mind what these facts plan, and forget what they end."""
        for recorded in facts:
            token = streams.name_of(recorded.stream)
            match recorded.body:
                case ApplicationFiled(stated=stated) as filed if stated.facts.get(_MATCHED):
                    self._watch(filed.application, token, stated)
                case ApprovalGranted() | ApprovalExtended() as granted:
                    self._plan_all(granted, token, recorded.effective_on)
                case LaterYearCommitted() as committed:
                    for no in committed.instalments:
                        waited = disbursement_id(committed.application, no)
                        self._plan(self._years_ahead.pop(waited))
                case PlanEnded(whole=True) as ended:
                    self._bring_forward(ended)
                case ApprovalWithdrawn() | ApprovalRevoked() as over:
                    for row in self._planned_for(over.application):
                        del self._rows[disbursement_id(row.application, row.no)]
                case AdvanceOpened() as opened:
                    overdue = OverdueAdvance(opened.disbursement, token, opened.settle_by)
                    self._expect(opened.disbursement, opened.settle_by + timedelta(days=1), overdue)
                case VoucherIssued(voucher=voucher, valid_until=last):
                    day = last + LATE_REPORT_GRACE + timedelta(days=1)
                    self._expect(recorded.stream, day, PastVoucher(voucher, last))
                case VoucherUsed():
                    self._rows.pop(recorded.stream, None)
                case _:
                    pass

    def _plan_all(self, granted: ApprovalGranted | ApprovalExtended, token: str, on: date) -> None:
        """Expect each part on its day; those of later years once these have committed their money."""
        later = granted.later if isinstance(granted, ApprovalGranted) else ()
        ahead = {no for one in later for no in one.instalments}
        for part in granted.instalments:
            row = DueInstalment(granted.application, part.no, token, part.due_on or on)
            if part.no in ahead:
                self._years_ahead[disbursement_id(row.application, row.no)] = row
            else:
                self._plan(row)

    def _bring_forward(self, ended: PlanEnded) -> None:
        """What is left of a whole term is due on the day it ended."""
        for row in self._planned_for(ended.application):
            if row.no in ended.at_once:
                self._plan(row._replace(due_on=min(row.due_on, ended.ended_on)))
        for name, row in self._years_ahead.items():
            if row.application == ended.application and row.no in ended.at_once:
                self._years_ahead[name] = row._replace(due_on=min(row.due_on, ended.ended_on))

    def next_day(self) -> date | None:
        """Find the day on which the next row falls due."""
        while self._days and self._rows.get(self._days[0][1], _NOTHING)[0] != self._days[0][0]:
            heappop(self._days)
        return self._days[0][0] if self._days else None

    def due(self, today: date) -> list[Row]:
        """Give out what has come due: instalments, advances to be settled, vouchers to expire,
        claims of a data match that are late."""
        found: list[Row] = []
        while (day := self.next_day()) is not None and day <= today:
            _, row = self._rows.pop(heappop(self._days)[1])
            if isinstance(row, LateClaim):
                found.append(row._replace(ordered=self._ordered(row)))
            elif not isinstance(row, OverdueAdvance) or self._open(row):
                found.append(row)
        return found

    def _plan(self, row: DueInstalment) -> None:
        self._expect(disbursement_id(row.application, row.no), row.due_on, row)

    def _watch(self, application: str, beneficiary: str, stated: Stated) -> None:
        """Remember by which day a claim of a data match has to be paid."""
        match = self._matches.covering(stated.programme, stated.region)
        if match is not None:
            row = LateClaim(application, beneficiary, stated.payee, match.pay_by, match.cite, False)
            self._expect(f"late {application}", match.pay_by + timedelta(days=1), row)

    def _ordered(self, late: LateClaim) -> bool:
        payee = self._store.state(streams.payee(late.payee))
        return isinstance(payee, PayeeState) and any(
            payment.state in _ON_THE_WAY for _, payment in payee.payments.of(late.application)
        )

    def _expect(self, name: str, day: date, row: Expected) -> None:
        self._rows[name] = day, row
        heappush(self._days, (day, name))

    def _planned_for(self, application: str) -> list[DueInstalment]:
        rows = (row for _, row in self._rows.values())
        return [r for r in rows if isinstance(r, DueInstalment) and r.application == application]

    def _open(self, advance: OverdueAdvance) -> bool:
        payee = self._store.state(streams.payee(advance.payee))
        assert isinstance(payee, PayeeState)
        kept = payee.advances.by_id.get(advance.disbursement)
        return kept is not None and kept.left > 0
