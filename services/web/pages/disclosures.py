"""disclosures: public lists and statements: prepared by one, published by another, taken down."""

from datetime import date
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.disclosures import PublishDisclosure, RejectDisclosure, TakeDownDisclosure
from events.objections import Ground, RaiseObjection
from projections.queries import disclosures
from projections.queries.disclosures import DisclosureRow, ListedGrantRow
from services.disclosing import objecting, preparing
from services.disclosing.preparing import FundUseAsked, GrantsAsked, PreparedDisclosure
from services.disclosing.public_file import PublicFile, PublicGrant, PublicUse, read
from services.runtime.vault import Vault
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field, OnDay
from services.web.request.visit import Arrived, Visit
from services.wording import programmes
from services.wording.act_names import DISCLOSURES_OF, GROUNDS
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import APPLICATIONS, DISCLOSURES, OBJECTIONS, state_of

router = APIRouter()


class ShownLine(NamedTuple):
    """One line of a list, as the public reads it and as the books have it."""

    public: PublicGrant
    row: ListedGrantRow | None


def table(visit: Visit, rows: list[DisclosureRow]) -> PageTable[DisclosureRow]:
    """The lists and statements as a table."""
    policies = visit.sources.policies

    def detail(row: DisclosureRow) -> str:
        return visit.link(f"/disclosures/{segment(row.number)}")

    def about(row: DisclosureRow) -> str:
        if row.programme:
            return programmes.short(policies, row.programme)
        return FUND_NAMES.get(row.fund, row.fund)

    columns: list[PageColumn[DisclosureRow]] = [
        PageColumn(_("公示编号"), lambda r: r.number, ColumnKind.ID, detail),
        PageColumn(_("期"), lambda r: r.issue, ColumnKind.COUNT),
        PageColumn(
            _("状态"),
            lambda r: state_of(DISCLOSURES, r.shown_state(visit.scope.today)),
            ColumnKind.STATE,
        ),
        PageColumn(_("种类"), lambda r: translate(DISCLOSURES_OF[r.kind])),
        PageColumn(_("项目或资金"), about),
        PageColumn(_("区划"), lambda r: region_name(r.region) or None),
        PageColumn(_("起始日期"), lambda r: r.since, ColumnKind.DAY, wide_only=True),
        PageColumn(_("截止日期"), lambda r: r.until, ColumnKind.DAY, wide_only=True),
        PageColumn(_("公示起"), lambda r: r.from_on, ColumnKind.DAY),
        PageColumn(_("公示止"), lambda r: r.to_on, ColumnKind.DAY),
        PageColumn(_("提交"), lambda r: name_of(r.maker), wide_only=True),
        PageColumn(_("复核"), lambda r: name_of(r.checker), wide_only=True),
        PageColumn(_("行数"), lambda r: r.lines or None, ColumnKind.COUNT, detail),
        PageColumn(_("金额（元）"), lambda r: r.total_fen, ColumnKind.AMOUNT, detail),
    ]
    empty = _("还没有公示过。核准后可在此编一份拟发放名单，由另一人公布。")
    return PageTable("disclosures", _("公示"), columns, rows, {}, empty)


def lines_table(visit: Visit, name: str, lines: list[ShownLine]) -> PageTable[ShownLine]:
    """The lines of a list, each with its claim and whether somebody objects."""

    def application(line: ShownLine) -> str | None:
        return line.row and visit.link(f"/applications/{segment(line.row.application)}")

    def objections(line: ShownLine) -> str | None:
        return visit.link("/tasks/objections") if line.row and line.row.objection else None

    columns: list[PageColumn[ShownLine]] = [
        PageColumn(_("序号"), lambda r: r.public.no, ColumnKind.COUNT),
        PageColumn(_("姓名或单位"), lambda r: r.public.name),
        PageColumn(_("证件号码"), lambda r: r.public.number, ColumnKind.ID),
        PageColumn(
            _("申请号"), lambda r: r.row.application if r.row else None, ColumnKind.ID, application
        ),
        PageColumn(
            _("状态"),
            lambda r: state_of(APPLICATIONS, r.row.state) if r.row else None,
            ColumnKind.STATE,
        ),
        PageColumn(
            _("异议"),
            lambda r: state_of(OBJECTIONS, r.row.objected) if r.row and r.row.objected else None,
            ColumnKind.STATE,
            objections,
        ),
        PageColumn(_("金额（元）"), lambda r: r.public.amount, ColumnKind.AMOUNT, application),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(line.public.amount for line in lines)}
    return PageTable(name, _("名单"), columns, lines, totals)


