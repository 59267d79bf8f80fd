"""submissions: employers' batches, line by line: what was granted, what was not, and why."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from policies.engine.registry import Policies
from policies.vocabulary.places import REGIONS
from projections.queries import submissions
from services.outcomes.reason_texts import reason_text
from services.web import figures
from services.web.errors import NOT_FOUND, Refused
from services.web.fields import each_of
from services.web.filters import chips, listed
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.paging import part
from services.web.parameters import Text
from services.web.programmes import short, title
from services.web.scope import segment
from services.web.states import SUBMISSION_LINES, SUBMISSIONS, state_of
from services.web.tables import Column, Kind, Table
from services.web.visit import Arrived, Visit

router = APIRouter()

_GROUPS = ("all", "any")
"""Nodes that only hold others: the ones inside them say what is wrong."""


def table(visit: Visit, rows: list[submissions.Submission]) -> Table[submissions.Submission]:
    """Batches as a table."""

    def page_of(row: submissions.Submission) -> str:
        return visit.link(f"/submissions/{segment(row.submission)}")

    law = visit.sources.policies
    columns: list[Column[submissions.Submission]] = [
        Column(_("批量申报"), lambda r: r.submission, Kind.ID, page_of),
        Column(_("状态"), lambda r: state_of(SUBMISSIONS, r.state), Kind.STATE),
        Column(_("补贴项目"), lambda r: short(law, r.programme)),
        Column(_("区划"), lambda r: REGIONS.get(r.region, r.region)),
        Column(_("申请日"), lambda r: r.applied_on, Kind.DAY),
        Column(_("行数"), lambda r: r.lines, Kind.COUNT, page_of),
        Column(_("办理中（行）"), lambda r: r.open, Kind.COUNT, page_of, wide_only=True),
        Column(_("核准（行）"), lambda r: r.granted, Kind.COUNT, page_of),
        Column(_("核准（元）"), lambda r: r.granted_fen, Kind.AMOUNT, page_of),
        Column(_("不予核准（行）"), lambda r: r.denied, Kind.COUNT, page_of),
        Column(_("待办（行）"), lambda r: r.waiting, Kind.COUNT, page_of),
        Column(_("退回（行）"), lambda r: r.refused, Kind.COUNT, page_of),
    ]
    totals: dict[str, object] = {
        _("行数"): sum(r.lines for r in rows),
        _("办理中（行）"): sum(r.open for r in rows),
        _("核准（行）"): sum(r.granted for r in rows),
        _("核准（元）"): sum(r.granted_fen for r in rows),
        _("不予核准（行）"): sum(r.denied for r in rows),
        _("待办（行）"): sum(r.waiting for r in rows),
        _("退回（行）"): sum(r.refused for r in rows),
    }
    return Table(
        "submissions", _("批量申报"), columns, rows, totals if rows else {},
        _("没有符合条件的批量申报。用人单位整批申报后，这里逐批列出结果。"),
    )  # fmt: skip


def lines_table(visit: Visit, rows: list[submissions.Line], name: str) -> Table[submissions.Line]:
    """A batch's lines as a table."""

    def application(row: submissions.Line) -> str | None:
        return visit.link(f"/applications/{segment(row.application)}") if row.application else None

    why = reasons(visit.sources.policies)
    columns: list[Column[submissions.Line]] = [
        Column(_("第几行"), lambda r: r.no, Kind.COUNT),
        Column(_("行号"), lambda r: r.line, Kind.ID, application),
        Column(_("结果"), lambda r: state_of(SUBMISSION_LINES, r.outcome), Kind.STATE),
        Column(_("核准（元）"), lambda r: r.amount_fen, Kind.AMOUNT, application),
        Column(_("原因"), lambda r: why(r) or None),
        Column(_("代码"), lambda r: r.code or None, Kind.ID, wide_only=True),
        Column(_("答复日"), lambda r: r.answered_on, Kind.DAY, wide_only=True),
    ]
    totals: dict[str, object] = {_("核准（元）"): sum(r.amount_fen or 0 for r in rows)}
    return Table(name, _("逐行结果"), columns, rows, totals, _("还没有收到明细行。"))


def reasons(policies: Policies) -> Callable[[submissions.Line], str]:
    """Say why a line was not granted: the reason, and each clause in the notice's own words."""

    def why(row: submissions.Line) -> str:
        words = reason_text(row.code, row.field)
        try:
            nodes = policies.policy(row.policy_hash).nodes
        except KeyError:  # no rule decided, or one that this release no longer ships
            return words or row.code
        quotes = [
            f"“{nodes[node].quote or nodes[node].need}”（{nodes[node].cite.replace('#', ' ')}）"
            for node in row.failing
            if node in nodes and nodes[node].kind not in _GROUPS
        ]
        return f"{words or row.code}：{'；'.join(quotes)}" if quotes else words or row.code

    return why


@router.get("/submissions")
async def overview(
    visit: Arrived,
    state: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    q: Text = "",
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List employers' batches."""
    wanted, text = each_of("state", listed(state), SUBMISSIONS), q.strip()
    shown = table(visit, await submissions.listed(visit.db, visit.scope, wanted, text))
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "submissions.html",
        translate("批量申报 {n} 批", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: r.submission),
        states=SUBMISSIONS,
        wanted=wanted,
        chips=chips(visit, q={q: f"“{q}”"} if q else {}),
        q=text,
        knows=("state", "q", "csv", "xlsx"),
    )


@router.get("/submissions/{submission}")
async def detail(
    visit: Arrived, submission: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Read one batch: its result in one sentence, then line by line."""
    found = await submissions.one(visit.db, visit.scope, submission)
    if found is None:
        raise Refused(NOT_FOUND)
    rows = await submissions.lines(visit.db, submission)
    name = "batch-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in submission)
    shown = lines_table(visit, rows, name)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    names = await visit.names([found.employer])
    employer = names.get(found.employer)
    return visit.page(
        "submission.html",
        translate("批量申报结果 {key}", key=submission),
        batch=found,
        state=state_of(SUBMISSIONS, found.state),
        table=shown,
        employer=employer.name if employer else None,
        programme=title(visit.sources.policies, found.programme),
        region=REGIONS.get(found.region, found.region),
        knows=("csv", "xlsx"),
    )
