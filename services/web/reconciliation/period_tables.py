"""period_tables: the tables of the closed months: the list, the closing list, balances, statements."""

from datetime import date
from typing import NamedTuple

from events.periods import BLOCKS, ClosingCheck, PeriodBalance, PeriodStatement
from projections.definition.chart_of_accounts import BY_CODE
from projections.queries.periods import BooksOpen, PeriodRow
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.wording.city_names import account_title, region_name
from services.wording.closing_words import CHECKS, PERIODS
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State, state_of

OPEN = State(_("未结"), "blue")
DUE = State(_("应结"), "amber")
FINE = State(_("通过"), "green")
STANDS_IN_THE_WAY = State(_("须先解决"), "red")
LEFT_OPEN = State(_("未了，须说明"), "amber")


class PeriodLine(NamedTuple):
    """One month of a fund and district in the list, prepared or not."""

    fund: str
    district: str
    month: str
    state: State
    row: PeriodRow | None

    @property
    def name(self) -> str:
        """A name of its own among the lines."""
        return f"{self.fund}/{self.district}/{self.month}"


def lines(rows: list[PeriodRow], books: list[BooksOpen], today: date) -> list[PeriodLine]:
    """Every month that was prepared, and the one that each fund and district has to close next."""
    found = [
        PeriodLine(one.fund, one.district, one.month, state_of(PERIODS, one.state), one)
        for one in rows
    ]
    known = {line.name for line in found}
    for one in books:
        month = one.due(rows)
        over = month < f"{today:%Y-%m}"
        line = PeriodLine(one.fund, one.district, month, DUE if over else OPEN, None)
        if line.name not in known:
            found.append(line)
    return sorted(found, key=lambda line: (line.month, line.fund, line.district), reverse=True)


def address(fund: str, district: str, month: str) -> str:
    """The page of a month."""
    return f"/periods/{segment(fund)}/{segment(district)}/{segment(month)}"


def list_table(visit: Visit, rows: list[PeriodLine]) -> PageTable[PeriodLine]:
    """Months as a table."""

    def page_of(line: PeriodLine) -> str:
        return visit.link(address(line.fund, line.district, line.month))

    def numbers_of(line: PeriodLine) -> str:
        return visit.link(f"{address(line.fund, line.district, line.month)}/vouchers")

    def of(name: str, line: PeriodLine) -> object:
        return getattr(line.row, name) if line.row else None

    columns: list[PageColumn[PeriodLine]] = [
        PageColumn(_("月份"), lambda r: r.month, ColumnKind.ID, page_of),
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund), ColumnKind.TEXT, page_of),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("状态"), lambda r: r.state, ColumnKind.STATE, page_of),
        PageColumn(_("凭证（张）"), lambda r: of("vouchers", r), ColumnKind.COUNT, numbers_of),
        PageColumn(_("迟记（张）"), lambda r: of("late", r), ColumnKind.COUNT, numbers_of),
        PageColumn(_("未了事项"), lambda r: of("open_items", r), ColumnKind.COUNT, page_of),
        PageColumn(_("制单"), lambda r: name_of(r.row.maker) if r.row else None),
        PageColumn(
            _("签结"), lambda r: name_of(r.row.checker) if r.row and r.row.checker else None
        ),
        PageColumn(_("签结日"), lambda r: of("signed_on", r), ColumnKind.DAY, wide_only=True),
    ]
    return PageTable("periods", _("月结"), columns, rows, {}, _("还没有分录，没有可以月结的月份。"))


