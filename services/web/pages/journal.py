"""journal: entries by account, and one entry with the fact that it books (联查)."""

import re
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from projections.definition.chart_of_accounts import BY_CODE
from projections.queries import journal, journal_totals, recorded_facts
from services.web.parts.filters import between, chips, if_set
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.fields import one_of
from services.web.request.parameters import Since, Size, Until
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived
from services.web.trail.entries import KINDS, account_name, entries_table, voucher_words
from services.wording import figures
from services.wording.languages import translate

router = APIRouter()

_NUMBER = re.compile(r"J-([0-9]{1,4})-([0-9]{1,18})")


@router.get("/journal")
async def latest(
    visit: Arrived,
    code: str | None = None,
    sub: str | None = None,
    kind: str | None = None,
    since: Since = None,
    until: Until = None,
    after: str | None = None,
    before: str | None = None,
    size: Size = 100,
    csv: str | None = None,
) -> Response:
    """Show the latest entries, of one account where one is named."""
    one_of("code", code or "", BY_CODE)
    one_of("kind", kind or "", KINDS)
    wanted = journal.JournalFilter(code or None, sub, kind or None, since, until)
    listed = await journal_totals.totals(visit.db, visit.scope, wanted)
    found = ListPage(
        visit,
        partial(journal.page, visit.db, visit.scope, wanted),
        journal.mark_of,
        lambda rows: entries_table(visit, rows, "journal", listed.amount_fen),
        listed.entries,
    )
    if csv:
        return found.csv()
    at = read_page(after, before, size)
    return visit.page(
        "journal.html",
        translate("凭证 {n} 张", n=figures.count(listed.entries)),
        table=await found.shown(at),
        count=listed.entries,
        debit=listed.debit_fen,
        credit=listed.credit_fen,
        account=account_name(code) if code else "",
        chips=chips(
            visit,
            code=if_set(code or "", account_name(code or "")),
            sub=if_set(sub or ""),
            kind=if_set(kind or "", translate(KINDS.get(kind or "", kind or ""))),
            **between(since, until),
        ),
    )


@router.get("/journal/{number}")
async def entry(visit: Arrived, number: str, csv: str | None = None) -> Response:
    """Show one entry, and the fact that it books."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise PageRefused(NOT_FOUND)
    partition, offset = int(found[1]), int(found[2])
    found_entry = await journal.entry(visit.db, visit.scope, partition, offset)
    if found_entry is None:
        raise PageRefused(NOT_FOUND)
    table = entries_table(visit, [found_entry], f"entry-{number}")
    if csv:
        return visit.csv(table)
    fact = await recorded_facts.at_position(visit.db, partition, offset)
    application = found_entry.application
    return visit.page(
        "entry.html",
        translate("凭证 {number}", number=number),
        entry=found_entry,
        kind=translate(KINDS.get(found_entry.kind, found_entry.kind)),
        table=table,
        voucher=voucher_words(found_entry),
        facts=[fact] if fact else [],
        application=application,
        application_link=visit.link(f"/applications/{segment(application)}")
        if application
        else None,
    )
