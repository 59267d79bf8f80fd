"""statements: the bank's lines, verbatim, each with what it moved."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from events.ids import batch_of, instruction_in
from projections.queries import statements
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import between, chips, if_set, quoted
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.reconciliation.line_address import address_of
from services.web.request.accounts_in_scope import aliases
from services.web.request.parameters import Since, Size, Text, Until
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import account_title
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


def table(
    visit: Visit, rows: list[statements.StatementLineRow], flows: statements.StatementFlows
) -> PageTable[statements.StatementLineRow]:
    """Lines as a table: came in and went out in two columns."""

    def month(row: statements.StatementLineRow) -> str:
        return visit.link(f"/reconciliation/{segment(row.bank_account)}/{row.month}")

    def own(row: statements.StatementLineRow) -> str:
        return visit.link(address_of(row.bank_account, row.month, row.line))

    def batch(row: statements.StatementLineRow) -> str | None:
        instruction = instruction_in(row.reference, row.purpose)
        return visit.link(f"/batches/{segment(batch_of(instruction))}") if instruction else None

    columns: list[PageColumn[statements.StatementLineRow]] = [
        PageColumn(_("银行日"), lambda r: r.booked_on, ColumnKind.DAY),
        PageColumn(_("账户"), lambda r: account_title(r.bank_account), ColumnKind.TEXT, month),
        PageColumn(_("流水行"), lambda r: r.line, ColumnKind.ID, own),
        PageColumn(_("附言编号"), lambda r: r.reference or None, ColumnKind.ID, batch),
        PageColumn(_("摘要"), lambda r: r.purpose or None),
        PageColumn(
            _("收入（元）"), lambda r: r.amount_fen if r.amount_fen > 0 else None, ColumnKind.AMOUNT
        ),
        PageColumn(
            _("支出（元）"),
            lambda r: -r.amount_fen if r.amount_fen < 0 else None,
            ColumnKind.AMOUNT,
        ),
        PageColumn(
            _("余额（元）"), lambda r: r.balance_after_fen, ColumnKind.AMOUNT, wide_only=True
        ),
    ]
    totals: dict[str, object] = {_("收入（元）"): flows.in_fen, _("支出（元）"): flows.out_fen}
    return PageTable(
        "statements", _("银行流水"), columns, rows, totals, _("没有符合条件的银行流水。")
    )


@router.get("/statements")
async def search(
    visit: Arrived,
    account: Text = "",
    since: Since = None,
    until: Until = None,
    q: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 100,
    csv: str | None = None,
) -> Response:
    """Show the bank's lines."""
    wanted = statements.StatementFilter(
        account, since, until, q.strip(), aliases(visit.scope, visit.cities)
    )
    flows = await statements.flows(visit.db, visit.scope, wanted)
    found = ListPage(
        visit,
        partial(statements.page, visit.db, visit.scope, wanted),
        statements.mark_of,
        lambda rows: table(visit, rows, flows),
        flows.number,
    )
    if csv:
        return found.csv()
    at = read_page(after, before, size)
    return visit.page(
        "statements.html",
        translate("银行流水 {n} 条", n=figures.count(flows.number)),
        table=await found.shown(at),
        flows=flows,
        chips=chips(
            visit,
            account=if_set(account, account_title(account)),
            **between(since, until),
            q=quoted(q),
        ),
    )