def checks_table(
    visit: Visit, checks: tuple[ClosingCheck, ...], last: date, accounts: list[str]
) -> PageTable[ClosingCheck]:
    """The closing list: what stands in the way, and what is left open."""

    def state(check: ClosingCheck) -> State:
        if not check.number:
            return FINE
        return STANDS_IN_THE_WAY if check.code in BLOCKS else LEFT_OPEN

    def list_of(check: ClosingCheck) -> str:
        account = ",".join(accounts) or None
        match check.code:
            case "books_unbalanced":
                return visit.link("/accounts", as_of=last)
            case "differences" | "unexplained":
                return visit.link("/differences", account=account, as_of=last)
            case "in_transit":
                return visit.link("/disbursements", state="sent")
            case "disputes":
                return visit.link("/tasks/unknown")
            case "treasury_missing" | "treasury_differs" | "treasury_unequal":
                return visit.link("/treasury", month=f"{last:%Y-%m}")
            case "set_aside":
                return visit.link("/operations")
            case _:
                return visit.link("/reconciliation", as_of=last)

    columns: list[PageColumn[ClosingCheck]] = [
        PageColumn(_("检查项"), lambda r: translate(CHECKS[r.code]), ColumnKind.TEXT, list_of),
        PageColumn(_("结果"), state, ColumnKind.STATE),
        PageColumn(_("数量"), lambda r: r.number, ColumnKind.COUNT, list_of),
    ]
    return PageTable("checks", _("月结检查"), columns, checks)


def balances_table(
    visit: Visit, balances: tuple[PeriodBalance, ...], name: str, days: tuple[date, date]
) -> PageTable[PeriodBalance]:
    """Every account through the month; debits are positive."""

    def entries_of(row: PeriodBalance) -> str:
        first, last = days
        return visit.link("/journal", code=row.code, sub=row.sub, **{"from": first, "to": last})

    columns: list[PageColumn[PeriodBalance]] = [
        PageColumn(
            _("科目"), lambda r: f"{r.code} {BY_CODE[r.code].name}", ColumnKind.TEXT, entries_of
        ),
        PageColumn(_("明细"), lambda r: r.sub or None),
        PageColumn(_("期初（元）"), lambda r: r.opening, ColumnKind.DIFFERENCE),
        PageColumn(_("本月借方（元）"), lambda r: r.debit, ColumnKind.AMOUNT, entries_of),
        PageColumn(_("本月贷方（元）"), lambda r: r.credit, ColumnKind.AMOUNT, entries_of),
        PageColumn(_("期末（元）"), lambda r: r.closing, ColumnKind.DIFFERENCE),
    ]
    totals: dict[str, object] = {
        _("期初（元）"): sum(one.opening for one in balances),
        _("本月借方（元）"): sum(one.debit for one in balances),
        _("本月贷方（元）"): sum(one.credit for one in balances),
        _("期末（元）"): sum(one.closing for one in balances),
    }
    return PageTable(
        name, _("科目余额"), columns, balances, totals if balances else {}, _("这个月没有余额和发生额。")
    )  # fmt: skip


def statements_table(
    visit: Visit, statements: tuple[PeriodStatement, ...], month: str
) -> PageTable[PeriodStatement]:
    """The bank accounts of the month at its end."""

    def page_of(row: PeriodStatement) -> str:
        return visit.link(f"/reconciliation/{segment(row.bank_account)}/{month}")

    def lines_of(row: PeriodStatement) -> str:
        return visit.link("/statements", account=row.bank_account)

    def differences_of(row: PeriodStatement) -> str:
        return visit.link("/differences", account=row.bank_account)

    columns: list[PageColumn[PeriodStatement]] = [
        PageColumn(_("账户"), lambda r: account_title(r.bank_account), ColumnKind.TEXT, page_of),
        PageColumn(_("流水（行）"), lambda r: r.lines, ColumnKind.COUNT, lines_of),
        PageColumn(_("账面余额（元）"), lambda r: r.books, ColumnKind.DIFFERENCE, page_of),
        PageColumn(_("银行余额（元）"), lambda r: r.bank, ColumnKind.DIFFERENCE, page_of),
        PageColumn(_("差异（笔）"), lambda r: r.differences, ColumnKind.COUNT, differences_of),
        PageColumn(_("在途（笔）"), lambda r: r.in_transit, ColumnKind.COUNT, page_of),
        PageColumn(_("流水摘要"), lambda r: r.digest[:16], ColumnKind.ID, wide_only=True),
    ]
    return PageTable(
        "statements", _("银行对账"), columns, statements, {}, _("没有银行账户，或还没有对账单。")
    )
