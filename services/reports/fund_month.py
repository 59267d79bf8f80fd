"""fund month: the monthly report of a fund: cash, programmes, accounts, districts.

In:    sums of the books at a position
Out:   four sheets
Units: fen
Holds: opening + received - paid = closing, in the month and in the year, and debits equal credits,
       or `faults` says what does not
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from projections.definition.chart_of_accounts import (
    BANK,
    BY_CODE,
    EXPENSE,
    PAYABLE,
    RECEIVABLE,
    Account,
)
from projections.queries.fund_report import AccountFlow, ProgrammePaid
from services.reports.content import Cell, ReportColumn, ReportSheet, total
from services.spreadsheets.page_table import ColumnKind
from services.wording.languages import marked as _

Named = Callable[[str], str]
"""What a code is called."""

_RECEIVED = {
    "opening": _("期初登记"),
    "funds_received": _("财政拨款到账"),
    "interest": _("利息收入"),
    "recovered": _("追回现金"),
    "returned_late": _("付后退票"),
}
_PAID_OUT = {"settled": _("待遇支付"), "fee": _("银行手续费"), "clawback": _("重复付出转应收")}
_OTHER = {
    "statement_reversed": _("撤销已登记的流水"),
    "classification_reversed": _("撤销流水的认定"),
    "correction": _("银行更正"),
}
_CASH = (
    ReportColumn(_("项目")),
    ReportColumn(_("本月（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本年累计（元）"), ColumnKind.AMOUNT),
)
_PROGRAMMES = (
    ReportColumn(_("补贴项目"), words=True),
    ReportColumn(_("代码"), ColumnKind.ID),
    ReportColumn(_("本月支付（笔）"), ColumnKind.COUNT),
    ReportColumn(_("本月支付（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月退票（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本年支付（笔）"), ColumnKind.COUNT),
    ReportColumn(_("本年支付（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本年退票（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月待遇支出（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月末应付（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月末应收追回（元）"), ColumnKind.AMOUNT),
)
_ACCOUNTS = (
    ReportColumn(_("科目"), ColumnKind.ID),
    ReportColumn(_("名称"), words=True),
    ReportColumn(_("月初借方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月初贷方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月借方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月贷方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月末借方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月末贷方（元）"), ColumnKind.AMOUNT),
)
_DISTRICTS = (
    ReportColumn(_("基金"), words=True),
    ReportColumn(_("基金代码"), ColumnKind.ID),
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("月初存款（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月收入（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月支出（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月末存款（元）"), ColumnKind.AMOUNT),
)


class Moved(NamedTuple):
    """Sums of an account: what it held when the year began, before the month, and what moved."""

    held: int
    year_debit: int
    year_credit: int
    month_debit: int
    month_credit: int

    @property
    def month_opening(self) -> int:
        """The balance when the month began, a debit where positive."""
        return self.held + self.year_debit - self.year_credit

    @property
    def closing(self) -> int:
        """The balance when the month ended, a debit where positive."""
        return self.month_opening + self.month_debit - self.month_credit


def summed(flows: Iterable[AccountFlow]) -> Moved:
    """Add flows up."""
    found = [0, 0, 0, 0, 0]
    for flow in flows:
        moved = (
            flow.before_debit - flow.before_credit,
            flow.year_debit,
            flow.year_credit,
            flow.month_debit,
            flow.month_credit,
        )
        found = [before + more for before, more in zip(found, moved, strict=True)]
    return Moved(*found)


def cash(flows: list[AccountFlow]) -> ReportSheet:
    """What came into and left the bank accounts, by what it was."""
    bank = [flow for flow in flows if flow.code == BANK.code]
    whole = summed(bank)

    def lines(usual: dict[str, str], *, debit: bool) -> list[tuple[str, int, int]]:
        found = []
        for kind in dict.fromkeys([*usual, *(f.kind for f in bank if _is(f, debit=debit))]):
            moved = summed(flow for flow in bank if flow.kind == kind)
            month = moved.month_debit if debit else moved.month_credit
            year = month + (moved.year_debit if debit else moved.year_credit)
            found.append(({**_RECEIVED, **_PAID_OUT, **_OTHER}.get(kind, kind), month, year))
        return found

    received, paid = lines(_RECEIVED, debit=True), lines(_PAID_OUT, debit=False)
    into, out = _sums(received), _sums(paid)
    opening = (whole.month_opening, whole.held)
    rows: list[tuple[Cell, ...]] = [
        (_("期初银行存款"), *opening),
        (_("收入合计"), *into),
        *((f"　{named}", month, year) for named, month, year in received),
        (_("支出合计"), *out),
        *((f"　{named}", month, year) for named, month, year in paid),
        (_("期末银行存款"), whole.closing, whole.closing),
    ]
    return ReportSheet(_("资金收支"), _CASH, tuple(rows))


def _sums(lines: list[tuple[str, int, int]]) -> tuple[int, int]:
    return sum(month for _named, month, _year in lines), sum(year for *_before, year in lines)


def _is(flow: AccountFlow, *, debit: bool) -> bool:
    sums = (flow.year_debit, flow.month_debit) if debit else (flow.year_credit, flow.month_credit)
    return any(sums)


def programmes(flows: list[AccountFlow], paid: list[ProgrammePaid], named: Named) -> ReportSheet:
    """What every programme cost, was paid, and is still owed or owes."""
    ids = {flow.sub for flow in flows if BY_CODE[flow.code].by == "programme"}
    rows = tuple(
        _programme(programme, flows, paid, named)
        for programme in sorted(ids | {row.programme for row in paid})
    )
    rows = tuple(row for row in rows if any(row[2:]))
    return ReportSheet(_("补贴项目"), _PROGRAMMES, rows, total(_PROGRAMMES, rows))


def _programme(
    programme: str, flows: list[AccountFlow], paid: list[ProgrammePaid], named: Named
) -> tuple[Cell, ...]:
    def of(account: Account) -> Moved:
        return summed(f for f in flows if (f.code, f.sub) == (account.code, programme))

    def sums(kind: str) -> tuple[int, int, int, int]:
        found = [row for row in paid if (row.programme, row.kind) == (programme, kind)]
        return (
            sum(row.month_payments for row in found),
            sum(row.month_fen for row in found),
            sum(row.year_payments for row in found),
            sum(row.year_fen for row in found),
        )

    settled, back, spent = sums("settled"), sums("returned_late"), of(EXPENSE)
    return (
        named(programme),
        programme,
        settled[0],
        settled[1],
        back[1],
        settled[2],
        settled[3],
        back[3],
        spent.month_debit - spent.month_credit,
        -of(PAYABLE).closing,
        of(RECEIVABLE).closing,
    )


def accounts(flows: list[AccountFlow]) -> ReportSheet:
    """The trial balance of the month."""
    by_code: dict[str, list[AccountFlow]] = defaultdict(list)
    for flow in flows:
        by_code[flow.code].append(flow)
    rows = tuple(_account(code, summed(found)) for code, found in sorted(by_code.items()))
    return ReportSheet(_("科目余额"), _ACCOUNTS, rows, total(_ACCOUNTS, rows))


def faults(sheets: Sequence[ReportSheet]) -> list[str]:
    """What does not add up in the sheets of `cash` and `accounts`; nothing where the books are whole."""
    lines, found = {str(row[0]): row for row in sheets[0].rows}, []
    for place, column in enumerate(_CASH[1:], 1):
        opening, received, paid, closing = (
            line[place] for line in (lines[name] for name in _ADDS_UP)
        )
        if _int(opening) + _int(received) - _int(paid) != closing:
            found.append(f"{column.header}：期初加收入减支出不等于期末")
    totals = sheets[1].totals
    found += [
        f"{_ACCOUNTS[place].header[:2]}的借方合计不等于贷方合计"
        for place in range(2, len(totals), 2)
        if totals[place] != totals[place + 1]
    ]
    return found


_ADDS_UP = ("期初银行存款", "收入合计", "支出合计", "期末银行存款")


def _int(cell: Cell) -> int:
    assert isinstance(cell, int)
    return cell


def _account(code: str, moved: Moved) -> tuple[Cell, ...]:
    return (
        code,
        BY_CODE[code].name,
        max(moved.month_opening, 0),
        max(-moved.month_opening, 0),
        moved.month_debit,
        moved.month_credit,
        max(moved.closing, 0),
        max(-moved.closing, 0),
    )


def districts(flows: list[AccountFlow], fund_named: Named, district_named: Named) -> ReportSheet:
    """The bank accounts of every fund in every district."""
    books: dict[tuple[str, str], list[AccountFlow]] = defaultdict(list)
    for flow in flows:
        if flow.code == BANK.code:
            books[flow.fund, flow.district].append(flow)
    rows = tuple(
        (
            fund_named(fund),
            fund,
            district_named(district),
            district,
            moved.month_opening,
            moved.month_debit,
            moved.month_credit,
            moved.closing,
        )
        for (fund, district), found in sorted(books.items())
        for moved in (summed(found),)
    )
    return ReportSheet(_("分基金区划"), _DISTRICTS, rows, total(_DISTRICTS, rows))
