"""alarms: one page for what is late, near its day, unanswered or nearly used up."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from policies.duties import shipped
from policies.vocabulary.places import REGIONS
from projections.queries.alarms import Unpaid, unpaid_matches
from services.runtime.masking import Masked
from services.web import alarms, programmes
from services.web.fields import one_of
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.paging import part
from services.web.scope import segment
from services.web.states import APPLICATIONS, state_of
from services.web.tables import Column, Kind, Table
from services.web.visit import Arrived, Visit

router = APIRouter()


@router.get("/alarms")
async def overview(visit: Arrived, kind: str | None = None, csv: str | None = None) -> Response:
    """List the alarms of the scope, and who waits for a payment without application."""
    one_of("kind", kind or "", alarms.KINDS)
    listed = [one for one in await alarms.found(visit) if kind in (None, "", one.kind)]
    unpaid = await unpaid_matches(visit.db, visit.scope, shipped().matches)
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
        knows=("kind", "csv"),
    )


def alarm_table(visit: Visit, rows: list[alarms.Alarm]) -> Table[alarms.Alarm]:
    """Alarms as a table."""

    def href(row: alarms.Alarm) -> str:
        return row.href

    columns: list[Column[alarms.Alarm]] = [
        Column(_("状态"), lambda r: r.state, Kind.STATE),
        Column(_("种类"), lambda r: translate(alarms.KINDS[r.kind]), Kind.TEXT, href),
        Column(_("事项"), lambda r: r.about),
        Column(_("数量"), lambda r: r.number, Kind.COUNT, href),
        Column(_("金额（元）"), lambda r: r.amount_fen, Kind.AMOUNT, href),
        Column(_("自"), lambda r: r.since, Kind.DAY),
        Column(
            _("已过（天）"),
            lambda r: max((visit.scope.as_of - r.since).days, 0) if r.since else None,
            Kind.COUNT,
        ),
        Column(_("依据"), lambda r: r.cite or None, wide_only=True),
    ]
    return Table("alarms", _("报警"), columns, rows, {}, _("没有报警。"))


def match_table(visit: Visit, rows: list[Unpaid], names: Mapping[str, Masked]) -> Table[Unpaid]:
    """Units that a data match has found and that are not paid yet."""
    policies = visit.sources.policies

    def to_claim(row: Unpaid) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    columns: list[Column[Unpaid]] = [
        Column(_("申请号"), lambda r: r.application, Kind.ID, to_claim),
        Column(_("单位"), lambda r: names[r.beneficiary].name if r.beneficiary in names else None),
        Column(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        Column(_("区划"), lambda r: REGIONS.get(r.region, r.region)),
        Column(_("比对日"), lambda r: r.filed_on, Kind.DAY),
        Column(_("应拨付日"), lambda r: r.pay_by, Kind.DAY),
        Column(
            _("状态"), lambda r: state_of(APPLICATIONS, "due" if r.ordered else r.state), Kind.STATE
        ),
        Column(_("金额（元）"), lambda r: r.amount_fen, Kind.AMOUNT, to_claim),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen or 0 for r in rows)}
    return Table(
        "matches", _("免申即享未拨付"), columns, rows, totals, _("免申即享的单位都已拨付到位。")
    )
