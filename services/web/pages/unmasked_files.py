"""unmasked files: a list of applications with names and numbers in full, for a purpose, behind a code.

Holds: the file is written behind the fact that allows it, for whoever asked, in the session in which
       it was asked, for some minutes; it says itself who took it out, when, what for, under which number
"""

import uuid
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from events import streams
from events.looks import MOST_EXPORTED, ExportUnmasked, UnmaskedExported
from projections.queries import applications, looks
from projections.queries.keyset import Mark, pages
from services.runtime.vault.reading import PlainParty
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable, csv_lines
from services.spreadsheets.workbooks import MEDIA_TYPE, workbook
from services.web.acts.looking import PURPOSES, allowing, at_once, session_of, to_its_answer, why_of
from services.web.acts.sending import Act, send
from services.web.pages.applications import filter_of
from services.web.request import cookies
from services.web.request.parameters import Since, Text, Texts, Until
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import APPLICATIONS, state_of

router = APIRouter()

_OPEN_FOR = timedelta(minutes=10)


class _Line(NamedTuple):
    """One application with its person in full; None where the vault has nobody (any more)."""

    row: looks.ExportedRow
    party: PlainParty | None


async def _listed(
    visit: Visit, wanted: applications.ApplicationFilter
) -> list[applications.ApplicationRow]:
    """The applications of a filter, at most one more than a file may have."""
    found: list[applications.ApplicationRow] = []
    read = partial(applications.page, visit.db, visit.scope, wanted)
    async for rows in pages(read, lambda row: Mark(row.filed_on, row.application)):
        found += rows
        if len(found) > MOST_EXPORTED:
            break
    return found[: MOST_EXPORTED + 1]


def _region_of(visit: Visit, rows: list[applications.ApplicationRow]) -> str:
    """The region that a file is about: that of the scope, that of all its rows, or their city."""
    regions = {row.region for row in rows}
    if visit.scope.district:
        return visit.scope.district
    if len(regions) == 1:
        return next(iter(regions))
    return next(iter({region[:4] + "00" for region in regions}), "")


@router.get("/applications/unmasked")
async def ask(
    visit: Arrived,
    state: Texts = [],  # noqa: B006 -- FastAPI copies it
    programme: Texts = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    code: Text = "",
    policy: Text = "",
    q: Text = "",
) -> Response:
    """Say what the file would hold, and ask what for."""
    wanted = filter_of(visit, state, programme, since, until, q, code, policy)
    return await _asked(visit, wanted)


async def _asked(visit: Visit, wanted: applications.ApplicationFilter) -> Response:
    total = await applications.total(visit.db, visit.scope, wanted)
    answer = visit.page(
        "unmasked.html",
        translate("导出完整的个人信息"),
        number=total.number,
        most=MOST_EXPORTED,
        purposes=PURPOSES,
        command=Act.new(),
        here=visit.here(),
        back=visit.here().replace("/applications/unmasked", "/applications", 1),
    )
    if total.number > MOST_EXPORTED:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


@router.post("/applications/unmasked")
async def export(
    visit: Arrived,
    command: Field,
    purpose: Field,
    more: Note = "",
    state: Texts = [],  # noqa: B006
    programme: Texts = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    code: Text = "",
    policy: Text = "",
    q: Text = "",
) -> Response:
    """Put on record who takes whose data out, and what for; the file is written behind that."""
    wanted = filter_of(visit, state, programme, since, until, q, code, policy)
    rows = await _listed(visit, wanted)
    if not 0 < len(rows) <= MOST_EXPORTED:
        return await _asked(visit, wanted)
    body = ExportUnmasked(
        user=visit.actor.id,
        region=_region_of(visit, rows),
        applications=tuple(row.application for row in rows),
        parties=tuple(dict.fromkeys(row.beneficiary for row in rows)),
        purpose=why_of(purpose, more),
        address=cookies.address_of(visit.request)[:64],
        session=session_of(visit),
    )
    page = f"/applications/unmasked/{command}"
    answer = await send(visit, Act(command, streams.looks(visit.actor.id), body), page)
    return await at_once(visit, answer, command, page)


@router.get("/applications/unmasked/{command}")
async def file(
    visit: Arrived, command: uuid.UUID, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Give the file out, to whoever asked for it, in the same session, for some minutes."""
    allowed = await allowing(visit, command, UnmaskedExported)
    if allowed is None:
        return to_its_answer(visit, command)
    body, at = allowed
    over = datetime.now(UTC) - at > _OPEN_FOR
    if over or not (csv or xlsx):
        return visit.page(
            "unmasked_file.html",
            translate("导出完整的个人信息"),
            look=body,
            at=at,
            over=over,
            back=visit.link("/applications"),
        )
    table = _table(visit, await _lines(visit, body, str(command)))
    mark = translate(
        "含完整个人信息 导出编号 {number} 导出人 {who} 时间 {at} 目的 {why}",
        number=body.number,
        who=visit.actor.name,
        at=figures.moment(at),
        why=body.purpose,
    )
    return _written(table, mark, body.number, as_csv=bool(csv))


async def _lines(visit: Visit, body: UnmaskedExported, command: str) -> list[_Line]:
    parties = await visit.vault("导出个人信息").unmasked(
        body.parties, body.purpose, visit.actor.id, command
    )
    rows = await looks.exported(visit.db, body.applications)
    return [_Line(row, parties.get(row.beneficiary)) for row in rows]


def _table(visit: Visit, lines: list[_Line]) -> PageTable[_Line]:
    policies = visit.sources.policies
    columns: list[PageColumn[_Line]] = [
        PageColumn(_("申请号"), lambda r: r.row.application, ColumnKind.ID),
        PageColumn(_("姓名或名称"), lambda r: r.party and r.party.name),
        PageColumn(_("证件号码"), lambda r: r.party and r.party.number, ColumnKind.ID),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.row.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.row.region)),
        PageColumn(_("受理日"), lambda r: r.row.filed_on, ColumnKind.DAY),
        PageColumn(_("决定"), lambda r: state_of(APPLICATIONS, r.row.state), ColumnKind.STATE),
        PageColumn(_("核定金额（元）"), lambda r: r.row.amount_fen, ColumnKind.AMOUNT),
    ]
    return PageTable("unmasked", _("申请（含完整个人信息）"), columns, lines)


def _written(table: PageTable[_Line], mark: str, number: str, *, as_csv: bool) -> Response:
    name = f"{number}.{'csv' if as_csv else 'xlsx'}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    if not as_csv:
        about = [(translate("导出编号"), number), (translate("说明"), mark)]
        return Response(workbook(table, about, mark), media_type=MEDIA_TYPE, headers=headers)

    async def one_page() -> AsyncIterator[Iterable[_Line]]:
        yield table.rows

    return StreamingResponse(
        csv_lines(table, one_page(), mark),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )
