"""reports: what was issued of the books; a report made, looked at, issued, taken back, verified.

Holds: what is issued is exactly what was looked at: the same position, the same digest
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from events import streams
from events.reports import WithdrawReport
from projections.queries import issued_reports
from projections.queries.connection import Lent
from projections.queries.position_vector import PositionVector
from services.reports.content import MadeReport
from services.reports.issuing import MEDIA, prepare
from services.reports.kinds import KINDS, UnknownKind
from services.reports.making import BooksBehind, BooksStopped, BooksUnbalanced, make
from services.reports.parameters import CALLED, WrongParameter, named
from services.reports.verifying import Verifier
from services.runtime.postgres import sight
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.parts.report_tables import issued_table, report_tables, title_of
from services.web.request import long_work
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.parameters import Text
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.languages import translate
from services.wording.states import REPORTS, state_of

router = APIRouter()


@router.get("/reports")
async def overview(
    visit: Arrived, kind: Text = "", csv: str | None = None, xlsx: str | None = None
) -> Response:
    """List the reports that were issued."""
    one_of("kind", kind, KINDS)
    shown = issued_table(visit, await issued_reports.listed(visit.db, visit.scope, kind))
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "reports.html",
        translate("报表 {n} 份", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: r.number),
        kinds=KINDS,
        kind=kind,
    )


@router.get("/reports/new")
async def preview(
    visit: Arrived,
    kind: Text = "fund-month",
    area: Text = "",
    fund: Text = "",
    month: Text = "",
    quarter: Text = "",
    year: Text = "",
    on: Text = "",
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """Ask for a report, and look at it before it is issued."""
    if kind not in KINDS:
        raise PageRefused(NOT_FOUND)
    asks = KINDS[kind].asks
    typed = {"area": area, "fund": fund, "month": month, "quarter": quarter, "year": year, "on": on}
    given = {name: value for name, value in typed.items() if name in asks}
    asked = all(given[name] for name in asks if name != "fund")
    if asked:
        await long_work.of_the_ledger(visit, _work(kind, given))
    report, trouble = await _made(visit, kind, given) if asked else (None, None)
    tables = report_tables(visit, report) if report else []
    for table in tables:
        if csv == table.name:
            return visit.csv(table)
        if xlsx == table.name:
            return visit.xlsx(table)
    return visit.page(
        "report_new.html",
        title_of(kind),
        kind=KINDS[kind],
        fields={name: translate(CALLED[name]) for name in asks},
        given=given,
        report=report,
        tables=tables,
        trouble=trouble,
        act=Act.new(),
    )


@router.post("/reports")
async def issue(
    visit: Arrived,
    command: Field,
    kind: Field,
    area: Field,
    vector: Note = "",
    digest: Note = "",
    fund: Note = "",
    month: Note = "",
    quarter: Note = "",
    year: Note = "",
    on: Note = "",
) -> Response:
    """Issue exactly the report that was looked at: keep its files, and ask for it to be recorded."""
    vault = visit.vault("收发报表文件")
    if visit.scope.historical or not visit.actor.id:
        back = visit.link("/reports")
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    if kind not in KINDS:
        raise PageRefused(NOT_FOUND)
    typed = {"area": area, "fund": fund, "month": month, "quarter": quarter, "year": year, "on": on}
    given = {name: value for name, value in typed.items() if name in KINDS[kind].asks}
    try:
        at = PositionVector.parse(vector)
    except ValueError as error:
        raise NotUnderstood("vector", translate("已失效")) from error
    await long_work.of_the_ledger(visit, translate("签发 {what}", what=_work(kind, given)))
    report, trouble = await _made(visit, kind, given, at)
    if report is None or report.digest != digest:
        return visit.page(
            "report_new.html",
            title_of(kind),
            kind=KINDS[kind],
            fields={name: translate(CALLED[name]) for name in KINDS[kind].asks},
            given=given,
            report=report,
            tables=report_tables(visit, report) if report else [],
            trouble=trouble or translate("数字与您看到的不同，没有签发。请再看一遍。"),
            act=Act.new(),
        )
    body = await prepare(report, vault, visit.actor.id, visit.sources.node_modules)
    return await send(
        visit, Act(command, streams.report(report.number), body), f"/reports/{report.number}"
    )


@router.get("/reports/verify")
async def verify_form(visit: Arrived) -> Response:
    """Ask for a file to be verified."""
    return visit.page("report_verify.html", translate("报表核验"), found=None, name="")


@router.post("/reports/verify")
async def verify(visit: Arrived, file: UploadFile, number: Note = "") -> Response:
    """Say whether a file is the report that was issued, and whether the books still say so."""
    name, content = await read_upload(file)
    async with _folding(visit) as connection:
        found = await _verifier(visit, connection).file(content, number)
    report = found.report
    if report is not None and await issued_reports.one(visit.db, report.number) is None:
        # of another district: as if it had never been issued
        async with visit.sources.pool.acquire() as connection:
            found = await _verifier(visit, connection).file(content, number)
        report = found.report
    return visit.page(
        "report_verify.html",
        translate("报表核验"),
        found=found,
        name=name,
        title_of=title_of(report.kind) if report else "",
        asked=named(report.parameters, visit.sources.policies) if report else (),
    )


@router.get("/reports/{number}")
async def detail(
    visit: Arrived, number: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Show a report as the books give it at its position, with what it is proved by."""
    found = await issued_reports.one(visit.db, number)
    if found is None:
        raise PageRefused(NOT_FOUND)
    work = translate("核对 {what}", what=f"{title_of(found.kind)} {number}")
    await long_work.of_the_ledger(visit, work)
    async with _folding(visit) as connection:
        answer = await _verifier(visit, connection).issued(number)
    tables = report_tables(visit, answer.made) if answer.made else []
    for table in tables:
        if csv == table.name:
            return visit.csv(table)
        if xlsx == table.name:
            return visit.xlsx(table)
    return visit.page(
        "report.html",
        f"{title_of(found.kind)} {number}",
        row=found,
        named=named(found.parameters, visit.sources.policies),
        title_of=title_of(found.kind),
        state=state_of(REPORTS, found.state),
        region=region_name(found.region),
        answer=answer,
        tables=tables,
        files=found.files,
        maker=name_of(found.maker),
        checker=name_of(found.checker),
        withdraw=Act.new(),
    )


