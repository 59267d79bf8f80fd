"""alarms: one page for what is late, near its day, unanswered or nearly used up."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries.alarms import UnpaidMatch, unpaid_matches
from services.runtime.masking import Masked
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.overview import alarms
from services.web.parts.paging import part
from services.web.request.fields import one_of
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import APPLICATIONS, state_of

router = APIRouter()


@router.get("/alarms")
async def overview(visit: Arrived, kind: str | None = None, csv: str | None = None) -> Response:
    """List the alarms of the scope, and who waits for a payment without application."""
    one_of("kind", kind or "", alarms.KINDS)
    listed = [one for one in await alarms.found(visit) if kind in (None, "", one.kind)]
    policies = visit.sources.policies
    unpaid = await unpaid_matches(
        visit.db, visit.scope, policies.duties.matches, policies.cities.regions
    )
    names = await visit.names(row.beneficiary for row in unpaid)
    table, matches = alarm_table(visit, listed), match_table(visit, unpaid, names)
    if csv == matches.name:
        return visit.csv(matches)
    if csv:
        return visit.csv(table)
    return visit.page(
        "alarms.html",
        translate("报警 {n}", n=len(listed)),
        table=table,
        matches=part(visit, matches, lambda r: r.application)
        if kind in (None, "", "match")
        else None,
        kinds=alarms.KINDS,
        kind=kind or "",
    )


def alarm_table(visit: Visit, rows: list[alarms.Alarm]) -> PageTable[alarms.Alarm]:
    """Alarms as a table."""

    def href(row: alarms.Alarm) -> str:
        return row.href

    columns: list[PageColumn[alarms.Alarm]] = [
        PageColumn(_("状态"), lambda r: r.state, ColumnKind.STATE),
        PageColumn(_("种类"), lambda r: translate(alarms.KINDS[r.kind]), ColumnKind.TEXT, href),
        PageColumn(_("事项"), lambda r: r.about),
        PageColumn(_("数量"), lambda r: r.number, ColumnKind.COUNT, href),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, href),
        PageColumn(_("自"), lambda r: r.since, ColumnKind.DAY),
        PageColumn(
            _("已过（天）"),
            lambda r: max((visit.scope.as_of - r.since).days, 0) if r.since else None,
            ColumnKind.COUNT,
        ),
        PageColumn(_("依据"), lambda r: r.cite or None, wide_only=True),
    ]
    return PageTable("alarms", _("报警"), columns, rows, {}, _("没有报警。"))


def match_table(
    visit: Visit, rows: list[UnpaidMatch], names: Mapping[str, Masked]
) -> PageTable[UnpaidMatch]:
    """Units that a data match has found and that are not paid yet."""
    policies = visit.sources.policies

    def to_claim(row: UnpaidMatch) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    columns: list[PageColumn[UnpaidMatch]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, to_claim),
        PageColumn(
            _("单位"), lambda r: names[r.beneficiary].name if r.beneficiary in names else None
        ),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.region)),
        PageColumn(_("比对日"), lambda r: r.filed_on, ColumnKind.DAY),
        PageColumn(_("应拨付日"), lambda r: r.pay_by, ColumnKind.DAY),
        PageColumn(
            _("状态"),
            lambda r: state_of(APPLICATIONS, "due" if r.ordered else r.state),
            ColumnKind.STATE,
        ),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, to_claim),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen or 0 for r in rows)}
    return PageTable(
        "matches", _("免申即享未拨付"), columns, rows, totals, _("免申即享的单位都已拨付到位。")
    )
