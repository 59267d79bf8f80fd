"""submissions: employers' batches, line by line: what was granted, what was not, and why."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from policies.engine.registry import Policies
from projections.queries import submissions
from services.outcomes.reason_texts import reason_text
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import chips, listed, quoted
from services.web.parts.paging import part
from services.web.request.fields import each_of
from services.web.request.parameters import Text
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.programmes import short, title
from services.wording.states import SUBMISSION_LINES, SUBMISSIONS, state_of

router = APIRouter()

_GROUPS = ("all", "any")
"""Nodes that only hold others: the ones inside them say what is wrong."""


def table(
    visit: Visit, rows: list[submissions.SubmissionRow]
) -> PageTable[submissions.SubmissionRow]:
    """Batches as a table."""

    def page_of(row: submissions.SubmissionRow) -> str:
        return visit.link(f"/submissions/{segment(row.submission)}")

    law = visit.sources.policies
    columns: list[PageColumn[submissions.SubmissionRow]] = [
        PageColumn(_("批量申报"), lambda r: r.submission, ColumnKind.ID, page_of),
        PageColumn(_("状态"), lambda r: state_of(SUBMISSIONS, r.state), ColumnKind.STATE),
        PageColumn(_("补贴项目"), lambda r: short(law, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.region)),
        PageColumn(_("申请日"), lambda r: r.applied_on, ColumnKind.DAY),
        PageColumn(_("行数"), lambda r: r.lines, ColumnKind.COUNT, page_of),
        PageColumn(_("办理中（行）"), lambda r: r.open, ColumnKind.COUNT, page_of, wide_only=True),
        PageColumn(_("核准（行）"), lambda r: r.granted, ColumnKind.COUNT, page_of),
        PageColumn(_("核准（元）"), lambda r: r.granted_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(_("不予核准（行）"), lambda r: r.denied, ColumnKind.COUNT, page_of),
        PageColumn(_("待办（行）"), lambda r: r.waiting, ColumnKind.COUNT, page_of),
        PageColumn(_("退回（行）"), lambda r: r.refused, ColumnKind.COUNT, page_of),
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
    return PageTable(
        "submissions", _("批量申报"), columns, rows, totals if rows else {},
        _("没有符合条件的批量申报。用人单位整批申报后，这里逐批列出结果。"),
    )  # fmt: skip


def lines_table(
    visit: Visit, rows: list[submissions.SubmissionLineRow], name: str
) -> PageTable[submissions.SubmissionLineRow]:
    """A batch's lines as a table."""

    def application(row: submissions.SubmissionLineRow) -> str | None:
        return visit.link(f"/applications/{segment(row.application)}") if row.application else None

    why = reasons(visit.sources.policies)
    columns: list[PageColumn[submissions.SubmissionLineRow]] = [
        PageColumn(_("第几行"), lambda r: r.no, ColumnKind.COUNT),
        PageColumn(_("行号"), lambda r: r.line, ColumnKind.ID, application),
        PageColumn(_("结果"), lambda r: state_of(SUBMISSION_LINES, r.outcome), ColumnKind.STATE),
        PageColumn(_("核准（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
        PageColumn(_("原因"), lambda r: why(r) or None),
        PageColumn(_("代码"), lambda r: r.code or None, ColumnKind.ID, wide_only=True),
        PageColumn(_("答复日"), lambda r: r.answered_on, ColumnKind.DAY, wide_only=True),
    ]
    totals: dict[str, object] = {_("核准（元）"): sum(r.amount_fen or 0 for r in rows)}
    return PageTable(name, _("逐行结果"), columns, rows, totals, _("还没有收到明细行。"))


def reasons(policies: Policies) -> Callable[[submissions.SubmissionLineRow], str]:
    """Say why a line was not granted: the reason, and each clause in the notice's own words."""

    def why(row: submissions.SubmissionLineRow) -> str:
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
        chips=chips(visit, q=quoted(q)),
        q=text,
    )


@router.get("/submissions/{submission}")
async def detail(
    visit: Arrived, submission: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Read one batch: its result in one sentence, then line by line."""
    found = await submissions.one(visit.db, visit.scope, submission)
    if found is None:
        raise PageRefused(NOT_FOUND)
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
        region=region_name(found.region),
    )
