"""public: what anybody may read, without signing in: lists in their period, how funds were used.

In:    the books, the files that were published
Holds: a page reads what was published and nothing else: no scope, no actor, no token, no link into the
       workplace; what is over, taken down or replaced is as if it had never been there
"""

import asyncio
from collections.abc import AsyncIterator
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from projections.queries import disclosures
from projections.queries.connection import Db
from projections.queries.disclosures import DisclosureRow
from services.disclosing.public_file import PublicFile, PublicGrant, PublicUse
from services.documents.public_sheets import PublicSheet, public_pdf
from services.runtime.postgres import sight
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.pages.disclosures import public_file
from services.web.request.scope import today
from services.web.request.sources import Sources
from services.web.request.troubles import NOT_READ, PageRefused
from services.wording import city_names, figures, languages
from services.wording.act_names import DISCLOSURES_OF
from services.wording.languages import marked as _

router = APIRouter()

_CONNECT_SECONDS = 3.0
_STATEMENT_MS = 5_000
_PAPERS = 16
"""PDFs that are kept, a list of 2 000 lines being the largest."""


class Reader(NamedTuple):
    """Anybody: what they asked for, and one view of the books."""

    request: Request
    sources: Sources
    db: Db

    def page(self, template: str, status: HTTPStatus, **context: object) -> HTMLResponse:
        """Render a page that leads nowhere but to public pages."""
        other = "zh" if languages.chosen() == "en" else "en"
        frame = {"path": self.request.url.path, "other_language": other}
        templates = self.request.app.state.templates
        return HTMLResponse(templates.get_template(template).render(frame | context), status)


async def _read(request: Request) -> AsyncIterator[Reader]:
    sources: Sources = request.app.state.sources
    languages.choose("en" if request.query_params.get("lang") == "en" else "zh")
    city_names.choose(sources.policies.cities)
    sight.see(sight.PUBLIC)
    async with (
        sources.pool.acquire(timeout=_CONNECT_SECONDS) as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        await db.execute(f"SET LOCAL statement_timeout = {_STATEMENT_MS}")
        yield Reader(request, sources, db)


Anybody = Annotated[Reader, Depends(_read)]


class PublicIssue(NamedTuple):
    """What is shown at present, with what it says."""

    row: DisclosureRow
    file: PublicFile


async def _shown(reader: Reader, number: str = "") -> list[PublicIssue]:
    vault = reader.sources.vault
    rows = await disclosures.public(reader.db, today())
    found = []
    for row in rows:
        if vault is None or (number and row.number != number):
            continue
        file = await public_file(vault, row)
        if file is None:
            raise PageRefused(NOT_READ)
        found.append(PublicIssue(row, file))
    return found


@router.get("/public")
async def overview(reader: Anybody) -> Response:
    """List what is shown to the public today."""
    shown = await _shown(reader)
    return reader.page("public.html", HTTPStatus.OK, shown=shown, kinds=DISCLOSURES_OF)


@router.get("/public/{number}.pdf")
async def on_paper(reader: Anybody, number: str) -> Response:
    """The same list or statement as a PDF, in Chinese, as long as it is shown."""
    shown = await _shown(reader, number)
    if not shown:
        return reader.page("public_none.html", HTTPStatus.NOT_FOUND)
    languages.choose("zh")
    issue = shown[0]
    made = await asyncio.to_thread(
        _paper, issue.file, issue.row.file_digest, _period(issue), reader.sources.node_modules
    )
    headers = {"Content-Disposition": f'inline; filename="{number}-{issue.file.issue}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.get("/public/{number}")
async def detail(reader: Anybody, number: str) -> Response:
    """Show one list or statement, as long as it is shown; else say nothing of whether it ever was."""
    shown = await _shown(reader, number)
    if not shown:
        return reader.page("public_none.html", HTTPStatus.NOT_FOUND)
    ((row, file),) = shown
    table = _table(file)
    return reader.page("public_issue.html", HTTPStatus.OK, issue=row, file=file, table=table)


def _table(file: PublicFile) -> PageTable[Any]:
    return _grants(file) if file.kind == "grants" else _uses(file)


def _period(issue: PublicIssue) -> str:
    """For how long it is shown; a statement is shown until the next one."""
    from_on, to_on = issue.row.from_on, issue.row.to_on
    if issue.file.kind != "grants" or from_on is None or to_on is None:
        return ""
    return f"{figures.day(from_on)} 至 {figures.day(to_on)}"


@lru_cache(_PAPERS)
def _paper(file: PublicFile, digest: str, period: str, node_modules: Path) -> bytes:
    """Typeset it; anybody may ask, so what was made lately is kept."""
    grants = file.kind == "grants"
    days = f"{figures.day(file.since)} 至 {figures.day(file.until)}"
    whole = f"{figures.count(file.persons)} 人（家），{figures.yuan(file.total)} 元"
    said = [f"{'核准日' if grants else '到账日'} {days}，{whole}。"]
    if grants:
        said.append(
            f"公示期 {period}。有异议的，请在公示期内向受理单位提出：{file.office}，电话 {file.phone}。"
        )
    else:
        back = "不足五人，不列" if file.recovered is None else f"{figures.yuan(file.recovered)} 元"
        said.append(f"本年预算额度 {figures.yuan(file.allocated)} 元，收回 {back}。")
    title = f"{file.place}{file.about}{'拟发放名单公示' if grants else '使用情况'}"
    sheet = PublicSheet(title, said, file.number, file.issue, digest, file.until)
    return public_pdf(sheet, _table(file), node_modules)


def _grants(file: PublicFile) -> PageTable[PublicGrant]:
    columns: list[PageColumn[PublicGrant]] = [
        PageColumn(_("序号"), lambda r: r.no, ColumnKind.COUNT),
        PageColumn(_("姓名或单位"), lambda r: r.name),
        PageColumn(_("证件号码"), lambda r: r.number, ColumnKind.ID),
        PageColumn(_("金额（元）"), lambda r: r.amount, ColumnKind.AMOUNT),
    ]
    totals: dict[str, object] = {_("金额（元）"): file.total}
    return PageTable("list", _("拟发放名单"), columns, file.grants, totals)


def _uses(file: PublicFile) -> PageTable[PublicUse]:
    columns: list[PageColumn[PublicUse]] = [
        PageColumn(_("补贴项目"), lambda r: r.title),
        PageColumn(_("人（家）数"), lambda r: r.persons, ColumnKind.COUNT),
        PageColumn(_("笔数"), lambda r: r.payments, ColumnKind.COUNT),
        PageColumn(_("金额（元）"), lambda r: r.amount, ColumnKind.AMOUNT),
    ]
    totals: dict[str, object] = {_("金额（元）"): file.total}
    return PageTable("use", _("资金使用情况"), columns, file.uses, totals)
