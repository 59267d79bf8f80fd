"""three-way tables: a fund's month on its three sides, every number a link to what it sums.

Units: fen; a difference is the other side's amount less the books'
"""

from collections.abc import Sequence
from typing import NamedTuple

from projections.queries.treasury import TreasuryFigure
from services.closing.three_way import Measure, MeasureName, ThreeWay, ThreeWayVerdict
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.spreadsheets.row_cells import RowProblem
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

VERDICTS: dict[ThreeWayVerdict, State] = {
    "agreed": State(_("三方相符"), "green"),
    "differs": State(_("待查"), "red"),
    "bank_missing": State(_("缺对账单"), "amber"),
    "treasury_missing": State(_("缺财政数据"), "amber"),
    "no_treasury": State(_("没有财政数据"), "grey"),
}
MEASURES: dict[MeasureName, str] = {
    "appropriated": _("拨款"),
    "paid": _("支出净额"),
    "balance": _("月末余额"),
}


class _Side(NamedTuple):
    """One measure of one fund and place."""

    of: ThreeWay
    measure: Measure


def treasury_page(visit: Visit, one: ThreeWay) -> str:
    """The page of a fund and place in a month."""
    return visit.link(f"/treasury/{segment(one.fund)}/{segment(one.place)}/{one.month}")


def verdict_state(one: ThreeWay) -> State:
    """How the three sides stand."""
    return VERDICTS[one.verdict]


def overview_table(visit: Visit, found: Sequence[ThreeWay]) -> PageTable[_Side]:
    """Every fund and place, a row a measure."""
    rows = [_Side(one, measure) for one in found for measure in one.measures]

    def own(row: _Side) -> str:
        return treasury_page(visit, row.of)

    columns: list[PageColumn[_Side]] = [
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.of.fund, r.of.fund), ColumnKind.TEXT, own),
        PageColumn(_("区划"), lambda r: region_name(r.of.place) or r.of.place),
        PageColumn(_("状态"), lambda r: verdict_state(r.of), ColumnKind.STATE, own),
        *_sides(visit),
    ]
    return PageTable(
        "treasury", _("三方核对"), columns, rows, {}, _("这个月没有账户，也没有财政数据。")
    )


def sides_table(visit: Visit, one: ThreeWay) -> PageTable[_Side]:
    """One fund and place, a row a measure."""
    rows = [_Side(one, measure) for measure in one.measures]
    return PageTable(
        f"treasury-{one.fund}-{one.place}-{one.month}", _("三方核对"), _sides(visit), rows
    )


def _sides(visit: Visit) -> list[PageColumn[_Side]]:
    def books(row: _Side) -> str:
        account = row.of.accounts[0] if len(row.of.accounts) == 1 else None
        return visit.link("/journal", code="1002", sub=account, fund=row.of.fund)

    def bank(row: _Side) -> str | None:
        accounts = row.of.accounts
        if len(accounts) != 1:
            return visit.link("/reconciliation")
        return visit.link(f"/reconciliation/{segment(accounts[0])}/{row.of.month}")

    def open_ones(row: _Side) -> str:
        accounts = row.of.accounts
        return visit.link("/differences", account=accounts[0] if len(accounts) == 1 else None)

    def stated(row: _Side) -> str:
        return treasury_page(visit, row.of)

    return [
        PageColumn(_("项目"), lambda r: translate(MEASURES[r.measure.name])),
        PageColumn(_("账面（元）"), lambda r: r.measure.books, ColumnKind.AMOUNT, books),
        PageColumn(_("银行（元）"), lambda r: r.measure.bank, ColumnKind.AMOUNT, bank),
        PageColumn(_("财政（元）"), lambda r: r.measure.treasury, ColumnKind.AMOUNT, stated),
        PageColumn(
            _("银行 − 账面（元）"),
            lambda r: r.measure.bank_less_books,
            ColumnKind.DIFFERENCE,
            open_ones,
        ),
        PageColumn(
            _("财政 − 账面（元）"),
            lambda r: r.measure.treasury_less_books,
            ColumnKind.DIFFERENCE,
            stated,
        ),
    ]


def history_table(rows: Sequence[TreasuryFigure]) -> PageTable[TreasuryFigure]:
    """What the treasury has stated, the first first; nothing is written over."""
    columns: list[PageColumn[TreasuryFigure]] = [
        PageColumn(_("序号"), lambda r: r.number, ColumnKind.COUNT),
        PageColumn(_("区划"), lambda r: region_name(r.district) or r.district),
        PageColumn(_("拨款（元）"), lambda r: r.appropriated_fen, ColumnKind.AMOUNT),
        PageColumn(_("支出（元）"), lambda r: r.paid_fen, ColumnKind.AMOUNT),
        PageColumn(_("余额（元）"), lambda r: r.balance_fen, ColumnKind.AMOUNT),
        PageColumn(_("文书"), lambda r: r.document),
        PageColumn(_("更正的文书"), lambda r: r.corrects or None),
        PageColumn(_("原因"), lambda r: r.why or None),
        PageColumn(_("文件摘要"), lambda r: r.evidence[:12] or None, ColumnKind.ID),
        PageColumn(_("时间"), lambda r: r.stated_at, ColumnKind.MOMENT),
    ]
    empty = _("没有财政数据。")
    return PageTable("treasury-stated", _("财政数据"), columns, rows, {}, empty)


def problems_table(problems: Sequence[RowProblem]) -> PageTable[RowProblem]:
    """What is wrong with a file, row by row."""
    columns: list[PageColumn[RowProblem]] = [
        PageColumn(_("行"), lambda r: r.row or None, ColumnKind.COUNT),
        PageColumn(_("问题"), lambda r: r.text),
    ]
    return PageTable("treasury-problems", _("问题"), columns, problems)
