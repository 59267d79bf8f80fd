"""Sheets of reports from rows: sums, closing balances, what does not add up, digests and bytes."""

from datetime import date
from typing import Any

import pytest

from events.position_vector import PositionVector
from projections.queries.clawbacks import ClawbackRow
from projections.queries.fund_report import AccountFlow, ProgrammePaid, ReportBooks
from projections.queries.posts import PostRow
from projections.queries.treasury import StatedTreasuryFigure
from services.reports import fund_month, fund_treasury, lists
from services.reports.cells import cells_of, first_difference, number_in
from services.reports.content import Cell, MadeReport, ReportColumn, ReportSheet
from services.reports.paper import paper
from services.reports.workbook import workbook
from services.spreadsheets.page_table import ColumnKind
from tests.example_cities import cities

FUND, DISTRICT, SKILL = "unemployment_insurance", "211202", "skill-upgrade"


def flow(code: str, sub: str, kind: str, **moved: int) -> AccountFlow:
    nothing = dict.fromkeys(AccountFlow._fields[5:], 0)
    return AccountFlow(code, FUND, DISTRICT, sub, kind, **(nothing | moved))


FLOWS = [
    flow("1002", "icbc", "opening", before_debit=1000),
    flow("4001", "icbc", "opening", before_credit=1000),
    flow("1002", "icbc", "funds_received", year_debit=500, month_debit=200),
    flow("4101", "icbc", "funds_received", year_credit=500, month_credit=200),
    flow("5001", SKILL, "ordered", month_debit=300),
    flow("2211", SKILL, "ordered", month_credit=300),
    flow("2211", SKILL, "sent", month_debit=250),
    flow("2241", "icbc", "sent", month_credit=250),
    flow("2241", "icbc", "settled", month_debit=250),
    flow("1002", "icbc", "settled", month_credit=250),
]
PAID = [ProgrammePaid(FUND, DISTRICT, SKILL, "settled", 2, 250, 2, 250)]


def named(code: str) -> str:
    return f"叫{code}"


def lines(sheet: ReportSheet) -> dict[Cell, tuple[Cell, ...]]:
    return {row[0]: row[1:] for row in sheet.rows}


def test_opening_received_and_paid_make_closing_in_the_month_and_in_the_year() -> None:
    cash = lines(fund_month.cash(FLOWS))
    assert cash["期初银行存款"] == (1500, 1000)
    assert cash["收入合计"] == (200, 700)
    assert cash["　财政拨款到账"] == (200, 700)
    assert cash["支出合计"] == cash["　待遇支付"] == (250, 250)
    assert cash["期末银行存款"] == (1450, 1450)


def test_a_programme_has_what_it_cost_was_paid_and_is_still_owed() -> None:
    sheet = fund_month.programmes(FLOWS, PAID, named)
    assert sheet.rows == (("叫skill-upgrade", SKILL, 2, 250, 0, 2, 250, 0, 300, 50, 0),)
    assert sheet.totals[3] == 250


def test_books_that_do_not_add_up_are_named() -> None:
    sheets = [fund_month.cash(FLOWS), fund_month.accounts(FLOWS)]
    assert fund_month.faults(sheets) == []
    wrong = [*FLOWS[:-1], FLOWS[-1]._replace(month_credit=251)]
    changed = [fund_month.cash(wrong), fund_month.accounts(wrong)]
    assert fund_month.faults(changed) == [
        "本月的借方合计不等于贷方合计",
        "月末的借方合计不等于贷方合计",
    ]
    cash = sheets[0]._replace(rows=(*sheets[0].rows[:-1], ("期末银行存款", 1, 1)))
    assert len(fund_month.faults([cash, sheets[1]])) == 2


def treasury_sheet(area: str, *stated: StatedTreasuryFigure, fund: str = "") -> ReportSheet:
    books = ReportBooks(area, fund, date(2022, 8, 1), date(2022, 8, 31), PositionVector(()))
    (own,) = (a.alias for a in cities().accounts.values() if a.serves(FUND, DISTRICT))
    flows = [
        flow("1002", own, "opening", before_debit=1000),
        flow("1002", own, "funds_received", month_debit=500),
        flow("4101", own, "funds_received", month_credit=500),
        flow("1002", own, "settled", month_credit=200),
        flow("1002", own, "fee", month_credit=5),
        flow("5201", own, "fee", month_debit=5),
    ]
    return fund_treasury.sheet(flows, stated, cities(), books, (named, named))


def test_the_treasury_stands_beside_the_books_with_every_fen_between_them() -> None:
    said = StatedTreasuryFigure(FUND, DISTRICT, 500, 200, 1294, "铁财社〔2022〕8号")
    sheet = treasury_sheet("211200", said)
    assert [row[4:10] for row in sheet.rows if row[1] == FUND] == [
        ("拨款", 500, 500, 0, "相符", "铁财社〔2022〕8号"),
        ("支出净额", 200, 200, 0, "相符", "铁财社〔2022〕8号"),
        ("月末余额", 1295, 1294, -1, "待查", "铁财社〔2022〕8号"),
    ]
    assert fund_treasury.lines(sheet)[-1].endswith(
        "项目 月末余额　账面（元） 12.95　财政（元） 12.94　财政 − 账面（元） -0.01"
        "　状态 待查　文书 铁财社〔2022〕8号"
    )


