"""Each bank's statement is read as its published headings say, whatever its order and its shape."""

import csv
import io
from collections.abc import Sequence

import openpyxl
import pytest

from services.banking.banks.layouts import StatementColumns, StatementLayout
from services.banking.banks.of_cities import city_banks
from services.banking.banks.registry import shipped_banks
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.banking.statements.statement_lines import kind_of
from tests.bank_layouts import statement_layout
from tests.example_cities import cities
from tests.statement_samples import DELIMITERS, INSTRUCTION, OPENING, SAID, SAMPLES

HEADINGS = ("日期", "流水号", "摘要", "支出", "收入", "余额")
LAYOUT = StatementLayout(
    columns=StatementColumns(
        booked_on=("日期",),
        reference=("流水号",),
        purpose=("摘要",),
        paid=("支出",),
        received=("收入",),
        balance=("余额",),
    ),
    footer=("合计",),
)


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode("gb18030")


def read(
    *rows: Sequence[str], layout: StatementLayout = LAYOUT, headings: Sequence[str] = HEADINGS
) -> Statement:
    return read_statement("a.csv", as_csv([headings, *rows]), "a", layout)


def codes(statement: Statement) -> list[str]:
    return [problem.code for problem in statement.problems]


def changed(**fields: object) -> StatementLayout:
    return LAYOUT.model_copy(update=fields)


@pytest.mark.parametrize("bank", SAMPLES)
def test_the_statement_of_each_bank_says_what_it_says(bank: str) -> None:
    layout = statement_layout(bank)
    raw = as_csv(SAMPLES[bank], DELIMITERS.get(bank, ","))
    statement = read_statement("a.csv", raw, "a", layout, last_four="1234")
    assert statement.problems == ()
    assert [(str(line.booked_on), line.amount) for line in statement.lines] == SAID
    assert [line.kind for line in statement.lines] == ["funds_received", "payment", "interest"]
    assert INSTRUCTION in statement.lines[1].purpose
    assert statement.opening_balance == OPENING


def test_every_shipped_layout_of_a_bank_is_tried() -> None:
    ours = {"city-csv", "city-xlsx", "iso-20022", "signed"}
    assert set(SAMPLES) == set(shipped_banks()) - ours


@pytest.mark.parametrize("bank", ["ccb", "boc"])
def test_another_accounts_statement_is_refused(bank: str) -> None:
    layout = statement_layout(bank)
    statement = read_statement("a.csv", as_csv(SAMPLES[bank]), "a", layout, last_four="9999")
    assert set(codes(statement)) == {"OTHER_ACCOUNT"}


def test_a_banks_workbook_with_numbers_and_times_reads_the_same() -> None:
    book, held = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in SAMPLES["ccb"]:
        cells: list[object] = [
            float(cell) if column in (1, 2, 3) and cell.replace(".", "").isdigit() else cell
            for column, cell in enumerate(row)
        ]
        sheet.append(cells)
    book.save(held)
    layout = statement_layout("ccb")
    statement = read_statement("a.xlsx", held.getvalue(), "a", layout, last_four="1234")
    assert statement.problems == ()
    assert [(str(line.booked_on), line.amount) for line in statement.lines] == SAID


def test_a_layout_in_fen_reads_whole_numbers_and_refuses_a_point() -> None:
    fen = changed(unit="fen")
    statement = read(["20220801", "1", "补贴", "150000", "", "850000"], layout=fen)
    assert [line.amount for line in statement.lines] == [-150_000]
    assert statement.opening_balance == 1_000_000
    pointed = read(["20220801", "1", "补贴", "1500.00", "", "8500.00"], layout=fen)
    assert codes(pointed) == ["NOT_AN_AMOUNT", "NOT_AN_AMOUNT"]


ROWS = (
    ["2022-08-01", "1", "拨款", "", "100.00", "100.00"],
    ["2022-08-02", "2", "补贴", "30.00", "", "70.00"],
    ["2022-08-02", "3", "补贴", "20.00", "", "50.00"],
    ["2022-08-03", "4", "结息", "", "1.00", "51.00"],
)


