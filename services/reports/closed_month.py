"""closed month: what two people have signed of a month: accounts, bank, vouchers, what was left open.

In:    the signatures under a month at a position
Out:   three sheets
Units: fen
Holds: every figure is one that was signed; nothing is counted again
"""

from collections.abc import Callable, Sequence

from events.periods import left_open, vouchers
from projections.definition.chart_of_accounts import BY_CODE
from projections.queries.signed_months import SignedMonth
from services.reports.content import Cell, ReportColumn, ReportSheet, total
from services.spreadsheets.page_table import ColumnKind
from services.wording.languages import marked as _

Named = Callable[[str], str]
Line = tuple[Cell, ...]

_BOOKS = (
    ReportColumn(_("基金"), words=True),
    ReportColumn(_("基金代码"), ColumnKind.ID),
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
)
_SIGNATURES = (
    *_BOOKS,
    ReportColumn(_("凭证（张）"), ColumnKind.COUNT),
    ReportColumn(_("其中迟记（张）"), ColumnKind.COUNT),
    ReportColumn(_("结转跟踪（项）"), ColumnKind.COUNT),
    ReportColumn(_("提请人"), ColumnKind.ID),
    ReportColumn(_("签章人"), ColumnKind.ID),
    ReportColumn(_("签章日"), ColumnKind.DAY),
    ReportColumn(_("签章摘要"), ColumnKind.ID),
    ReportColumn(_("说明")),
)
_ACCOUNTS = (
    *_BOOKS,
    ReportColumn(_("科目"), ColumnKind.ID),
    ReportColumn(_("名称"), words=True),
    ReportColumn(_("明细"), ColumnKind.ID),
    ReportColumn(_("月初余额（元，贷方为负）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月借方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("本月贷方（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("月末余额（元，贷方为负）"), ColumnKind.AMOUNT),
)
_BANKS = (
    *_BOOKS,
    ReportColumn(_("账户"), ColumnKind.ID),
    ReportColumn(_("银行余额（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("账面余额（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("差额（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("差异（笔）"), ColumnKind.COUNT),
    ReportColumn(_("在途（笔）"), ColumnKind.COUNT),
    ReportColumn(_("流水（行）"), ColumnKind.COUNT),
    ReportColumn(_("流水摘要"), ColumnKind.ID),
)
_NOTHING = _("这个月还没有两人签章的月结。")


def sheets(months: Sequence[SignedMonth], fund: Named, region: Named) -> list[ReportSheet]:
    """The signatures, the accounts and the bank accounts of a month."""

    def books(month: SignedMonth) -> Line:
        content = month.content
        return fund(content.fund), content.fund, region(content.district), content.district

    signatures: tuple[Line, ...] = tuple(
        (
            *books(month),
            vouchers(month.content.days),
            month.content.late,
            left_open(month.content.checks),
            month.content.maker,
            month.content.checker,
            month.signed_on,
            month.content.digest,
            month.content.note,
        )
        for month in months
    )
    accounts: tuple[Line, ...] = tuple(
        (
            *books(month),
            one.code,
            BY_CODE[one.code].name,
            one.sub,
            one.opening,
            one.debit,
            one.credit,
            one.closing,
        )
        for month in months
        for one in month.content.balances
    )
    banks: tuple[Line, ...] = tuple(
        (
            *books(month),
            one.bank_account,
            one.bank,
            one.books,
            one.bank - one.books,
            one.differences,
            one.in_transit,
            one.lines,
            one.digest,
        )
        for month in months
        for one in month.content.statements
    )
    note = "" if months else _NOTHING
    return [
        ReportSheet(_("月结签章"), _SIGNATURES, signatures, total(_SIGNATURES, signatures), note),
        ReportSheet(_("科目余额"), _ACCOUNTS, accounts, total(_ACCOUNTS, accounts)),
        ReportSheet(_("银行与账面"), _BANKS, banks, total(_BANKS, banks)),
    ]
