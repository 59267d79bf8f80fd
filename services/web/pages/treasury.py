"""treasury: a month's funds by the books, the bank and the treasury; the treasury's figures handed in.

In:   the matching, what the treasury has stated; a small table, or one row typed
Out:  StateTreasuryFigures as a proposal, confirmed by another person
Holds: a fen is a difference; what nobody has stated is said to be so, and never shown as 0
Source: docs/adr/0056-the-treasury-is-a-third-side.md
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from starlette.responses import Response

from events import streams
from events.treasury import StateTreasuryFigures, TreasuryRow
from policies.cities import City
from projections.queries import treasury
from services.closing.counting import days_of
from services.closing.three_way import ThreeWay, three_ways
from services.closing.treasury_table import HEADINGS, read_treasury_table
from services.spreadsheets.cells import UnreadableCell, read_amount
from services.web.acts.sending import Act, propose
from services.web.reconciliation.matchings import matched
from services.web.reconciliation.three_way_tables import (
    history_table,
    overview_table,
    problems_table,
    sides_table,
    verdict_state,
)
from services.web.request import fields
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.parameters import Text
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field, Note
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import account_title, region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import translate

router = APIRouter()

_TEMPLATE = ",".join(names[0] for names in HEADINGS.values())
PURPOSE = "treasury figures"
"""What the vault notes of a treasury's table."""


@router.get("/treasury")
async def overview(
    visit: Arrived, month: Text = "", csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Show every fund and place of a month on its three sides."""
    wanted = fields.month("month", month or f"{visit.scope.as_of:%Y-%m}")
    found = await _found(visit, wanted)
    shown = overview_table(visit, found)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "treasury.html",
        translate("三方核对 {month} {n} 项", month=wanted, n=figures.count(len(found))),
        month=wanted,
        months=await treasury.months(visit.db),
        table=shown,
        cities={city.code: city.name for city in visit.cities},
        funds=FUND_NAMES,
        regions={
            code: name
            for city in visit.cities
            for code, name in {city.code: city.name, **city.about.districts}.items()
        },
        headings=_TEMPLATE,
        act=Act.new,
    )


@router.get("/treasury/{fund}/{place}/{month}")
async def detail(
    visit: Arrived, fund: str, place: str, month: str, csv: str | None = None
) -> Response:
    """Show one fund and place: each measure on three sides, and what the treasury has stated when."""
    found = await _found(visit, fields.month("month", month))
    own = next((one for one in found if (one.fund, one.place) == (fund, place)), None)
    if own is None:
        raise PageRefused(NOT_FOUND)
    shown = sides_table(visit, own)
    if csv:
        return visit.csv(shown)
    history = await treasury.statements(visit.db, fund, own.districts, month, visit.scope.known_on)
    return visit.page(
        "treasury_one.html",
        translate("三方核对 {month} {fund}", month=month, fund=FUND_NAMES.get(fund, fund)),
        own=own,
        month=month,
        fund=FUND_NAMES.get(fund, fund),
        region=region_name(place) or place,
        state=verdict_state(own),
        table=shown,
        accounts=[
            (account_title(one), visit.link(f"/reconciliation/{segment(one)}/{month}"))
            for one in own.accounts
        ],
        history=history_table(history),
    )


@router.post("/treasury/file")
async def hand_in(
    visit: Arrived,
    command: Field,
    city: Field,
    month: Field,
    document: DocumentTyped,
    file: Annotated[UploadFile, File()],
    corrects: Note = "",
    why: Note = "",
) -> Response:
    """Read a small table and propose all of it; what cannot be read refuses the whole file."""
    name, content = await read_upload(file)
    own = _city(visit, city)
    read = await asyncio.to_thread(read_treasury_table, content, own)
    if read.problems:
        shown = problems_table(read.problems)
        return visit.page("treasury_refused.html", translate("没有可以登记的数据"), table=shown)
    evidence = await visit.vault().store_file(name, content, PURPOSE, visit.actor.id)
    body = StateTreasuryFigures(
        city=own.code,
        month=fields.month("month", month),
        rows=read.rows,
        document=document,
        corrects=corrects,
        why=why,
        evidence=evidence,
    )
    return await _propose(visit, command, body)


@router.post("/treasury")
async def state(
    visit: Arrived,
    command: Field,
    month: Field,
    fund: Field,
    district: Field,
    appropriated: Field,
    paid: Field,
    balance: Field,
    document: DocumentTyped,
    corrects: Note = "",
    why: Note = "",
) -> Response:
    """Propose one row as it is typed; another person confirms it."""
    row = TreasuryRow(
        fund=one_of("fund", fund, FUND_NAMES),
        district=district,
        appropriated=_yuan("appropriated", appropriated),
        paid=_yuan("paid", paid),
        balance=_yuan("balance", balance),
    )
    own = visit.cities.city_of(district)
    if own is None:
        raise NotUnderstood("district", translate("不在可选范围内"), district)
    body = StateTreasuryFigures(
        city=own.code,
        month=fields.month("month", month),
        rows=(row,),
        document=document,
        corrects=corrects,
        why=why,
    )
    return await _propose(visit, command, body)


async def _propose(visit: Visit, command: str, body: StateTreasuryFigures) -> Response:
    act = Act(command, streams.treasury(body.city, body.month), body)
    return await propose(visit, act, f"/treasury?month={body.month}")


async def _found(visit: Visit, month: str) -> list[ThreeWay]:
    """The three sides of a month, as far as the scope shows them."""
    days, scope = days_of(month), visit.scope
    beside = (await matched(visit, days[1])).overview
    found = await three_ways(visit.db, visit.cities, beside, days, scope.known_on)
    return [
        one
        for one in found
        if scope.fund in (None, one.fund) and any(map(scope.holds, one.districts))
    ]


def _city(visit: Visit, code: str) -> City:
    found = visit.cities.by_code.get(code)
    if found is None:
        raise NotUnderstood("city", translate("不在可选范围内"), code)
    return found


def _yuan(name: str, text: str) -> int:
    try:
        return read_amount(text)
    except UnreadableCell as error:
        raise NotUnderstood(name, str(error), text) from error
