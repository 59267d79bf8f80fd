"""objections: what somebody objects to, what it holds, and what another person found out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.objections import Ground, RaiseObjection, ResolveObjection
from projections.queries import objections
from projections.queries.objections import ObjectionRow
from services.disclosing import objecting
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood, each_of
from services.web.request.parameters import Texts
from services.web.request.scope import segment
from services.web.request.typed_fields import DocumentTyped, Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording import programmes
from services.wording.act_names import GROUNDS
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import OBJECTIONS, state_of

router = APIRouter()


def table(visit: Visit, rows: list[ObjectionRow]) -> PageTable[ObjectionRow]:
    """Objections as a table."""

    def application(row: ObjectionRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    def debt(row: ObjectionRow) -> str | None:
        if not row.clawback:
            return None
        return visit.link(f"/clawbacks/{segment(row.payee)}/{segment(row.clawback)}")

    def public(row: ObjectionRow) -> str | None:
        return row.disclosure and visit.link(f"/disclosures/{segment(row.disclosure)}")

    columns: list[PageColumn[ObjectionRow]] = [
        PageColumn(_("异议编号"), lambda r: r.objection, ColumnKind.ID),
        PageColumn(_("状态"), lambda r: state_of(OBJECTIONS, r.state), ColumnKind.STATE),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("追回编号"), lambda r: r.clawback or None, ColumnKind.ID, debt),
        PageColumn(
            _("补贴项目"), lambda r: programmes.short(visit.sources.policies, r.programme) or None
        ),
        PageColumn(_("区划"), lambda r: region_name(r.region) or None, wide_only=True),
        PageColumn(_("公示"), lambda r: r.disclosure or None, ColumnKind.ID, public),
        PageColumn(_("事由"), lambda r: translate(GROUNDS.get(r.ground, r.ground))),
        PageColumn(_("登记日"), lambda r: r.raised_on, ColumnKind.DAY),
        PageColumn(_("天数"), lambda r: _days(visit, r), ColumnKind.COUNT),
        PageColumn(_("认定日"), lambda r: r.resolved_on, ColumnKind.DAY, wide_only=True),
        PageColumn(_("已付（元）"), lambda r: r.paid_fen, ColumnKind.AMOUNT, application),
        PageColumn(_("暂缓（元）"), lambda r: r.held_fen, ColumnKind.AMOUNT, application),
    ]
    totals: dict[str, object] = {_("暂缓（元）"): sum(r.held_fen for r in rows)}
    return PageTable(
        "objections", _("异议"), columns, rows, totals if rows else {}, _("没有异议。")
    )


def _days(visit: Visit, row: ObjectionRow) -> int:
    """How long it has been open, or was."""
    return ((row.resolved_on or visit.scope.today) - row.raised_on).days


@router.get("/tasks/objections")
async def overview(
    visit: Arrived,
    state: Texts = [],  # noqa: B006 -- FastAPI copies it
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List objections, those that are open first; resolve one, record one to a debt."""
    states = each_of("state", [one for one in state if one], OBJECTIONS)
    rows = await objections.listed(visit.db, visit.scope, states)
    shown = table(visit, rows)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "objections.html",
        translate("公示异议"),
        table=part(visit, shown, lambda r: r.objection),
        open_ones=[row for row in rows if row.state == "open"],
        upheld=[row for row in rows if row.state == "upheld"],
        states=OBJECTIONS,
        chosen=states,
        grounds=GROUNDS,
        maker=name_of,
        act=Act.new,
    )


@router.post("/tasks/objections")
async def record(
    visit: Arrived,
    command: Field,
    application: Field,
    ground: Annotated[Ground, Form()],
    document: DocumentTyped,
    reason: Field,
    clawback: Note = "",
) -> Response:
    """Record an objection to the payment of a claim, or to a debt of it."""
    number = clawback.strip()
    try:
        stream = await objecting.stream_of(visit.db, application.strip(), number)
    except objecting.NothingToObjectTo as nothing:
        field = "clawback" if number else "application"
        raise NotUnderstood(field, translate("没有找到"), number or application) from nothing
    body = RaiseObjection(
        objection=objecting.objection_number(command),
        application=application.strip(),
        clawback=number,
        ground=ground,
        document=document.strip(),
        reason=reason.strip(),
        by=visit.actor.id,
    )
    return await send(visit, Act(command, stream, body), "/tasks/objections")


@router.post("/tasks/objections/resolve")
async def resolve(
    visit: Arrived,
    command: Field,
    payee: Field,
    objection: Field,
    verdict: Annotated[Literal["upheld", "dismissed"], Form()],
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Say what was found out; the ledger refuses whoever recorded it."""
    if await objections.one(visit.db, payee, objection) is None:
        raise NotUnderstood("objection", translate("没有找到"), objection)
    body = ResolveObjection(
        objection=objection,
        verdict=verdict,
        document=document.strip(),
        reason=reason.strip(),
        by=visit.actor.id,
    )
    return await send(visit, Act(command, streams.payee(payee), body), "/tasks/objections")
