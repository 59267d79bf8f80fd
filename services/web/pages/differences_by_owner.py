"""differences by owner: who has how much to find out, oneself and nobody included."""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import Response

from projections.queries import difference_notes
from projections.queries.differences import BankDifference
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.pages.reconciliation import (
    AGES,
    SAID,
    age_words,
    explained_on,
    summaries_of,
    within,
)
from services.web.parts.filters import chips, if_set, listed
from services.web.reconciliation.difference_owners import NOBODY, choices, is_of
from services.web.reconciliation.matchings import matched
from services.web.request.accounts_in_scope import in_scope
from services.web.request.actors import name_of, staff_of
from services.web.request.fields import each_of
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


class OwnerShare(NamedTuple):
    """What one person has to find out; `owner` is empty for what nobody has."""

    owner: str
    number: int
    absolute_fen: int
    unexplained: int
    overdue: int
    oldest_days: int


@router.get("/tasks/differences")
async def by_owner(
    visit: Arrived,
    owner: str = "",
    age: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """Show who has how much to find out: everybody, oneself, or nobody yet; by age."""
    owners = choices(staff_of(visit.cities).values())
    ages = each_of("age", listed(age), AGES)
    reconciled = await matched(visit)
    compared = {row.account for row in reconciled.overview if row.bank_balance is not None}
    own = in_scope(reconciled.differences, visit.scope, visit.cities)
    rows = [
        row
        for row in own
        if row.account in compared
        and (not ages or any(within(row.age_days, AGES[code]) for code in ages))
    ]
    notes = await summaries_of(visit, rows)
    nothing = difference_notes.NOTHING_SAID
    rows = [
        row for row in rows if is_of(notes.get(row.number, nothing).owner, owner, visit.actor.id)
    ]
    found: dict[str, list[BankDifference]] = {}
    for row in rows:
        said = notes.get(row.number, nothing)
        found.setdefault(said.owner, []).append(row)

    def share(who: str, items: list[BankDifference]) -> OwnerShare:
        states = [explained_on(notes.get(r.number, nothing), visit.scope.as_of) for r in items]
        return OwnerShare(
            who,
            len(items),
            sum(abs(r.difference) for r in items),
            states.count(SAID["none"]),
            states.count(SAID["overdue"]),
            max(r.age_days for r in items),
        )

    shares = [share(who, items) for who, items in sorted(found.items())]
    table = owners_table(visit, shares, ages)
    if csv:
        return visit.csv(table)
    if xlsx:
        return visit.xlsx(table)
    title = translate("差异 {n} 笔", n=figures.count(len(rows)))
    return visit.page(
        "difference_owners.html",
        title,
        table=table,
        owners=owners,
        owner=owner,
        ages=AGES,
        wanted_ages=ages,
        chips=chips(
            visit,
            owner=if_set(owner, owners.get(owner) or name_of(owner)),
            age={code: age_words(code) for code in ages},
        ),
    )


def owners_table(
    visit: Visit, rows: list[OwnerShare], ages: tuple[str, ...]
) -> PageTable[OwnerShare]:
    """Differences by owner, as a table; each number leads to its list."""

    def own(row: OwnerShare) -> str:
        return visit.link("/differences", owner=row.owner or NOBODY, age=",".join(ages) or None)

    def said(code: str) -> Callable[[OwnerShare], str]:
        return lambda row: f"{own(row)}{'&' if '?' in own(row) else '?'}said={code}"

    columns: list[PageColumn[OwnerShare]] = [
        PageColumn(
            _("核查人"),
            lambda r: name_of(r.owner) if r.owner else translate("尚未指定"),
            ColumnKind.TEXT,
            own,
        ),
        PageColumn(_("差异（笔）"), lambda r: r.number, ColumnKind.COUNT, own),
        PageColumn(_("绝对额（元）"), lambda r: r.absolute_fen, ColumnKind.AMOUNT, own),
        PageColumn(_("未说明（笔）"), lambda r: r.unexplained, ColumnKind.COUNT, said("none")),
        PageColumn(_("过了预计日（笔）"), lambda r: r.overdue, ColumnKind.COUNT, said("overdue")),
        PageColumn(_("最久（天）"), lambda r: r.oldest_days, ColumnKind.COUNT),
    ]
    totals: dict[str, object] = {
        _("差异（笔）"): sum(r.number for r in rows),
        _("绝对额（元）"): sum(r.absolute_fen for r in rows),
        _("未说明（笔）"): sum(r.unexplained for r in rows),
        _("过了预计日（笔）"): sum(r.overdue for r in rows),
    }
    return PageTable(
        "difference-owners",
        _("差异，按核查人"),
        columns,
        rows,
        totals if rows else {},
        _("没有差异。"),
    )