def uses_table(
    visit: Visit, name: str, fund: str, uses: tuple[PublicUse, ...]
) -> PageTable[PublicUse]:
    """The rows of a statement, each leading to the payments that it sums."""

    def payments(use: PublicUse) -> str:
        return visit.link(
            "/disbursements", fund=fund, programme=list(use.programmes), state="settled"
        )

    columns: list[PageColumn[PublicUse]] = [
        PageColumn(_("补贴项目"), lambda r: r.title),
        PageColumn(_("人（家）数"), lambda r: r.persons, ColumnKind.COUNT),
        PageColumn(_("笔数"), lambda r: r.payments, ColumnKind.COUNT, payments),
        PageColumn(_("金额（元）"), lambda r: r.amount, ColumnKind.AMOUNT, payments),
    ]
    totals: dict[str, object] = {
        _("笔数"): sum(use.payments for use in uses),
        _("金额（元）"): sum(use.amount for use in uses),
    }
    return PageTable(name, _("资金使用情况"), columns, uses, totals)


@router.get("/disclosures")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List what the public is or was shown; prepare a list or a statement."""
    shown = table(visit, await disclosures.listed(visit.db, visit.scope.districts))
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "disclosures.html",
        translate("公示"),
        table=part(visit, shown, lambda r: r.number),
        programmes={
            one: programmes.short(visit.sources.policies, one)
            for one in visit.sources.policies.programmes
        },
        act=Act.new,
    )


@router.post("/disclosures/grants")
async def prepare_grants(
    visit: Arrived, command: Field, programme: Field, region: Field, since: OnDay, until: OnDay
) -> Response:
    """Lay a list of grants before a second person."""
    policies = visit.sources.policies
    asked = GrantsAsked(
        one_of("programme", programme, policies.programmes),
        one_of("region", region, visit.cities.served),
        since,
        _not_before(since, until),
    )
    vault, who = visit.vault("公示"), visit.actor.id
    try:
        made = await preparing.grants(visit.db, vault, policies, asked, who, visit.scope.today)
    except preparing.NothingToShow as nothing:
        raise NotUnderstood("until", nothing.what) from nothing
    return await _lay(visit, command, made)


@router.post("/disclosures/fund-use")
async def prepare_fund_use(
    visit: Arrived, command: Field, fund: Field, region: Field, since: OnDay, until: OnDay
) -> Response:
    """Lay a statement of how a fund was used before a second person."""
    asked = FundUseAsked(
        one_of("fund", fund, FUND_NAMES),
        one_of("region", region, visit.cities.served),
        since,
        _not_before(since, until),
    )
    policies, today = visit.sources.policies, visit.scope.today
    try:
        made = await preparing.fund_use(visit.db, policies, asked, visit.actor.id, today)
    except preparing.NothingToShow as nothing:
        raise NotUnderstood("until", nothing.what) from nothing
    return await _lay(visit, command, made)


@router.post("/disclosures/{number}/again")
async def prepare_again(visit: Arrived, number: str, command: Field) -> Response:
    """Lay the next issue of a list before a second person: without whoever has left."""
    vault, policies = visit.vault("公示"), visit.sources.policies
    try:
        made = await preparing.again(visit.db, vault, policies, number, visit.actor.id)
    except preparing.NotShown as error:
        raise PageRefused(NOT_FOUND) from error
    except preparing.NothingToShow as nothing:
        raise NotUnderstood("number", nothing.what) from nothing
    return await _lay(visit, command, made)


async def _lay(visit: Visit, command: str, made: PreparedDisclosure) -> Response:
    """Keep the file in the vault, and ask for it to wait for another person."""
    number = made.command.number
    back = f"/disclosures/{number}"
    if visit.scope.historical or not visit.actor.id:
        return visit.page("not_allowed.html", translate("不能办理"), back=visit.link(back))
    await visit.vault("公示").store_file(made.name, made.content, preparing.PURPOSE, visit.actor.id)
    return await send(visit, Act(command, streams.disclosure(number), made.command), back)


@router.get("/disclosures/{number}")
async def detail(
    visit: Arrived, number: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Read the last issue as the public does; whoever did not prepare it may publish it."""
    issues = await disclosures.issues(visit.db, number)
    if not issues:
        raise PageRefused(NOT_FOUND)
    last = issues[0]
    file = await public_file(visit.vault("公示"), last)
    rows = await disclosures.lines(visit.db, number, last.issue, last.digest)
    shown = _shown_table(visit, last, file, rows)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "disclosure.html",
        translate("公示 {number}", number=number),
        issue=last,
        file=file,
        table=shown,
        rows=rows,
        left=[row for row in rows if row.state != "granted"],
        state=state_of(DISCLOSURES, last.shown_state(visit.scope.today)),
        kind=DISCLOSURES_OF[last.kind],
        issues=table(visit, issues),
        is_public=any(one.is_public(visit.scope.today) for one in issues),
        grounds=GROUNDS,
        maker=name_of(last.maker),
        checker=name_of(last.checker),
        act=Act.new,
    )


