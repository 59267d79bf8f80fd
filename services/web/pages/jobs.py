"""jobs: one's own long work: asked for, how far it is, cancelled, its file fetched, begun again.

Holds: a job is shown to whoever asked for it and to nobody else; its file is handed out only while its
       person may see exactly what was seen when it was made
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response, StreamingResponse

from services.jobs.stored import KEPT, Job
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.job_asking import begin, store_of, whose
from services.web.request import visitors
from services.web.request.fields import NotUnderstood
from services.web.request.replayed import PageAsked, cookies_of, digest_of
from services.web.request.scope import inside
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State, state_of

router = APIRouter()

STATES = {
    "waiting": State(_("排队"), "grey"),
    "running": State(_("办理中"), "amber"),
    "done": State(_("已办完"), "grey"),
    "failed": State(_("没有办成"), "red"),
    "cancelled": State(_("已取消"), "grey"),
    "broken": State(_("已中断"), "amber"),
}


@router.get("/jobs")
async def overview(visit: Arrived) -> Response:
    """List one's own jobs."""
    rows = await store_of(visit).listed(whose(visit))
    waits = sum(row.open for row in rows)
    return visit.page(
        "jobs.html",
        translate("后台任务 {n} 项", n=figures.count(len(rows))),
        table=_table(visit, rows),
        waits=waits,
        hours=int(KEPT.total_seconds() // 3600),
    )


@router.post("/jobs")
async def ask(visit: Arrived, address: Annotated[str, Form()], title: Field) -> Response:
    """Let a page be made as a job."""
    if not inside(address):
        raise NotUnderstood("address", translate("写法不对"), address)
    page = PageAsked("GET", address, (), cookies_of(visit.request), visit.visitor.session)
    return await begin(visit, title, page)


@router.get("/jobs/{number}")
async def detail(visit: Arrived, number: str) -> Response:
    """Show how far a job is, and what came of it."""
    job = await _own(visit, number)
    until = job.ended_at or datetime.now(UTC)
    return visit.page(
        "job.html",
        f"{translate(STATES[job.state].word)} · {job.title}",
        job=job,
        state=state_of(STATES, job.state),
        seconds=int((until - job.started_at).total_seconds()) if job.started_at else 0,
        page=f"/jobs/{number}",
        is_file=bool(job.name),
        kept_until=figures.moment(job.asked_at + KEPT),
    )


@router.get("/jobs/{number}/file")
async def file_of(visit: Arrived, number: str) -> Response:
    """Hand out what came of a job."""
    job = await _own(visit, number)
    if not job.media or job.open:
        raise PageRefused(NOT_FOUND)
    now = visitors.sight_for(visit.visitor, job.path, visit.sources.policies.cities)
    if job.state == "done" and not (visit.opens(job.path) and digest_of(now) == job.sight):
        raise PageRefused(NOT_FOUND)
    named = {"Content-Disposition": f'attachment; filename="{job.name}"'} if job.name else {}
    return StreamingResponse(store_of(visit).parts(number), media_type=job.media, headers=named)


@router.post("/jobs/{number}/cancel")
async def cancel(visit: Arrived, number: str) -> Response:
    """Have a job not done any further."""
    await _own(visit, number)
    await store_of(visit).cancel(whose(visit), number)
    return RedirectResponse(visit.link(f"/jobs/{number}"), status_code=303)


@router.post("/jobs/{number}/again")
async def again(visit: Arrived, number: str) -> Response:
    """Begin anew what was broken off, was not done, or should be as of now."""
    job = await _own(visit, number)
    if job.open:
        return RedirectResponse(visit.link(f"/jobs/{number}"), status_code=303)
    page = PageAsked.decoded(await store_of(visit).asked(number))
    return await begin(visit, job.title, page._replace(session=visit.visitor.session))


async def _own(visit: Visit, number: str) -> Job:
    job = await store_of(visit).one(whose(visit), number)
    if job is None:
        raise PageRefused(NOT_FOUND)
    return job


def _table(visit: Visit, rows: list[Job]) -> PageTable[Job]:
    def page_of(row: Job) -> str:
        return visit.link(f"/jobs/{row.id}")

    columns: list[PageColumn[Job]] = [
        PageColumn(_("任务"), lambda r: r.title, ColumnKind.TEXT, page_of),
        PageColumn(_("状态"), lambda r: state_of(STATES, r.state), ColumnKind.STATE),
        PageColumn(_("已办"), lambda r: r.done or None, ColumnKind.COUNT),
        PageColumn(_("共"), lambda r: r.whole or None, ColumnKind.COUNT),
        PageColumn(_("提出时间"), lambda r: r.asked_at, ColumnKind.MOMENT),
        PageColumn(_("结束时间"), lambda r: r.ended_at, ColumnKind.MOMENT, wide_only=True),
        PageColumn(_("任务编号"), lambda r: r.id, ColumnKind.ID, page_of, wide_only=True),
    ]
    return PageTable("jobs", _("后台任务"), columns, rows, empty=_("没有后台任务。"))