@pytest.mark.parametrize(
    ("order", "places"),
    [
        ("oldest_first", (0, 1, 2, 3)),
        ("newest_first", (3, 2, 1, 0)),
        ("newest_day_first", (3, 1, 2, 0)),
        ("by_balance", (0, 1, 2, 3)),
        ("by_balance", (3, 2, 1, 0)),
        ("by_balance", (3, 1, 2, 0)),
        ("by_balance", (0, 2, 1, 3)),
    ],
)
def test_lines_come_oldest_first_whatever_the_file_begins_with(
    order: str, places: tuple[int, ...]
) -> None:
    statement = read(*(ROWS[place] for place in places), layout=changed(order=order))
    assert statement.problems == ()
    assert [line.reference for line in statement.lines] == ["1", "2", "3", "4"]
    assert (statement.opening_balance, statement.closing_balance) == (0, 5_100)


def test_a_day_that_reads_both_ways_is_asked_for_and_never_guessed() -> None:
    both = (
        ["2022-08-02", "1", "补贴", "30.00", "", "70.00"],
        ["2022-08-02", "2", "退汇", "", "30.00", "100.00"],
    )
    layout = changed(order="by_balance")
    assert codes(read(*both, layout=layout)) == ["ORDER_UNCLEAR"]
    raw = as_csv([HEADINGS, *both])
    told = read_statement("a.csv", raw, "a", layout, opening=10_000)
    assert told.problems == ()
    assert [line.reference for line in told.lines] == ["1", "2"]


def test_a_hole_in_the_balances_is_named_in_any_order() -> None:
    layout = changed(order="by_balance")
    for rows in ((ROWS[0], ROWS[1], ROWS[3]), (ROWS[3], ROWS[1], ROWS[0])):
        assert codes(read(*rows, layout=layout)) == ["BALANCE_BREAKS"]


def test_two_rows_of_headings_with_merged_and_with_repeated_cells() -> None:
    layout = statement_layout("ccb-two-rows")
    merged = [list(row) for row in SAMPLES["ccb-two-rows"]]
    repeated = [list(row) for row in merged]
    repeated[0][5] = repeated[0][4]
    for rows in (merged, repeated):
        statement = read_statement("a.csv", as_csv(rows), "a", layout)
        assert [line.amount for line in statement.lines] == [amount for _, amount in SAID]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["合计", "", "", "50.00", "100.00", ""], "合计或说明行"),
        (list(HEADINGS), "重复的表头"),
        (["2022-08-03", "9", "结息", "0.00", "0.00", "50.00"], "发生额为 0.00"),
    ],
)
def test_a_row_that_is_no_line_is_left_out_by_name(row: list[str], why: str) -> None:
    statement = read(*ROWS[:3], row)
    assert statement.problems == ()
    assert len(statement.lines) == 3
    assert [(one.line, one.why) for one in statement.left_out] == [(5, why)]


@pytest.mark.parametrize(
    ("cells", "fen"),
    [
        ("+1,500.00", 150_000),
        ("(1,500.00)", -150_000),
        ("1500.00-", -150_000),
        ("¥1500", 150_000),
        ("人民币1,500.00元", 150_000),
        ('="1500.00"', 150_000),
        ("\t1500.00\t", 150_000),
        ("１，５００．００", 150_000),
    ],
)
def test_amounts_are_read_as_corporate_exports_write_them(cells: str, fen: int) -> None:
    columns = LAYOUT.columns.model_copy(update={"paid": (), "received": (), "amount": ("金额",)})
    layout = changed(columns=columns)
    statement = read(
        ["2022-08-01", "1", "补贴", cells, "99999.00"],
        layout=layout,
        headings=("日期", "流水号", "摘要", "金额", "余额"),
    )
    assert [line.amount for line in statement.lines] == [fen]


@pytest.mark.parametrize(
    "day",
    [
        "2022-08-01",
        "2022/8/1",
        "20220801",
        "2022.08.01",
        "2022年8月1日",
        "20220801 15:24:03",
        "2022-08-01 15:24",
        "20220801152403",
        '="20220801"',
    ],
)
def test_days_are_read_as_corporate_exports_write_them(day: str) -> None:
    (line,) = read([day, "1", "补贴", "1.00", "", "9.00"]).lines
    assert str(line.booked_on) == "2022-08-01"


@pytest.mark.parametrize("day", ["2022081", "202281", "20228", "20220801152"])
def test_a_day_that_lacks_a_digit_is_none(day: str) -> None:
    assert codes(read([day, "1", "补贴", "1.00", "", "9.00"])) == ["NOT_A_DAY"]


