"""later years: which parts of granted plans wait for a later year's budget, and which waited in vain."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import keyset, later_years
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.pages.held_applications import line_link
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.parameters import Size
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.budget_line_names import line_name
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

WAITS = _("待预算")
LAPSED = _("年终未轮到，已停发（{rule}）")


def table(
    visit: Visit, rows: list[later_years.LaterYearRow], amount_fen: int
) -> PageTable[later_years.LaterYearRow]:
    """The parts in their queues; what lapsed names the rule and leads to the person's decision."""
    policies, as_of = visit.sources.policies, visit.scope.as_of

    def page_of(row: later_years.LaterYearRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    def budget(row: later_years.LaterYearRow) -> str | None:
        return line_link(visit, row.line)

    def state(row: later_years.LaterYearRow) -> str:
        return translate(LAPSED, rule=row.rule or "") if row.lapsed else translate(WAITS)

    def act(row: later_years.LaterYearRow) -> str | None:
        link = visit.link("/tasks/resumptions", application=row.application)
        return link if row.lapsed else None

    columns: list[PageColumn[later_years.LaterYearRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, page_of),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.region), wide_only=True),
        PageColumn(_("所属年度"), lambda r: str(r.year)),
        PageColumn(_("预算额度"), lambda r: line_name(r.line), ColumnKind.TEXT, budget),
        PageColumn(_("状态"), state, ColumnKind.TEXT, act),
        PageColumn(_("首期应付日"), lambda r: r.first_due_on, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.since).days, ColumnKind.COUNT),
        PageColumn(_("排第几位"), lambda r: r.place, ColumnKind.COUNT),
        PageColumn(_("现可用（元）"), lambda r: r.available_fen, ColumnKind.AMOUNT, budget),
        PageColumn(_("期数"), lambda r: r.parts, ColumnKind.COUNT),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, page_of),
    ]
    totals: dict[str, object] = {_("金额（元）"): amount_fen}
    empty = _("没有等待以后年度预算的部分：已核准的计划都已占用额度。")
    return PageTable("years", _("以后年度待预算"), columns, rows, totals, empty)


@router.get("/tasks/years")
async def overview(
    visit: Arrived,
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """List the parts that wait for a later year's budget, the longest wait first."""
    db, scope = visit.db, visit.scope
    at = read_page(after, before, size)
    total = await later_years.waiting_in_all(db, scope)
    found = ListPage(
        visit,
        partial(later_years.waiting, db, scope),
        lambda row: keyset.Mark(row.since, row.key),
        lambda rows: table(visit, rows, total.amount_fen),
        total.number,
    )
    if csv:
        return found.csv()
    return visit.page(
        "later_years.html",
        translate("以后年度待预算 {n} 项", n=figures.count(total.number)),
        table=await found.shown(at),
        total=total,
        rules=visit.sources.policies.duties.budgets,
    )
