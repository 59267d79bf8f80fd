"""resumptions: stopped plans that nothing stops any more: a person lets them go on, or not."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.instalments import JudgeResumption
from projections.queries import application_detail as one
from projections.queries import keyset, resumptions
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.parameters import Size, Text
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field, OnDay
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.coded_words import STOPPED
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


def table(
    visit: Visit, rows: list[resumptions.ResumableRow]
) -> PageTable[resumptions.ResumableRow]:
    """The list as a table; each row leads to its form."""
    policies, as_of = visit.sources.policies, visit.scope.as_of

    def page_of(row: resumptions.ResumableRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    def form(row: resumptions.ResumableRow) -> str:
        return visit.link("/tasks/resumptions", application=row.application)

    columns: list[PageColumn[resumptions.ResumableRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, page_of),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.region), wide_only=True),
        PageColumn(_("停发事由"), lambda r: translate(STOPPED[r.stopped_by])),
        PageColumn(_("停发自"), lambda r: r.stopped_since, ColumnKind.DAY),
        PageColumn(_("后来的变化"), lambda r: translate(STOPPED[r.status])),
        PageColumn(_("变化自"), lambda r: r.since, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.raised_on).days, ColumnKind.COUNT),
        PageColumn(_("办理"), lambda _row: translate("决定"), ColumnKind.TEXT, form),
    ]
    empty = _("没有待定恢复的停发：停发的计划不会自动恢复，停发事由消失后列在这里，由人决定。")
    return PageTable("resumptions", _("待定恢复"), columns, rows, {}, empty)


@router.get("/tasks/resumptions")
async def overview(
    visit: Arrived,
    application: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """List stopped plans that may go on, the longest wait first; the form of one that is named."""
    db, scope = visit.db, visit.scope
    at = read_page(after, before, size)
    total = await resumptions.total(db, scope)
    listed = ListPage(
        visit,
        partial(resumptions.waiting, db, scope),
        lambda row: keyset.Mark(row.raised_on, row.application),
        lambda rows: table(visit, rows),
        total.number,
    )
    if csv:
        return listed.csv()
    found = await resumptions.of(db, scope, application) if application else None
    return visit.page(
        "resumptions.html",
        translate("待定恢复 {n} 件", n=figures.count(total.number)),
        table=await listed.shown(at),
        total=total,
        found=found,
        reasons=STOPPED,
        act=Act.new,
    )


@router.post("/tasks/resumptions")
async def judge(
    visit: Arrived,
    command: Field,
    application: Field,
    verdict: Annotated[Literal["resume", "stay"], Form()],
    since: OnDay,
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Let a stopped plan go on from a day, or say that it stays stopped."""
    found = await one.application_found(visit.db, visit.scope, application)
    if found is None:
        raise PageRefused(NOT_FOUND)
    body = JudgeResumption(
        application=application,
        verdict=verdict,
        since=since,
        by=visit.actor.id,
        document=document.strip(),
        reason=reason.strip(),
    )
    stream = streams.beneficiary(found.beneficiary)
    return await send(visit, Act(command, stream, body), "/tasks/resumptions")
