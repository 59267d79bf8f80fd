"""Due: what the calendar asks of the ledger today.

In:   rows that the books have found, today's legal day, the instant of asking
Out:  PreCheckInstalment, CallAdvance, CheckDeadline, CloseLine, WakeLine, ExpireVoucher,
      CommitBudget and its answers again, BeginSending, ConfirmSent
Holds: a pure function; a command's id is a function of what it asks, so asking twice is a repeat.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple, assert_never
from uuid import UUID, uuid5

from events import streams
from events.advances import CallAdvance
from events.batches import BeginSending, ConfirmSent
from events.budgets import CloseLine, QueueRule, WakeLine
from events.deadlines import CheckArrival, CheckDeadline
from events.envelope import Asked, Recorded
from events.instalments import PreCheckInstalment
from events.values import Command
from events.vouchers import ExpireVoucher
from projections.queries.due_work import DueInstalment, OverdueAdvance, PastVoucher
from services.streams.follow_ups import follow_ups

BY = "clerk"

LATE_REPORT_GRACE = timedelta(days=3)
"""A use on a voucher's last day may be reported so much later, before the voucher ends."""

_NAMESPACE = UUID("7a1f9c52-3f0e-5d0b-8f63-2b1c8d7e4a90")


class UnansweredFact(NamedTuple):
    """A fact on the way to a budget's answer that has not come; what follows from it is asked."""

    fact: Recorded


class EndedLine(NamedTuple):
    """A budget line whose year is over; `queue` says what becomes of those who wait."""

    line: str
    year: int
    queue: QueueRule


class HoldingLine(NamedTuple):
    """A budget line on which claims wait with what an earlier year has committed for them."""

    line: str


class LateClaim(NamedTuple):
    """A claim of a data match that is not paid though its day has passed; `ordered` once the
    payee's history knows of its payment."""

    application: str
    beneficiary: str
    payee: str
    pay_by: date
    cite: str
    ordered: bool


class ReleasedBatch(NamedTuple):
    """A batch that a second person has let go."""

    batch: str


class WrittenFile(NamedTuple):
    """The payment file of a batch that is being sent, complete in the outbox."""

    batch: str
    file: str
    digest: str


Row = (
    DueInstalment
    | OverdueAdvance
    | EndedLine
    | HoldingLine
    | PastVoucher
    | UnansweredFact
    | LateClaim
    | ReleasedBatch
    | WrittenFile
)


def due_commands(rows: Iterable[Row], today: date, now: datetime) -> list[Asked]:
    """Ask for everything that is due.

    Holds: an instalment is asked for on its day and after it, never before
    """
    return [asked for row in rows for asked in _commands(row, today, now)]


def _commands(row: Row, today: date, now: datetime) -> list[Asked]:
    match row:
        case DueInstalment():
            if row.due_on > today:
                return []
            check = PreCheckInstalment(application=row.application, no=row.no)
            stream = streams.beneficiary(row.beneficiary)
            # a check that was refused is never heard again under its id, so each day has its own
            name = f"precheck|{row.application}|{row.no}|{today}"
            return [_asked(name, stream, today, now, check)]
        case OverdueAdvance():
            if row.settle_by >= today:
                return []
            call = CallAdvance(disbursement=row.disbursement)
            name = f"call|{row.disbursement}|{today}"
            return [_asked(name, streams.payee(row.payee), today, now, call)]
        case EndedLine():
            close = CloseLine(document=f"{row.year} 年终", queue=row.queue)
            return [_asked(f"close|{row.line}", row.line, today, now, close)]
        case HoldingLine():
            return [_asked(f"wake|{row.line}|{today}", row.line, today, now, WakeLine())]
        case PastVoucher():
            if row.valid_until + LATE_REPORT_GRACE >= today:
                return []
            expire = ExpireVoucher(voucher=row.voucher)
            name = f"expire|{row.voucher}|{today}"
            return [_asked(name, streams.voucher(row.voucher), today, now, expire)]
        case UnansweredFact():
            return follow_ups(row.fact)
        case LateClaim():
            if row.pay_by >= today:
                return []
            kind = CheckArrival if row.ordered else CheckDeadline
            late = kind(application=row.application, pay_by=row.pay_by, cite=row.cite)
            stream = (
                streams.payee(row.payee) if row.ordered else streams.beneficiary(row.beneficiary)
            )
            # who is found in time today may be late tomorrow, so each day asks anew
            return [_asked(f"late|{stream}|{row.application}|{today}", stream, today, now, late)]
        case ReleasedBatch():
            begin = BeginSending(batch=row.batch)
            return [_asked(f"begin|{row.batch}", streams.batch(row.batch), today, now, begin)]
        case WrittenFile():
            sent = ConfirmSent(batch=row.batch, file=row.file, file_digest=row.digest)
            name = f"sent|{row.batch}|{row.digest}"
            return [_asked(name, streams.batch(row.batch), today, now, sent)]
        case _:
            assert_never(row)


def _asked(name: str, stream: str, today: date, now: datetime, body: Command) -> Asked:
    return Asked(str(uuid5(_NAMESPACE, name)), stream, now, today, BY, body)
