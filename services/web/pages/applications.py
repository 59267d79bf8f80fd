"""applications: search them, and read one's whole trail."""

from datetime import date
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import application_detail as one
from projections.queries import applications, credit, keyset, objections, trail
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import between, chips, if_set, listed, quoted
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.fields import each_of
from services.web.request.parameters import Since, Size, Text, Texts, Until
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.web.trail.application import stages
from services.web.trail.summary import summary
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.reasons import CHANNELS, reason, stated
from services.wording.states import AFTER_PAYMENT, APPLICATIONS, LINE_STATES, OBJECTIONS, state_of

router = APIRouter()


def table(
    visit: Visit, rows: list[applications.ApplicationRow], total: applications.ApplicationTotal
) -> PageTable[applications.ApplicationRow]:
    """The list as a table."""
    policies = visit.sources.policies

    def page_of(row: applications.ApplicationRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    columns: list[PageColumn[applications.ApplicationRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, page_of),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.region)),
        PageColumn(_("申请日"), lambda r: r.applied_on, ColumnKind.DAY, wide_only=True),
        PageColumn(_("受理日"), lambda r: r.filed_on, ColumnKind.DAY),
        PageColumn(_("决定"), lambda r: state_of(APPLICATIONS, r.state), ColumnKind.STATE),
        PageColumn(_("原因"), lambda r: reason(r.code), wide_only=True),
        PageColumn(
            _("支付"), lambda r: r.payment and state_of(AFTER_PAYMENT, r.payment), ColumnKind.STATE
        ),
        PageColumn(_("核定金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(
            _("已到账（元）"), lambda r: r.paid_fen, ColumnKind.AMOUNT, page_of, wide_only=True
        ),
    ]
    return PageTable(
        "applications",
        _("申请"),
        columns,
        rows,
        {_("核定金额（元）"): total.amount_fen},
        _("没有符合条件的申请。"),
    )


def filter_of(
    visit: Visit,
    state: list[str],
    programme: list[str],
    since: date | None,
    until: date | None,
    q: str,
    code: str,
    policy: str,
) -> applications.ApplicationFilter:
    """Read which applications an address asks for.

    Raises: NotUnderstood
    """
    names = programmes.titles(visit.sources.policies)
    return applications.ApplicationFilter(
        each_of("state", listed(state), APPLICATIONS),
        each_of("programme", listed(programme), names),
        since,
        until,
        q.strip(),
        code.strip(),
        policy,
    )


@router.get("/applications")
async def search(
    visit: Arrived,
    state: Texts = [],  # noqa: B006 -- FastAPI copies it
    programme: Texts = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    code: Text = "",
    policy: Text = "",
    q: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """Search applications."""
    names = programmes.titles(visit.sources.policies)
    wanted = filter_of(visit, state, programme, since, until, q, code, policy)
    at = read_page(after, before, size)
    total = await applications.total(visit.db, visit.scope, wanted)
    found = ListPage(
        visit,
        partial(applications.page, visit.db, visit.scope, wanted),
        lambda row: keyset.Mark(row.filed_on, row.application),
        lambda rows: table(visit, rows, total),
        total.number,
    )
    if csv:
        return found.csv()
    return visit.page(
        "applications.html",
        translate("申请 {n} 件", n=figures.count(total.number)),
        table=await found.shown(at),
        total=total,
        wanted=wanted,
        unmasked=_unmasked(visit),
        states={code: s for code, s in APPLICATIONS.items() if code in _SEARCHED},
        programmes=names,
        chips=chips(
            visit,
            state={code: translate(state_of(APPLICATIONS, code).word) for code in wanted.states},
            programme={name: names.get(name, name) for name in wanted.programmes},
            **between(since, until),
            code=if_set(code, reason(code)),
            policy=if_set(policy, translate("政策 {hash}", hash=policy[:12])),
            q=quoted(q),
        ),
    )


def _unmasked(visit: Visit) -> str:
    """Where the same list is exported with names and numbers in full."""
    return visit.here(after=None, before=None, size=None).replace(
        "/applications", "/applications/unmasked", 1
    )


_SEARCHED = {
    "filed", "proposed", "referred", "held", "granted", "denied", "withdrawn", "lapsed",
}  # fmt: skip


@router.get("/applications/{key}")
async def detail(visit: Arrived, key: str, csv: str | None = None) -> Response:
    """Read one application's whole trail."""
    found = await one.application_found(visit.db, visit.scope, key)
    if found is None:
        raise PageRefused(NOT_FOUND)
    facts = await trail.of_application(visit.db, visit.scope, key)
    entries = await one.entries(visit.db, visit.scope, key)
    way = await stages(visit, found, facts, entries)
    if csv:
        return visit.csv(way.postings)
    names = await visit.names([found.beneficiary, found.payee])
    return visit.page(
        "application.html",
        key,
        key=key,
        found=found,
        programme=programmes.title(visit.sources.policies, found.programme),
        region=region_name(found.region),
        trail=way,
        summary=summary(found, way),
        objected=[
            (held, state_of(OBJECTIONS, held.state))
            for held in await objections.holding(visit.db, key, visit.scope.as_of)
            if not held.clawback
        ],
        who=names.get(found.beneficiary),
        payee=names.get(found.payee),
        person=await one.person(visit.db, visit.scope, found.beneficiary),
        credit=await credit.of(visit.db, visit.scope, found.payee),
        segment=segment,
        line_state=lambda line: LINE_STATES[line.verdict],
        label=programmes.label,
        stated=stated,
        channel=translate(CHANNELS.get(found.channel, found.channel)),
    )