@router.get("/reports/{number}/file.{kind}")
async def file_of(visit: Arrived, number: str, kind: str) -> Response:
    """Hand a kept file out, byte by byte as it was issued."""
    found = await issued_reports.one(visit.db, number)
    digest = found.files.get(kind) if found else None
    file = await visit.vault("收发报表文件").load_file(digest) if digest else None
    if file is None or kind not in MEDIA:
        raise PageRefused(NOT_FOUND)
    disposition = f'attachment; filename="{file.name}"'
    return Response(
        file.content, media_type=MEDIA[kind], headers={"Content-Disposition": disposition}
    )


@router.post("/reports/{number}/withdraw")
async def withdraw(visit: Arrived, number: str, command: Field, reason: Field) -> Response:
    """Ask for a report to be taken back; the ledger keeps people apart."""
    body = WithdrawReport(number=number, checker=visit.actor.id, reason=reason)
    return await send(visit, Act(command, streams.report(number), body), f"/reports/{number}")


def _work(kind: str, given: dict[str, str]) -> str:
    """What a report is called while it is made."""
    return " ".join([title_of(kind), *filter(None, given.values())])


async def _made(
    visit: Visit,
    kind: str,
    given: dict[str, str],
    vector: PositionVector | None = None,
) -> tuple[MadeReport | None, str | None]:
    """A report, or why there is none; only of a region and of funds that this session sees."""
    one_of("area", given.get("area", "").lstrip("="), visit.cities.served)
    if not visit.sees_every_fund and "fund" in KINDS[kind].asks:
        one_of("fund", given.get("fund", "") or "*", visit.funds)
    try:
        async with _folding(visit) as connection:
            report = await make(connection, visit.sources.policies, kind, given, vector)
    except WrongParameter as error:
        if error.name in CALLED and vector is None:
            raise NotUnderstood(error.name, translate("写法不对")) from error
        return None, str(error)
    except (UnknownKind, BooksBehind, BooksStopped, BooksUnbalanced) as error:
        return None, str(error)
    return report, None


def _verifier(visit: Visit, connection: Lent) -> Verifier:
    vault = visit.vault("收发报表文件")
    return Verifier(connection, vault, visit.sources.policies, visit.sources.node_modules)


@asynccontextmanager
async def _folding(visit: Visit) -> AsyncIterator[Lent]:
    """A connection that sees whole histories: a report of a region is folded from every fact of it, also
    of an account that serves other districts too.

    Holds: a report says nothing of a region that it is not asked of
    """
    with sight.seeing(sight.EVERYTHING):
        lent = await visit.sources.pool.acquire()
    try:
        yield lent
    finally:
        await visit.sources.pool.release(lent)
