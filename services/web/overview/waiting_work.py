"""waiting work: what waits for somebody on the first screen; each line leads to its own work list.

In:   the books as of a visit's scope, the differences found in it
Out:  tasks with count, amount and the longest wait
Holds: a line counts and sums what its list shows; lines with nothing are left out
"""

from datetime import date
from typing import NamedTuple

from projections.queries import (
    batches,
    difference_notes,
    later_years,
    objections,
    operations,
    payment_filter,
    payment_totals,
    payments,
    proposals_waiting,
    resumptions,
    worklists,
)
from projections.queries.differences import BankDifference
from services.web.request.accounts_in_scope import aliases
from services.web.request.visit import Visit
from services.wording import figures
from services.wording.languages import translate


class Task(NamedTuple):
    """One line of what waits."""

    name: str
    counts: str
    amount: int | None
    oldest_days: int | None
    href: str
    unknown: bool = False


async def tasks(visit: Visit, found: list[BankDifference]) -> list[Task]:
    """What waits for somebody; lines with nothing are left out."""
    as_of, link = visit.scope.as_of, visit.link
    referred = await worklists.referred_total(visit.db, visit.scope)
    held = await worklists.held_total(visit.db, visit.scope)
    years = await later_years.waiting_in_all(visit.db, visit.scope)
    objected = await objections.open_ones(visit.db, visit.scope)
    proposed = await proposals_waiting.waiting(
        visit.db, visit.scope, aliases(visit.scope, visit.cities)
    )
    resumable = await resumptions.total(visit.db, visit.scope)
    release, payments_in = await batches.waiting_for_release(visit.db, visit.scope)
    due = await payments.due(visit.db, visit.scope)
    notes = await difference_notes.summaries(
        visit.db, [one.number for one in found], visit.scope.known_on
    )
    unexplained = [
        one for one in found if not notes.get(one.number, difference_notes.NOTHING_SAID).explanation
    ]
    parked = await operations.parked(visit.db)
    back = payment_filter.PaymentFilter(states=("returned",))
    returned = next(iter(await payment_totals.by_state(visit.db, visit.scope, back)), None)

    def age(on: date | None) -> int | None:
        return None if on is None else (as_of - on).days

    listed = [
        Task(
            translate("批次待放行"),
            translate(
                "{n} 批 {m} 笔", n=figures.count(release.number), m=figures.count(payments_in)
            ),
            release.amount_fen,
            age(release.oldest_on),
            link("/tasks/release"),
        )
        if release.number
        else None,
        Task(
            translate("到期应付，待制批"),
            translate("{n} 笔", n=figures.count(sum(d.number for d in due))),
            sum(d.amount_fen for d in due),
            age(min(d.oldest_on for d in due)),
            link("/tasks/due"),
        )
        if due
        else None,
        Task(
            translate("退回待更正账户"),
            translate("{n} 笔", n=figures.count(returned.number)),
            returned.amount_fen,
            age(returned.oldest_on),
            link("/tasks/returns"),
        )
        if returned
        else None,
        Task(
            translate("差异待说明"),
            translate("{n} 笔", n=figures.count(len(unexplained))),
            sum(abs(d.difference) for d in unexplained),
            max(d.age_days for d in unexplained),
            link("/differences", said="none"),
        )
        if unexplained
        else None,
        Task(
            translate("转人工"),
            translate("{n} 件", n=figures.count(referred.number)),
            None,
            age(referred.oldest_on),
            link("/tasks/referred"),
            unknown=True,
        )
        if referred.number
        else None,
        Task(
            translate("待预算"),
            translate("{n} 件", n=figures.count(held.number)),
            held.amount_fen,
            age(held.oldest_on),
            link("/tasks/held"),
        )
        if held.number
        else None,
        Task(
            translate("以后年度待预算"),
            translate("{n} 项", n=figures.count(years.number)),
            years.amount_fen,
            age(years.oldest_on),
            link("/tasks/years"),
        )
        if years.number
        else None,
        Task(
            translate("公示异议，待认定"),
            translate("{n} 件", n=figures.count(objected.number)),
            objected.amount_fen,
            age(objected.oldest_on),
            link("/tasks/objections"),
        )
        if objected.number
        else None,
        Task(
            translate("停发待定恢复"),
            translate("{n} 件", n=figures.count(resumable.number)),
            None,
            age(resumable.oldest_on),
            link("/tasks/resumptions"),
        )
        if resumable.number
        else None,
        Task(
            translate("待我复核"),
            translate("{n} 项", n=figures.count(len(proposed))),
            None,
            age(min((one.since for one in proposed if one.since), default=None)),
            link("/tasks/second"),
        )
        if proposed
        else None,
        Task(
            translate("停住的记录，待系统管理员"),
            translate("{n} 条", n=figures.count(len(parked))),
            None,
            None,
            link("/operations"),
        )
        if parked
        else None,
    ]
    return [task for task in listed if task is not None]
