"""Calendar: on which days of a month a plan is stopped, whenever that was told.

In:    the table of stops, the folded status, what is known of a plan
Out:   spans of days on which nothing is due; the days of a month that are due, of 30
Holds: only days decide, never the order in which they were told; what ends a plan lasts until a
       person resumes it, and counts for the months that are planned ahead, not for months that
       were over when they were claimed.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from events.instalments import StopReason
from events.status import StatusKind
from events.values import PlannedInstalment
from policies.duties.plans import DAYS_OF_A_MONTH
from policies.duties.stops import StopRules
from policies.engine.registry import Policies
from policies.vocabulary.calendar import add_months
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.status import Status


class StopSpan(NamedTuple):
    """Days on which something stops a plan, from `begins` to the day before `ends`; `since` is the
    day from which it is said to hold, and `lasting` what does not end by itself."""

    begins: date
    ends: date | None
    reason: StopReason
    rule: str
    since: date
    lasting: bool

    def covers(self, day: date) -> bool:
        """Tell whether nothing is due on a day."""
        return self.begins <= day and (self.ends is None or day < self.ends)


class DaysLeft(NamedTuple):
    """How many 30ths of a month are due, and what first takes the others away."""

    days: int
    stop: StopSpan | None


ALL_OF_IT = DaysLeft(DAYS_OF_A_MONTH, None)


def stop_spans_of_status(
    stops: StopRules, status: Status, programme: str, hired_on: date | None = None
) -> list[StopSpan]:
    """Find when a status, or the benefit of another register, stops a programme.

    Holds: who is out of work since before he was hired has not left the job that is paid for
    """
    if not status.reported:
        return []
    own = stops.of(programme)
    rule = f"stops/{own.id if own else 'always'}"
    found: list[StopSpan] = []
    for kind in (*stops.always, *(own.by if own else ())):
        first = hired_on if kind == "unemployed" and hired_on is not None else date.min
        found += _held(status, kind, "", rule, lasting=True, first=first)
    for benefit in own.benefits if own else ():
        lasting = own is not None and benefit in own.lasting
        found += _held(status, "receiving", benefit, f"{rule}/{benefit}", lasting=lasting)
    return found


def _held(
    status: Status,
    kind: StatusKind,
    benefit: str,
    rule: str,
    *,
    lasting: bool,
    first: date = date.min,
) -> Iterable[StopSpan]:
    """The spans in which a status holds, by the days of all that was said; it began on `first` or
    after."""
    days = sorted({since for _, since, _ in status.reported})
    began: date | None = None
    since = date.min
    for day in days:
        holds = status.holds(kind, day, benefit)
        if holds is not None and holds < first:
            holds = None
        if holds is not None and began is None:
            began, since = day, holds
        elif holds is None and began is not None:
            yield StopSpan(began, day, kind, rule, since, lasting)
            began = None
    if began is not None:
        yield StopSpan(began, None, kind, rule, since, lasting)


RESUMPTION = "stops.resumption"
BY_ITSELF = "自动恢复"
"""The figure by which a city lets a plan go on by itself, and the word for it."""


def stop_spans(
    policies: Policies,
    status: Status,
    instalments: Instalments,
    application: str,
    approval: Approval,
    *,
    ahead: bool,
    by_evidence: bool,
) -> list[StopSpan]:
    """Find when nothing is due to an application, for its months planned `ahead` or for the others.

    Holds: a term that counts whole is stopped by a death alone; the month in which a plan ended is
           counted by its evidence where it rests on any
    """
    proposed = approval.proposed
    assert proposed is not None
    found = stop_spans_of_status(
        policies.duties.stops, status, proposed.policy.programme, proposed.hired_on
    )
    found += [
        StopSpan(since, None, "household", "stops/household", since, lasting=True)
        for lost, since in status.category_lost
        if lost == application
    ]
    ended = instalments.ended.get(application)
    if ended is not None and ended.whole:
        return [span for span in found if span.reason == "deceased"]
    if ahead and any(span.lasting for span in found):
        begins = _begins(approval)
        how = policies.standards.figure(RESUMPTION, proposed.region)
        found = [
            one
            if how.on(str(max(one.begins, begins))) != BY_ITSELF
            else one._replace(lasting=False)
            for one in found
        ]
        found = _until_resumed(found, begins, instalments, application)
    if ended is not None:
        after = ended.on + timedelta(days=1)
        begins = add_months(ended.on.replace(day=1), 1) if by_evidence else after
        found.append(StopSpan(begins, None, "ended", ended.rule, ended.on, lasting=True))
    return sorted(found, key=_in_time)


def _in_time(span: StopSpan) -> tuple[date, date, str]:
    return span.begins, span.ends or date.max, span.reason


def is_ahead(approval: Approval, part: PlannedInstalment) -> bool:
    """Tell whether a part pays for months that were not over when they were claimed; one of those
    that were is not ahead where it is planned again."""
    assert approval.proposed is not None
    over = {
        one.month
        for other in approval.proposed.instalments
        if other.due_on is None
        for one in other.months
    }
    return part.due_on is not None and not any(one.month in over for one in part.months)


def still_ahead(found: list[StopSpan], begins: date) -> list[StopSpan]:
    """Let what stops a plan last, for months that would be planned ahead from a day on."""
    return _until_resumed(found, begins, Instalments(), "")


def _begins(approval: Approval) -> date:
    """The first day for which a plan pays ahead."""
    assert approval.proposed is not None
    months = [
        part.months[0].month
        for part in approval.proposed.instalments
        if part.months and is_ahead(approval, part)
    ]
    return date.fromisoformat(f"{min(months)}-01") if months else date.min


def _until_resumed(
    found: list[StopSpan], begins: date, instalments: Instalments, application: str
) -> list[StopSpan]:
    """Let what stops a plan last until a person has resumed it, from its first day on."""
    kept = [span for span in found if not span.lasting]
    resumptions = sorted(since for of, since, _ in instalments.resumed if of == application)
    lasting = sorted((span for span in found if span.lasting), key=_in_time)
    start = begins
    while stop := next((s for s in lasting if s.ends is None or s.ends > start), None):
        first = max(stop.begins, start)
        again = next((day for day in resumptions if day > first), None)
        kept.append(stop._replace(begins=first, ends=again))
        if again is None:
            break
        start = again
    return kept


def days_left_of(month: str, found: Iterable[StopSpan]) -> DaysLeft:
    """Count the 30ths of a month on which nothing stops: the first 30 days, and the rest of its days
    with the last of them."""
    first = date.fromisoformat(f"{month}-01")
    end = add_months(first, 1)
    taken = [False] * DAYS_OF_A_MONTH
    stop: StopSpan | None = None
    for span in found:
        if span.begins >= end or (span.ends is not None and span.ends <= first):
            continue
        upto = end if span.ends is None else min(span.ends, end)
        low, high = _place(span.begins, first, end), _place(upto, first, end)
        if low < high:
            taken[low:high] = [True] * (high - low)
            stop = stop or span
    days = taken.count(False)
    return DaysLeft(days, stop) if stop is not None else ALL_OF_IT


def _place(day: date, first: date, end: date) -> int:
    """Where a day stands among the 30ths of its month."""
    if day <= first:
        return 0
    return DAYS_OF_A_MONTH if day >= end else min((day - first).days, DAYS_OF_A_MONTH)
