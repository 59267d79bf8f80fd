"""periods: the months of each fund and district: what blocks them, prepare, sign, reopen."""

import re
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Form
from starlette.responses import Response

from events import periods as period_events
from events import streams
from events.periods import (
    PeriodPrepared,
    PeriodSigned,
    PreparePeriod,
    RejectPeriod,
    ReopenPeriod,
    SignPeriod,
    blocking,
    left_open,
)
from events.position_vector import PositionVector
from projections.queries import journal, periods, position_vector, voucher_numbers
from projections.queries.journal import JournalEntryRow
from projections.queries.keyset import Mark, Page, UnknownMark
from services.closing.counting import count, days_of, differs
from services.closing.three_way import three_way_of
from services.web.acts.sending import Act, send
from services.web.acts.sending import propose as propose_act
from services.web.parts.filters import chips, if_set
from services.web.parts.list_page import ListPage
from services.web.parts.paging import part, read_page
from services.web.reconciliation.matchings import matched
from services.web.reconciliation.period_tables import (
    address,
    balances_table,
    checks_table,
    lines,
    list_table,
    statements_table,
)
from services.web.reconciliation.three_way_tables import treasury_page, verdict_state
from services.web.request import fields
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood
from services.web.request.parameters import Size, Text
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field, Note
from services.web.request.visit import Arrived, Visit
from services.web.trail.entries import entries_table
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.closing_words import PERIODS
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import translate
from services.wording.states import state_of

router = APIRouter()


@router.get("/periods")
async def overview(
    visit: Arrived, month: Text = "", csv: str | None = None, xlsx: str | None = None
) -> Response:
    """List the months, closed or due."""
    districts, fund = visit.scope.districts, visit.scope.fund
    rows = await periods.listed(visit.db, districts, fund)
    books = await periods.books_open(visit.db, districts, fund)
    found = [line for line in lines(rows, books, visit.scope.today) if month in ("", line.month)]
    shown = list_table(visit, found)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "periods.html",
        translate("月结 {n} 个月份", n=figures.count(len(found))),
        table=part(visit, shown, lambda r: r.name),
        chips=chips(visit, month=if_set(month)),
    )


