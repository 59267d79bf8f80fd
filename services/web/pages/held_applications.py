"""held applications: what waits for money: its place in the line's own order, what the line has left."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from events import streams
from projections.queries import keyset, worklists
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import chips, if_set
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.parameters import Size, Text
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.budget_line_names import line_name
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


def line_link(visit: Visit, line: str | None) -> str | None:
    """The page of budgets for a line's year."""
    return visit.link("/budgets", year=streams.line_year(line)) if line else None


def queues_table(
    visit: Visit, rows: list[worklists.BudgetQueueTotal]
) -> PageTable[worklists.BudgetQueueTotal]:
    """Each line with what waits for it and what it has left."""
    as_of = visit.scope.as_of

    def short(row: worklists.BudgetQueueTotal) -> int | None:
        left = row.available_fen
        return None if left is None else max(row.amount_fen - max(left, 0), 0)

    def budget(row: worklists.BudgetQueueTotal) -> str | None:
        return line_link(visit, row.line)

    def own(row: worklists.BudgetQueueTotal) -> str | None:
        return visit.link("/tasks/held", line=row.line) if row.line else None

    columns: list[PageColumn[worklists.BudgetQueueTotal]] = [
        PageColumn(
            _("预算额度"), lambda r: line_name(r.line) if r.line else None, ColumnKind.TEXT, budget
        ),
        PageColumn(_("最早"), lambda r: r.oldest_on, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.oldest_on).days, ColumnKind.COUNT),
        PageColumn(_("件数"), lambda r: r.number, ColumnKind.COUNT, own),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, own),
        PageColumn(_("现可用（元）"), lambda r: r.available_fen, ColumnKind.AMOUNT, budget),
        PageColumn(_("尚缺（元）"), short, ColumnKind.AMOUNT),
    ]
    totals: dict[str, object] = {
        _("件数"): sum(r.number for r in rows),
        _("金额（元）"): sum(r.amount_fen for r in rows),
        _("尚缺（元）"): sum(short(r) or 0 for r in rows),
    }
    empty = _("没有待预算的申请：核定的都已在预算额度内占用。额度用完后核定的会排在这里。")
    return PageTable("queues", _("按预算额度"), columns, rows, totals, empty)


def table(
    visit: Visit, rows: list[worklists.HeldApplication], amount_fen: int
) -> PageTable[worklists.HeldApplication]:
    """The applications in their queues."""
    policies, as_of = visit.sources.policies, visit.scope.as_of

    def page_of(row: worklists.HeldApplication) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    def budget(row: worklists.HeldApplication) -> str | None:
        return line_link(visit, row.line)

    columns: list[PageColumn[worklists.HeldApplication]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, page_of),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.region), wide_only=True),
        PageColumn(_("排队日"), lambda r: r.since, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.since).days, ColumnKind.COUNT),
        PageColumn(
            _("预算额度"), lambda r: line_name(r.line) if r.line else None, ColumnKind.TEXT, budget
        ),
        PageColumn(_("排第几位"), lambda r: r.place, ColumnKind.COUNT),
        PageColumn(_("现可用（元）"), lambda r: r.available_fen, ColumnKind.AMOUNT, budget),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, page_of),
    ]
    totals: dict[str, object] = {_("金额（元）"): amount_fen}
    return PageTable("held", _("待预算"), columns, rows, totals, _("没有待预算的申请。"))


@router.get("/tasks/held")
async def overview(
    visit: Arrived,
    line: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """List what waits for money, the longest wait first."""
    db, scope, only = visit.db, visit.scope, line or None
    at = read_page(after, before, size)
    queues = queues_table(visit, await worklists.queues(db, scope, only))
    if csv == queues.name:
        return visit.csv(queues)
    total = await worklists.held_total(db, scope, only)
    found = ListPage(
        visit,
        partial(worklists.held, db, scope, line=only),
        lambda row: keyset.Mark(row.since, row.application),
        lambda rows: table(visit, rows, total.amount_fen),
        total.number,
    )
    if csv:
        return found.csv()
    return visit.page(
        "held.html",
        translate("待预算 {n} 件", n=figures.count(total.number)),
        queues=queues,
        table=await found.shown(at),
        total=total,
        chips=chips(visit, line=if_set(line, line_name(line) if line and total.number else line)),
    )
