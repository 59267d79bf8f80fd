"""application files: applications from a table: template, report, hand in, release by another person."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from events import streams
from events.application_files import RejectApplications, ReleaseApplications
from events.days import legal_day
from policies.engine.programme_names import programmes_served
from policies.engine.registry import Policies
from projections.queries import application_files
from projections.queries.application_files import ApplicationFileRow
from services.application_files import template
from services.application_files.checking import CheckedApplications, check
from services.application_files.publishing import hold
from services.application_files.report import ApplicationReportLine, counts, report
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.spreadsheets.workbooks import MEDIA_TYPE
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood
from services.web.request.parameters import Text
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import APPLICATION_FILE_ROWS, APPLICATION_FILES, state_of

router = APIRouter()

PURPOSE = "applications"
SHOWN = 500
_HOME = "/applications/import"


def table(visit: Visit, rows: list[ApplicationFileRow]) -> PageTable[ApplicationFileRow]:
    """Files as a table."""

    def page_of(row: ApplicationFileRow) -> str:
        return visit.link(f"{_HOME}/{segment(row.number)}")

    columns: list[PageColumn[ApplicationFileRow]] = [
        PageColumn(_("文件编号"), lambda r: r.number, ColumnKind.ID, page_of),
        PageColumn(_("状态"), lambda r: state_of(APPLICATION_FILES, r.state), ColumnKind.STATE),
        PageColumn(_("区划"), lambda r: region_name(r.region) or None),
        PageColumn(_("报送来源"), lambda r: r.source, ColumnKind.ID, wide_only=True),
        PageColumn(_("提交日"), lambda r: r.held_on, ColumnKind.DAY),
        PageColumn(_("提交"), lambda r: name_of(r.maker)),
        PageColumn(_("放行"), lambda r: name_of(r.checker), wide_only=True),
        PageColumn(_("行数"), lambda r: r.rows, ColumnKind.COUNT, page_of),
        PageColumn(_("报送（件）"), lambda r: r.applications, ColumnKind.COUNT, page_of),
        PageColumn(_("退回（行）"), lambda r: r.refused, ColumnKind.COUNT, page_of),
    ]
    totals: dict[str, object] = {
        _("行数"): sum(r.rows for r in rows),
        _("报送（件）"): sum(r.applications for r in rows),
        _("退回（行）"): sum(r.refused for r in rows),
    }
    return PageTable(
        "application-files", _("申请文件"), columns, rows, totals if rows else {},
        _("还没有提交过申请文件。没有业务系统的，请按模板填好后在此提交。"),
    )  # fmt: skip


def rows_table(
    visit: Visit, lines: list[ApplicationReportLine], name: str, source: str = ""
) -> PageTable[ApplicationReportLine]:
    """A file's rows as a table, masked; those that the ledger has lead to their application."""
    law = visit.sources.policies

    def page_of(line: ApplicationReportLine) -> str | None:
        known = line.finding in ("known", "conflicting")
        return (
            visit.link(f"/applications/{segment(f'{source}:{line.application}')}")
            if known
            else None
        )

    columns: list[PageColumn[ApplicationReportLine]] = [
        PageColumn(_("文件行"), lambda r: r.row, ColumnKind.COUNT),
        PageColumn(_("核对"), lambda r: APPLICATION_FILE_ROWS[r.finding], ColumnKind.STATE),
        PageColumn(_("申请号"), lambda r: r.application or None, ColumnKind.ID, page_of),
        PageColumn(
            _("补贴项目"), lambda r: programmes.short(law, r.programme) if r.programme else None
        ),
        PageColumn(_("姓名或单位"), lambda r: r.name or None),
        PageColumn(_("证件号码"), lambda r: r.number or None, ColumnKind.ID, wide_only=True),
        PageColumn(_("收款人"), lambda r: r.payee or None, wide_only=True),
        PageColumn(_("说明"), lambda r: r.remark or None),
    ]
    return PageTable(name, _("逐行核对"), columns, lines, {}, _("文件里没有数据行。"))


