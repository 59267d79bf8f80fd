"""policy questions: everything that the legal owner must confirm, by document and programme."""

from functools import lru_cache
from hashlib import sha256

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from policies.authoring.questions import Question, questions
from policies.engine.registry import Policies
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.paging import part
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


@lru_cache(maxsize=1)
def _read_once(policies: Policies) -> list[Question]:
    """The questions of these policies, which never change while a process runs."""
    return questions(policies)


def table(visit: Visit, rows: list[Question]) -> PageTable[Question]:
    """The questions as a table."""

    def page_of(row: Question) -> str:
        return visit.link(f"/policies/{row.programme}/{row.versions[0]}")

    columns: list[PageColumn[Question]] = [
        PageColumn(_("文号"), lambda r: r.document),
        PageColumn(_("补贴项目"), lambda r: r.title, ColumnKind.TEXT, page_of),
        PageColumn(_("类别"), lambda r: translate(r.kind)),
        PageColumn(_("事项编号"), lambda r: r.about),
        PageColumn(_("事项"), lambda r: r.text),
        PageColumn(_("条款"), lambda r: "；".join(r.clauses).replace("#", " ")),
        PageColumn(_("原文"), lambda r: "；".join(r.quotes) or None, wide_only=True),
        PageColumn(_("版本"), lambda r: "、".join(r.versions), ColumnKind.ID, wide_only=True),
    ]
    return PageTable("questions", _("待确认事项"), columns, rows)


@router.get("/policies/questions")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List what no document states, and what we read into one."""
    rows = await run_in_threadpool(_read_once, visit.sources.policies)
    shown = table(visit, rows)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "questions.html",
        translate("待确认事项 {n} 条", n=figures.count(len(rows))),
        table=part(visit, shown, lambda row: sha256(repr(row).encode()).hexdigest()[:16]),
        counts=[
            (kind, sum(row.kind == kind for row in rows))
            for kind in (_("约定"), _("默认值"), _("未载明"))
        ],
    )