def _shown_table(
    visit: Visit, last: DisclosureRow, file: PublicFile | None, rows: list[ListedGrantRow]
) -> PageTable[Any]:
    if last.kind == "grants":
        return lines_table(visit, last.number, _lines(file, rows))
    return uses_table(visit, last.number, last.fund, file.uses if file else ())


def _lines(file: PublicFile | None, rows: list[ListedGrantRow]) -> list[ShownLine]:
    """Put what the public reads beside the books, line by line; masked whole where the file is gone."""
    if file is None:
        return [
            ShownLine(PublicGrant(no, "***", "***", row.amount_fen), row)
            for no, row in enumerate(rows, start=1)
        ]
    # a claim that the books do not know (any more) would shift the rest: then none is put beside
    agree = [one.amount for one in file.grants] == [row.amount_fen for row in rows]
    return [ShownLine(one, rows[no] if agree else None) for no, one in enumerate(file.grants)]


async def public_file(vault: Vault, issue: DisclosureRow) -> PublicFile | None:
    """What an issue says to the public, exactly as its digest names it; None where it is not kept."""
    kept = await vault.load_file(issue.file_digest)
    if kept is None or sha256(kept.content).hexdigest() != issue.file_digest:
        return None
    return read(kept.content)


@router.post("/disclosures/{number}/publish")
async def publish(visit: Arrived, number: str, command: Field, digest: Field) -> Response:
    """Ask for exactly the issue with this digest to be shown; the ledger keeps people apart."""
    waiting = next(
        (one for one in await disclosures.issues(visit.db, number) if one.digest == digest), None
    )
    if waiting is not None and await public_file(visit.vault("公示"), waiting) is None:
        raise NotUnderstood("digest", translate("身份库里没有这份文件"))
    body = PublishDisclosure(number=number, digest=digest, checker=visit.actor.id)
    return await _of(visit, number, command, body)


@router.post("/disclosures/{number}/reject")
async def reject(visit: Arrived, number: str, command: Field, reason: Field) -> Response:
    """Ask for an issue to go back to whoever prepared it."""
    body = RejectDisclosure(number=number, checker=visit.actor.id, reason=reason.strip())
    return await _of(visit, number, command, body)


@router.post("/disclosures/{number}/take-down")
async def take_down(
    visit: Arrived, number: str, command: Field, document: DocumentTyped, reason: Field
) -> Response:
    """Ask for it to be shown no more."""
    body = TakeDownDisclosure(
        number=number, document=document.strip(), reason=reason.strip(), by=visit.actor.id
    )
    return await _of(visit, number, command, body)


async def _of(
    visit: Visit,
    number: str,
    command: str,
    body: PublishDisclosure | RejectDisclosure | TakeDownDisclosure,
) -> Response:
    if not await disclosures.issues(visit.db, number):
        raise PageRefused(NOT_FOUND)
    act = Act(command, streams.disclosure(number), body)
    return await send(visit, act, f"/disclosures/{number}")


@router.post("/disclosures/{number}/object")
async def object_to(
    visit: Arrived,
    number: str,
    command: Field,
    application: Field,
    ground: Annotated[Ground, Form()],
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Record an objection to a line: its payments wait until another person has found out."""
    issues = await disclosures.issues(visit.db, number)
    listed = [
        row.application
        for one in issues
        for row in await disclosures.lines(visit.db, number, one.issue, one.digest)
    ]
    if application not in listed:
        raise NotUnderstood("application", translate("不在这份名单上"), application)
    body = RaiseObjection(
        objection=objecting.objection_number(command),
        application=application,
        disclosure=number,
        ground=ground,
        document=document.strip(),
        reason=reason.strip(),
        by=visit.actor.id,
    )
    stream = await objecting.stream_of(visit.db, application)
    return await send(visit, Act(command, stream, body), f"/disclosures/{number}")


def _not_before(since: date, until: date) -> date:
    if until < since:
        raise NotUnderstood("until", translate("不能早于起始日期"), until.isoformat())
    return until
