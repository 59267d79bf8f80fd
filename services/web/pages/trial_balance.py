"""trial balance: the trial balance as of a day; each figure leads to the entries it sums."""

from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from projections.definition.chart_of_accounts import BY_CODE, CHART, Side
from projections.queries import account_balances
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.fields import one_of
from services.web.request.visit import Arrived, Visit
from services.web.trail.entries import account_name
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


class AccountBalanceRow(NamedTuple):
    """One account, or one of its sub-accounts."""

    code: str
    sub: str
    debit_fen: int
    credit_fen: int
    fund: str | None = None
    district: str | None = None

    @property
    def balance_fen(self) -> int:
        """On the side where the account grows."""
        side = BY_CODE[self.code].side if self.code in BY_CODE else Side.DEBIT
        net = self.debit_fen - self.credit_fen
        return net if side is Side.DEBIT else -net

    @property
    def direction(self) -> str:
        """借, 贷 or 平."""
        net = self.debit_fen - self.credit_fen
        return _("借") if net > 0 else _("贷") if net < 0 else _("平")


def table(visit: Visit, rows: list[AccountBalanceRow], *, by: str) -> PageTable[AccountBalanceRow]:
    """The trial balance as a table."""

    def entries(row: AccountBalanceRow) -> str:
        books = {"fund": row.fund, "district": row.district} if row.fund else {}
        return visit.link("/journal", code=row.code, sub=row.sub if by == "sub" else None, **books)

    columns: list[PageColumn[AccountBalanceRow]] = []
    if by == "books":
        columns = [
            PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund or "", r.fund)),
            PageColumn(_("区划"), lambda r: region_name(r.district) or None),
        ]
    columns += [
        PageColumn(_("科目"), lambda r: account_name(r.code), ColumnKind.TEXT, entries),
    ]
    if by == "sub":
        columns.append(PageColumn(_("明细"), lambda r: r.sub or None, ColumnKind.ID))
    columns += [
        PageColumn(_("借方发生额（元）"), lambda r: r.debit_fen, ColumnKind.AMOUNT, entries),
        PageColumn(_("贷方发生额（元）"), lambda r: r.credit_fen, ColumnKind.AMOUNT, entries),
        PageColumn(_("方向"), lambda r: translate(r.direction)),
        PageColumn(
            _("余额（元）"), lambda r: abs(r.debit_fen - r.credit_fen), ColumnKind.AMOUNT, entries
        ),
    ]
    totals: dict[str, object] = {
        _("借方发生额（元）"): sum(r.debit_fen for r in rows),
        _("贷方发生额（元）"): sum(r.credit_fen for r in rows),
    }
    empty = _("账上还没有发生额。")
    return PageTable("trial-balance", _("科目余额表"), columns, rows, totals, empty, cards=False)


@router.get("/accounts")
async def trial_balance(visit: Arrived, by: str = "", csv: str | None = None) -> Response:
    """Show the trial balance."""
    one_of("by", by, ("books", "sub"))
    if by == "books":
        rows = [
            AccountBalanceRow(b.code, "", b.debit_fen, b.credit_fen, fund, district)
            for fund, district, b in await account_balances.by_books(visit.db, visit.scope)
        ]
    else:
        balances = await account_balances.by_account(visit.db, visit.scope, by_sub=by == "sub")
        rows = [AccountBalanceRow(b.code, sub, b.debit_fen, b.credit_fen) for sub, b in balances]
    shown = table(visit, rows, by=by)
    if csv:
        return visit.csv(shown)
    return visit.page(
        "accounts.html",
        translate("科目余额表"),
        table=shown,
        by=by,
        difference=sum(r.debit_fen - r.credit_fen for r in rows),
        unused=[account for account in CHART if account.code not in {r.code for r in rows}],
    )