@router.get(_HOME)
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List files; give templates away; hand a file in."""
    shown = table(visit, await application_files.listed(visit.db, visit.scope.districts))
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    law = visit.sources.policies
    return visit.page(
        "application_files.html",
        translate("申请文件 {n} 份", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: r.number),
        programmes=_offered(law),
        act=Act.new(),
    )


def _offered(law: Policies) -> list[tuple[str, str]]:
    """The programmes that have a template here, as titles and ids; where titles are alike, both."""
    served = programmes_served(law)
    called = Counter(programmes.title(law, one) for one in served)
    return sorted(
        (f"{title}（{one}）" if called[title] > 1 else title, one)
        for one in served
        for title in (programmes.title(law, one),)
    )


@router.get(f"{_HOME}/template.{{kind}}")
async def form(visit: Arrived, kind: str, programme: Text = "") -> Response:
    """Give a programme's template away, as a workbook or as CSV."""
    if kind not in ("xlsx", "csv"):
        raise PageRefused(NOT_FOUND)
    if programme not in visit.sources.policies.programmes:
        raise NotUnderstood("programme", translate("没有这个补贴项目"), programme)
    make, media = (
        (template.xlsx, MEDIA_TYPE)
        if kind == "xlsx"
        else (template.as_csv, "text/csv; charset=utf-8")
    )
    content = await asyncio.to_thread(make, visit.sources.policies, [programme])
    disposition = f'attachment; filename="applications-{programme}.{kind}"'
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})


@router.post(_HOME)
async def hand_in(
    visit: Arrived, command: Field, region: Field, file: UploadFile, source: Note = ""
) -> Response:
    """Check a file; keep it in the vault, and let it wait for another person."""
    vault = visit.vault()
    if visit.scope.historical or not visit.actor.id:
        back = visit.link(_HOME)
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    name, content = await read_upload(file)
    named = source or f"excel-{region}"
    checked = await _checked(visit, content, named, region, legal_day(datetime.now(UTC)))
    if not checked.applications:
        shown = rows_table(visit, report(checked, None)[:SHOWN], "application-file")
        return visit.page(
            "application_file_refused.html", translate("没有可以报送的行"), table=shown
        )
    await vault.store_file(name, content, PURPOSE, visit.actor.id)
    stream = streams.application_file(checked.number)
    act = Act(command, stream, hold(checked, visit.actor.id))
    return await send(visit, act, f"{_HOME}/{checked.number}")


@router.get(f"{_HOME}/{{number}}")
async def detail(
    visit: Arrived, number: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Read a file row by row; whoever did not hand it in may release it or send it back."""
    vault = visit.vault()
    found = await application_files.one(visit.db, number)
    file = await vault.load_file(found.file_digest) if found else None
    if found is None or file is None:
        raise PageRefused(NOT_FOUND)
    checked = await _checked(visit, file.content, found.source, found.region, found.held_on)
    keys = [one.claim.key for one in checked.applications]
    lines = report(checked, await application_files.recorded(visit.db, keys))
    shown = rows_table(visit, lines, f"applications-{number}", found.source)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    first = sorted(lines, key=_to_look_at)[:SHOWN]
    return visit.page(
        "application_file.html",
        translate("申请文件 {number}", number=number),
        found=found,
        state=state_of(APPLICATION_FILES, found.state),
        counts=[(APPLICATION_FILE_ROWS[kind], number) for kind, number in counts(lines).items()],
        changed=checked.digest != found.digest,
        table=rows_table(visit, first, shown.name, found.source),
        more=max(len(lines) - SHOWN, 0),
        region=region_name(found.region),
        release=Act.new(),
        reject=Act.new(),
        maker=name_of(found.maker),
        checker=name_of(found.checker),
    )


@router.post(f"{_HOME}/{{number}}/release")
async def release(visit: Arrived, number: str, command: Field, digest: Field) -> Response:
    """Ask for exactly the list with this digest to be published; the ledger keeps people apart."""
    body = ReleaseApplications(number=number, checker=visit.actor.id, digest=digest)
    act = Act(command, streams.application_file(number), body)
    return await send(visit, act, f"{_HOME}/{number}")


@router.post(f"{_HOME}/{{number}}/reject")
async def reject(visit: Arrived, number: str, command: Field, reason: Field) -> Response:
    """Ask for a file to go back to whoever handed it in."""
    body = RejectApplications(number=number, checker=visit.actor.id, reason=reason.strip())
    act = Act(command, streams.application_file(number), body)
    return await send(visit, act, f"{_HOME}/{number}")


async def _checked(
    visit: Visit, content: bytes, source: str, region: str, today: date
) -> CheckedApplications:
    law = visit.sources.policies
    return await asyncio.to_thread(check, content, source, region, law, today)


def _to_look_at(line: ApplicationReportLine) -> tuple[int, int]:
    """What needs a look comes first."""
    order = ("refused", "conflicting", "twice", "known", "taken")
    return order.index(line.finding), line.row