def test_a_treasury_that_has_not_spoken_is_missed_and_not_taken_for_nothing() -> None:
    assert treasury_sheet("211200", fund=FUND).rows == ()
    assert "没有财政数据" in treasury_sheet("211200", fund=FUND).note
    other = StatedTreasuryFigure("employment_subsidy", DISTRICT, 1, 1, 1, "x")
    assert treasury_sheet("211200", other, fund=FUND).rows == (), "another fund's figures"
    part = treasury_sheet("210402", StatedTreasuryFigure(FUND, "210402", 1, 1, 1, "x"))
    assert (part.rows, "全市的月报" in part.note) == ((), True), "the account is the whole city's"
    assert treasury_sheet("=211200", StatedTreasuryFigure(FUND, DISTRICT, 1, 1, 1, "x")).rows == ()


def debt(clawback: str, amount: int, left: int, cause: str = "fraud") -> ClawbackRow:
    values: dict[str, Any] = dict.fromkeys(ClawbackRow._fields)
    values |= {"payee": "p", "clawback": clawback, "cause": cause, "district": DISTRICT}
    values |= {"programme": SKILL, "amount_fen": amount, "left_fen": left, "offset_fen": 0}
    values |= {"recovered_fen": amount - left, "written_off_fen": 0}
    return ClawbackRow(**values | {"ordered_on": date(2022, 8, 1)})


def test_debts_are_summed_by_cause_and_the_open_ones_listed_with_their_age() -> None:
    rows = [debt("c1", 100, 40), debt("c2", 50, 0), debt("c3", 9, 9, "not_entitled")]
    proposed = debt("c4", 5, 5)._replace(ordered_on=None)
    sums, listed = lists.debts([*rows, proposed], date(2022, 8, 31), named, named)
    assert [row[3:6] for row in sums.rows] == [("fraud", 2, 150), ("not_entitled", 1, 9)]
    assert sums.totals[-1] == 49
    assert [(row[0], row[-2], row[-1]) for row in listed.rows] == [("c1", 40, 30), ("c3", 9, 30)]
    assert listed.totals[-1] is None, "days are not summed"


def post(number: int, movement: Any, placement: int = 1, *, filed: bool = False) -> PostRow:
    application = f"hrss:{number}"
    return PostRow("b", movement, application, "e", DISTRICT, placement, filed, 3, "2022-07")


def test_posts_are_counted_by_district_and_listed_without_names_and_tokens() -> None:
    rows = [post(1, "kept"), post(2, "new", 2, filed=True), post(3, "vacated", 2)]
    sums, listed = lists.posts_of_quarter(rows, named)
    assert sums.rows == ((f"叫{DISTRICT}", DISTRICT, 2, 1, 1, 1, 1),)
    assert [row[0] for row in listed.rows] == ["hrss:1", "hrss:2", "hrss:3"]
    assert [row[6] for row in listed.rows] == ["", "已备案", "未备案"]
    assert not {"b", "e"} & {cell for row in listed.rows for cell in row}


def report(amount: int = 12_345, words: str = "技能提升补贴") -> MadeReport:
    columns = (
        ReportColumn("项目", words=True),
        ReportColumn("代码", ColumnKind.ID),
        ReportColumn("金额（元）", ColumnKind.AMOUNT),
        ReportColumn("日期", ColumnKind.DAY),
    )
    sheet = ReportSheet("甲表", columns, ((words, SKILL, amount, date(2022, 8, 31)),))
    return MadeReport(
        "fund-month",
        1,
        "基金收支月报",
        "211200",
        {"area": "211200", "month": "2022-08"},
        (("区划", "铁岭市"), ("月份", "2022-08")),
        date(2022, 8, 31),
        PositionVector((12,)),
        "a" * 64,
        (sheet,),
    )


def test_the_digest_is_over_figures_and_codes_and_not_over_words() -> None:
    assert report(words="另一个名称").digest == report().digest
    assert report(amount=12_346).digest != report().digest
    assert report(amount=12_346).number != report().number


@pytest.mark.parametrize("write", [workbook, paper])
def test_the_same_report_is_the_same_file_and_says_its_number(write: Any) -> None:
    made = write(report())
    assert write(report()) == made
    assert number_in(cells_of(made)) == report().number


def test_the_first_cell_that_differs_is_named_and_words_may_be_left_out() -> None:
    issued = cells_of(workbook(report()))
    assert issued["甲表"][4, 3] == "123.45"
    assert issued["甲表"][4, 4] == "2022-08-31"
    assert first_difference(issued, issued) is None
    other = cells_of(workbook(report(words="另一个名称")._replace(title="基金收支月报")))
    assert first_difference(issued, other) == ("甲表!A4", "技能提升补贴", "另一个名称")
    assert first_difference(issued, other, {"甲表": [1]}) is None
    more = {**issued, "另加": {(1, 28): "x"}}
    assert first_difference(issued, more) == ("另加!AB1", "", "x")
