"""statement lines: one line of the bank: what it was said to be, what was booked, and taking that back.

In:   the line, the entries that were taken from it, the matching
Out:  ReverseClassification as a proposal
Holds: the ledger keeps the two people apart; a line that is taken back with its file is read alone
Source: docs/adr/0055-days-are-proved-from-balance-to-balance.md
"""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.statements import Classification, LineKind, ReverseClassification
from projections.queries import journal, statements
from projections.queries.statements import StatementLineDetail
from services.web.acts.sending import Act, propose
from services.web.reconciliation.line_address import address_of
from services.web.reconciliation.matchings import matched
from services.web.request.accounts_in_scope import shows
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived, Visit
from services.web.trail.entries import entries_table
from services.wording.city_names import account_title, region_name
from services.wording.coded_words import LINE_KINDS
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import translate

router = APIRouter()


@router.get("/statements/lines/{account}/{month}/{line:path}")
async def one(visit: Arrived, account: str, month: str, line: str) -> Response:
    """Show one line with its entries; what two people may take back."""
    found = await _line(visit, account, month, line)
    entries = await journal.entries_of_line(visit.db, visit.scope, account, month, line)
    open_ones = (await matched(visit)).of(account)
    difference = next((d for d in open_ones if d.line == line and d.month == month), None)
    return visit.page(
        "statement_line.html",
        translate("流水 {line}", line=line),
        line=found,
        account_title=account_title(account),
        kind=LINE_KINDS.get(found.kind, ""),
        fund=FUND_NAMES.get(found.fund or "", ""),
        region=region_name(found.district) if found.district else "",
        entries=entries_table(visit, entries, f"line-{line}"),
        difference=difference
        and visit.link(f"/differences/{segment(account)}/{difference.number}"),
        here=address_of(account, month, line),
        may_reverse=bool(found.kind) and found.reversed_on is None,
        act=Act.new,
    )


@router.post("/statements/lines/{account}/{month}/{line:path}/reverse")
async def reverse(
    visit: Arrived,
    account: str,
    month: str,
    line: str,
    command: Field,
    kind: Annotated[LineKind | Classification, Form()],
    reason: Field,
) -> Response:
    """Propose to take back what the line was said to be; another person confirms it."""
    found = await _line(visit, account, month, line)
    body = ReverseClassification(
        bank_account=account,
        line=line,
        amount=found.amount_fen,
        kind=kind,
        reason=reason,
    )
    act = Act(command, streams.account(account, month), body)
    return await propose(visit, act, address_of(account, month, line))


async def _line(visit: Visit, account: str, month: str, line: str) -> StatementLineDetail:
    """The line, where the scope shows its account.

    Raises: PageRefused
    """
    if shows(account, visit.scope, visit.cities):
        found = await statements.one(visit.db, account, month, line)
        if found is not None:
            return found
    raise PageRefused(NOT_FOUND)