@router.get("/periods/{fund}/{district}/{month}")
async def detail(
    visit: Arrived,
    fund: str,
    district: str,
    month: str,
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """Show what a month comes to: as it waits or was signed, else counted now."""
    row, stated = await _stated(visit, fund, district, month)
    counted = stated or await _count(visit, fund, district, month, await _now(visit))
    days = days_of(month)
    balances = balances_table(visit, counted.balances, f"period-{fund}-{district}-{month}", days)
    if csv:
        return visit.csv(balances)
    if xlsx:
        return visit.xlsx(balances)
    accounts = [one.bank_account for one in counted.statements]
    beside = (await matched(visit, days[1])).overview
    three = await three_way_of(
        visit.db, visit.cities, beside, fund, district, days, visit.scope.known_on
    )
    numbered = period_events.vouchers(counted.days)
    before = counted.first_voucher - 1
    return visit.page(
        "period.html",
        translate("月结 {month} {fund}", month=month, fund=FUND_NAMES[fund]),
        period=row,
        state=state_of(PERIODS, row.state) if row else None,
        fund=FUND_NAMES[fund],
        region=region_name(district),
        month=month,
        counted=counted,
        over=month < f"{visit.scope.today:%Y-%m}",
        due=await _due(visit, fund, district),
        waits=isinstance(stated, PeriodPrepared),
        signed=isinstance(stated, PeriodSigned),
        wrong=await differs(visit.db, stated) if stated else "",
        digest=row.digest if row and stated else period_events.digest_of(_plain(counted)),
        blocked=bool(blocking(counted.checks)),
        open_items=left_open(counted.checks),
        numbers=f"记-{before + 1:04d} – 记-{before + numbered:04d}" if numbered else "",
        vouchers=numbered,
        checks=checks_table(visit, counted.checks, days[1], accounts),
        statements=statements_table(visit, counted.statements, month),
        balances=balances,
        three=three,
        three_state=verdict_state(three) if three else None,
        three_link=three and treasury_page(visit, three),
        later=await voucher_numbers.waiting(visit.db, fund, district, days[1]),
        here=address(fund, district, month),
        name_of=name_of,
        act=Act.new,
    )


@router.get("/periods/{fund}/{district}/{month}/vouchers")
async def vouchers(
    visit: Arrived,
    fund: str,
    district: str,
    month: str,
    after: str | None = None,
    before: str | None = None,
    size: Size = 100,
    csv: str | None = None,
) -> Response:
    """List the numbered entries of a month in the order of their numbers."""
    _known(visit, fund, district, month)
    last = await voucher_numbers.last_number(visit.db, fund, district, month)
    found = ListPage(
        visit,
        partial(_numbered, visit, (fund, district, month), last),
        _mark_of,
        lambda rows: entries_table(visit, rows, f"vouchers-{fund}-{district}-{month}"),
        last,
    )
    if csv:
        return found.csv()
    return visit.page(
        "period_vouchers.html",
        translate("凭证 {n} 张", n=figures.count(last)),
        table=await found.shown(read_page(after, before, size)),
        count=last,
        fund=FUND_NAMES[fund],
        region=region_name(district),
        month=month,
        here=address(fund, district, month),
    )


@router.post("/periods/{fund}/{district}/{month}")
async def prepare(
    visit: Arrived,
    fund: str,
    district: str,
    month: str,
    command: Field,
    vector: Annotated[str, Form()],
    digest: Field,
    note: Note = "",
) -> Response:
    """Hand over exactly what was shown, counted again from its vector, for another to sign."""
    _known(visit, fund, district, month)
    try:
        at = PositionVector.parse(vector)
    except ValueError as error:
        raise NotUnderstood("digest", translate("已失效")) from error
    counted = await _count(visit, fund, district, month, at)
    if period_events.digest_of(counted) != digest:
        raise NotUnderstood("digest", translate("账务或对账单已有变化，请重新打开月结页核对"))
    body = counted.model_copy(update={"note": note, "maker": visit.actor.id})
    act = Act(command, streams.period(fund, district), body)
    return await send(visit, act, address(fund, district, month))


@router.post("/periods/{fund}/{district}/{month}/sign")
async def sign(
    visit: Arrived, fund: str, district: str, month: str, command: Field, digest: Field
) -> Response:
    """Sign what has this digest; the books must still come to it. The ledger keeps people apart."""
    _row, stated = await _stated(visit, fund, district, month)
    if isinstance(stated, PeriodPrepared) and await differs(visit.db, stated):
        raise NotUnderstood("digest", translate("账册与月结单不一致，不能签结；请退回并查明"))
    body = SignPeriod(
        fund=fund, district=district, month=month, digest=digest, checker=visit.actor.id
    )
    act = Act(command, streams.period(fund, district), body)
    return await send(visit, act, address(fund, district, month))


@router.post("/periods/{fund}/{district}/{month}/reject")
async def reject(
    visit: Arrived, fund: str, district: str, month: str, command: Field, reason: Field
) -> Response:
    """Send a prepared month back to whoever prepared it."""
    _known(visit, fund, district, month)
    body = RejectPeriod(
        fund=fund, district=district, month=month, checker=visit.actor.id, reason=reason
    )
    act = Act(command, streams.period(fund, district), body)
    return await send(visit, act, address(fund, district, month))


@router.post("/periods/{fund}/{district}/{month}/reopen")
async def reopen(
    visit: Arrived,
    fund: str,
    district: str,
    month: str,
    command: Field,
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Ask for the last signed month to be opened again; another person confirms it."""
    _known(visit, fund, district, month)
    body = ReopenPeriod(fund=fund, district=district, month=month, document=document, reason=reason)
    act = Act(command, streams.period(fund, district), body)
    return await propose_act(visit, act, address(fund, district, month))


def _known(visit: Visit, fund: str, district: str, month: str) -> None:
    """Refuse what no books can be.

    Raises: PageRefused, NotUnderstood
    """
    if fund not in FUND_NAMES or district not in visit.cities.served:
        raise PageRefused(NOT_FOUND)
    fields.month("month", month)


async def _stated(
    visit: Visit, fund: str, district: str, month: str
) -> tuple[periods.PeriodRow | None, PeriodPrepared | PeriodSigned | None]:
    """How a month stands, and what waits or was signed; None where it has to be counted."""
    _known(visit, fund, district, month)
    row = await periods.one(visit.db, fund, district, month)
    if row is None or row.state not in ("prepared", "signed"):
        return row, None
    if row.state == "prepared":
        return row, PeriodPrepared.model_validate(orjson.loads(row.content))
    signed = [one for one in await periods.signings(visit.db, fund, district) if one.month == month]
    return row, signed[-1]


async def _now(visit: Visit) -> PositionVector:
    return await position_vector.current(visit.db)


async def _count(
    visit: Visit, fund: str, district: str, month: str, vector: PositionVector
) -> PreparePeriod:
    beside = (await matched(visit, days_of(month)[1])).overview
    return await count(visit.db, visit.cities, beside, fund, district, month, vector)


def _plain(counted: PreparePeriod | PeriodPrepared | PeriodSigned) -> PreparePeriod:
    """What was counted, before anybody vouches for it."""
    assert isinstance(counted, PreparePeriod)
    return counted


async def _due(visit: Visit, fund: str, district: str) -> str:
    """The month that has to be closed next; empty where any may be the first."""
    rows = await periods.listed(visit.db, district, fund)
    if not any(one.signed_on for one in rows):
        return ""
    books = await periods.books_open(visit.db, district, fund)
    return books[0].due(rows) if books else ""


async def _numbered(
    visit: Visit, of: tuple[str, str, str], last: int, at: Page
) -> list[JournalEntryRow]:
    """One page of a month's entries by their numbers; one more where there are further."""
    mark = at.before or at.after
    if mark is not None and not re.fullmatch("[0-9]+", mark.id):
        raise UnknownMark(mark.id)
    if at.backwards:
        end = int(mark.id) - 1 if mark else last
        numbers = (max(end - at.size, 1), end)
    else:
        start = int(mark.id) + 1 if mark else 1
        numbers = (start, start + at.size)
    places = await voucher_numbers.of_month(visit.db, *of, numbers)
    return await journal.entries_at(visit.db, [place[1:] for place in places])


def _mark_of(entry: JournalEntryRow) -> Mark:
    """Where a page of numbered entries may begin."""
    assert entry.voucher is not None
    return Mark(entry.value_on, str(entry.voucher.number))