def test_two_accounts_in_one_file_and_another_currency_are_named_by_row() -> None:
    columns = LAYOUT.columns.model_copy(update={"account": ("本方账号",), "currency": ("币种",)})
    headings = (*HEADINGS, "本方账号", "币种")
    row = ["2022-08-01", "1", "补贴", "1.00", "", "9.00"]
    statement = read(
        [*row, "0000111100001234", "人民币元"],
        [*row, "0000111100009999", "CNY"],
        [*row, "0000111100001234", "USD"],
        layout=changed(columns=columns),
        headings=headings,
    )
    assert [(one.code, one.line) for one in statement.problems] == [
        ("TWO_ACCOUNTS", 3),
        ("OTHER_CURRENCY", 4),
    ]
    assert "00009999" not in statement.problems[0].text


@pytest.mark.parametrize(
    ("above", "found"),
    [
        (["总笔数[ Total number ]", "4"], []),
        (["总笔数", "5"], ["TOTAL_DIFFERS"]),
        (["借方发生总额[ Total Debit ]", "50.00", "贷方发生总额", "101.00"], []),
        (["借方发生总额", "80.00"], ["TOTAL_DIFFERS"]),
    ],
)
def test_the_banks_own_totals_above_the_table_are_compared(
    above: list[str], found: list[str]
) -> None:
    statement = read_statement("a.csv", as_csv([above, HEADINGS, *ROWS]), "a", LAYOUT)
    assert codes(statement) == found


def test_a_red_entry_is_taken_off_the_banks_total_of_its_side() -> None:
    above = ["借方发生总额", "20.00", "贷方发生总额", "100.00"]
    red = [
        ROWS[0],
        ["2022-08-02", "2", "补贴", "30.00", "", "70.00"],
        ["2022-08-02", "3", "冲正", "-30.00", "", "100.00"],
        ["2022-08-03", "4", "补贴", "20.00", "", "80.00"],
    ]
    statement = read_statement("a.csv", as_csv([above, HEADINGS, *red]), "a", LAYOUT)
    assert statement.problems == ()
    assert [line.amount for line in statement.lines] == [10_000, -3_000, 3_000, -2_000]


@pytest.mark.parametrize(
    ("above", "found"),
    [
        (["起止日期：2022-08-01 至 2022-08-31", "期初余额：5.00", "期末余额：5.00"], []),
        (
            ["起止日期：2022-08-01 至 2022-08-31", "期初余额：5.00", "期末余额：6.00"],
            ["CLOSING_DIFFERS"],
        ),
        (["起止日期：2022-08-01 至 2022-08-31"], ["EMPTY"]),
    ],
)
def test_a_month_without_a_line_is_read_where_the_bank_says_days_and_balance(
    above: list[str], found: list[str]
) -> None:
    statement = read_statement("a.csv", as_csv([above, HEADINGS]), "a", LAYOUT)
    assert codes(statement) == found
    assert (str(statement.first), str(statement.last)) == ("2022-08-01", "2022-08-31")


def layouts_of_cities() -> dict[str, StatementLayout]:
    """Every layout in which a statement of the shipped cities may be written."""
    return city_banks(cities()).writing_statements()


@pytest.mark.parametrize("name", layouts_of_cities())
@pytest.mark.parametrize("words", ["退回 创业担保贷款结息贴补", "某人交回误发财政拨款补贴"])
def test_in_no_layout_is_money_that_somebody_pays_back_interest_or_funding(
    name: str, words: str
) -> None:
    assert kind_of(layouts_of_cities()[name], 2_000, "", words) == "other"


def test_of_a_day_and_a_time_of_day_the_one_named_first_is_the_day() -> None:
    rows = [list(row) for row in SAMPLES["bocom"]]
    for row, cells in zip(rows[1:], ("交易日期", "20220830", "20220829", "20220801"), strict=True):
        row.insert(1, cells)
    for row in rows[2:]:
        row[0] = "09:00:00"
    statement = read_statement("a.csv", as_csv(rows), "a", statement_layout("bocom"))
    assert statement.problems == ()
    assert [(str(line.booked_on), line.amount) for line in statement.lines] == SAID


def test_a_text_of_another_delimiter_is_called_that_whatever_its_amounts_hold() -> None:
    raw = as_csv(SAMPLES["boc-bars"], "|")
    (problem,) = read_statement("a.csv", raw, "a", statement_layout("boc")).problems
    assert "以竖线分隔，所选格式以逗号分隔" in problem.text
