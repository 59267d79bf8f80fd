"""A bank's file is read whole or refused whole, and says where it is wrong."""

import io
from datetime import UTC, date, datetime
from itertools import pairwise

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.money import yuan
from events.statements import RecordStatementDays, StatedDay
from services.banking.statements.importing import NotTaken, commands_for, hold, to_record
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.spreadsheets.cells import UnreadableCell, read_amount
from tests.bank_layouts import statement_layout
from tests.example_cities import cities

ACCOUNT = cities().accounts["icbc-1234"]
NOW = datetime(2022, 9, 1, 1, tzinfo=UTC)
HEADING = "交易日期,交易流水号,摘要,借方发生额,贷方发生额,余额"
LINES = (
    '2022-08-01,W0001,财政拨款 失业保险基金,,"1,000,000.00",1000000.00',
    "2022-08-29,B220831000100001,技能提升补贴,1500.00,,998500.00",
    "2022-08-30,W0002,账户手续费,5.00,,998495.00",
)


def read(*lines: str, encoding: str = "utf-8-sig", bank: str = "city-csv") -> Statement:
    raw = "\r\n".join([HEADING, *lines]).encode(encoding)
    return read_statement("8月流水.csv", raw, ACCOUNT.alias, statement_layout(bank))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_amounts_dates_and_kinds_are_read_in_either_encoding(encoding: str) -> None:
    statement = read(*LINES, encoding=encoding)
    assert statement.problems == ()
    assert [line.amount for line in statement.lines] == [100_000_000, -150_000, -500]
    assert [line.kind for line in statement.lines] == ["funds_received", "payment", "fee"]
    assert statement.opening_balance == 0
    assert statement.closing_balance == 99_849_500
    assert statement.lines[1].booked_on == date(2022, 8, 29)


def test_a_letter_in_an_amount_names_line_column_and_value() -> None:
    statement = read(LINES[0], '2022-08-29,B220831000100001,补贴,"1,2O0.00",,998800.00')
    (problem,) = statement.problems
    assert problem.text == (
        "文件“8月流水.csv”第 3 行“借方发生额”为“1,2O0.00”，不是数字。"
        "整份未导入，请更正后重传，已导入过的行不会重复。"
    )
    with pytest.raises(NotTaken, match="第 3 行"):
        hold(statement, ACCOUNT, "li-jing")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("2022-13-01,W1,补贴,1.00,,0", "不是日期"),
        ("2022-08-01,W1,补贴,1.005,,0", "小数超过两位"),
        ("2022-08-01,W1,补贴,,,0", "没有金额"),
        ("2022-08-01,W1,补贴,1.00,,x", "不是数字"),
    ],
)
def test_what_cannot_be_read_is_named(line: str, wrong: str) -> None:
    assert wrong in read(LINES[0], line).problems[0].text


def test_a_hole_in_the_chain_of_balances_is_a_problem() -> None:
    (problem,) = read(LINES[0], LINES[2]).problems
    assert "应为 999,995.00" in problem.text


def test_a_file_without_the_columns_says_which_are_expected() -> None:
    raw = "日期,金额\n2022-08-01,1.00".encode()
    (problem,) = read_statement("a.csv", raw, ACCOUNT.alias, statement_layout("city-csv")).problems
    assert "没有找到表头" in problem.text
    assert "交易日期" in problem.text


def test_a_file_that_lacks_one_column_names_it_and_what_is_there() -> None:
    raw = HEADING.replace("摘要", "备注").encode() + b"\n"
    (problem,) = read_statement("a.csv", raw, ACCOUNT.alias, statement_layout("city-csv")).problems
    assert (problem.code, problem.line) == ("NO_HEADING", 1)
    assert "缺少列 摘要或用途或附言" in problem.text
    assert "备注" in problem.text


def codes(text: str, last_four: str = "") -> list[str]:
    """What is wrong with a statement of the first shipped layout, by its codes."""
    layout = statement_layout("city-csv")
    found = read_statement("a.csv", text.encode(), ACCOUNT.alias, layout, last_four=last_four)
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("2022-08-29,W1,补贴,1,500.00,,98490.00", ["NO_COLUMN", "BOTH_SIDES"]),
        ("2022-08-29,W1,补贴,1.00,2.00,5.00", ["BOTH_SIDES"]),
        ("2022-08-29,2.02207E+17,补贴,1.00,,5.00", ["CUT_SHORT"]),
        ("2202-08-29,W1,补贴,1.00,,5.00", ["NOT_A_DAY"]),
        ('2022-08-29,W1,补贴,"￥1,500.00",,5.00', []),
    ],
)
def test_a_row_that_says_two_things_is_refused(row: str, wrong: list[str]) -> None:
    assert codes(f"{HEADING}\n{row}\n") == wrong


def test_every_column_of_words_is_kept_and_an_instruction_is_found_in_any() -> None:
    raw = (
        "交易流水号,交易日期,摘要,用途,附言,支出金额,收入金额,余额\n"
        "L3,2022-08-29,技能提升补贴,B220831000100001,就业补贴,1500.00,,98500.00\n"
    ).encode()
    (line,) = read_statement("a.csv", raw, ACCOUNT.alias, statement_layout("city-csv")).lines
    assert line.purpose == "技能提升补贴 B220831000100001 就业补贴"
    assert line.kind == "payment"


def test_a_word_of_totals_within_a_purpose_is_no_row_of_totals() -> None:
    raw = (
        "摘要,交易日期,交易流水号,借方发生额,贷方发生额,余额\n"
        "合计发放失业金8月,2022-08-29,W1,1.00,,99.00\n"
        "合计,,,1.00,,\n"
    ).encode()
    statement = read_statement("a.csv", raw, ACCOUNT.alias, statement_layout("city-csv"))
    assert statement.problems == ()
    assert [line.amount for line in statement.lines] == [-100]


@pytest.mark.parametrize(
    ("above", "wrong"),
    [
        ("账号：0000 0000 0000 1234,币种：人民币", []),
        ("账号：0000 0000 0000 9999,户名：别的单位", ["OTHER_ACCOUNT"]),
        ("账号：6222 **** **** 1234,币种：美元", ["OTHER_CURRENCY"]),
        ("起止日期：2022-08-01 至 2022-08-31", []),
        ("起止日期：20220701-20220731", ["OTHER_PERIOD"]),
        ("期初余额：100.00,期末余额：99.00", []),
        ("期初余额：100.00,期末余额：98.00", ["CLOSING_DIFFERS"]),
        ("期初余额：101.00", ["OPENING_DIFFERS"]),
    ],
)
def test_what_stands_above_the_table_is_compared(above: str, wrong: list[str]) -> None:
    row = "2022-08-29,W1,手续费,1.00,,99.00"
    assert codes(f"{above}\n{HEADING}\n{row}\n", last_four=ACCOUNT.last_four) == wrong


def test_a_statement_comes_as_a_workbook_too() -> None:
    book, held = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["账号", "0000000000001234"])
    sheet.append(HEADING.split(","))
    sheet.append([date(2022, 8, 29), "W1", "手续费", 5, None, 95.5])
    book.save(held)
    layout = statement_layout("city-csv")
    statement = read_statement("八月.xlsx", held.getvalue(), ACCOUNT.alias, layout)
    assert statement.problems == ()
    (line,) = statement.lines
    assert (line.booked_on, line.amount, line.balance_after) == (date(2022, 8, 29), -500, 9_550)


@pytest.mark.parametrize("words", ["退回 创业担保贷款结息贴补", "某人交回误发财政拨款补贴"])
def test_money_that_somebody_pays_back_is_neither_interest_nor_funding(words: str) -> None:
    statement = read(LINES[0], f"2022-08-29,W1,{words},,20.00,1000020.00")
    assert statement.lines[-1].kind == "other"


def test_text_in_no_known_encoding_is_refused() -> None:
    raw = b"\xff\xfe\x00\xd8" * 10
    (problem,) = read_statement("a.csv", raw, "x", statement_layout("city-csv")).problems
    assert problem.code == "UNREADABLE_FILE"
    assert "不能按 UTF-16 识别" in problem.text


def test_a_statement_newest_first_with_marks_reads_the_same() -> None:
    raw = (
        "记账日,流水号,附言,收支标志,金额,余额\n"
        "20220830,W2,手续费,支,5.00,95.00\n"
        "20220829,W1,财政拨款,收,100.00,100.00\n"
        "合计,,,,105.00,\n"
    ).encode()
    statement = read_statement("a.csv", raw, ACCOUNT.alias, statement_layout("signed"))
    assert statement.problems == ()
    assert [line.amount for line in statement.lines] == [10_000, -500]
    assert statement.opening_balance == 0


def test_an_id_in_the_banks_words_is_blotted_out() -> None:
    line = "2022-08-30,21120219900307000X,退回 211202 19900307 000X 王某,,5.00,1000005.00"
    kept = asked_days(read(LINES[0], line))[-1].lines[-1]
    assert (kept.reference, kept.purpose) == ("*" * 18, f"退回 {'*' * 20} 王某")


def asked_days(statement: Statement) -> list[StatedDay]:
    """The days that are asked for, in order."""
    asked = commands_for(to_record(statement, ACCOUNT), "S-1", 1, NOW)
    return [day for a in asked if isinstance(a.body, RecordStatementDays) for day in a.body.days]


def test_each_day_begins_with_the_balance_that_ended_the_one_before() -> None:
    statement = read(*LINES, "2022-09-01,W3,结息,,1.00,998496.00")
    days = asked_days(statement)
    assert [day.day.day for day in days] == [*range(1, 32), 1]
    assert all(one.closing == after.opening for one, after in pairwise(days))
    assert (days[0].opening, days[-1].closing) == (0, 99_849_600)
    asked = commands_for(to_record(statement, ACCOUNT), "S-1", 1, NOW)
    assert [a.stream for a in asked] == ["account/icbc-1234/2022-08", "account/icbc-1234/2022-09"]
    assert asked == commands_for(to_record(statement, ACCOUNT), "S-1", 1, NOW)
    again = commands_for(to_record(statement, ACCOUNT), "S-1", 2, NOW)
    assert len({a.id for a in [*asked, *again]}) == 4


def test_a_file_of_more_than_a_year_is_cut_by_whoever_exports_it() -> None:
    with pytest.raises(NotTaken, match="一年"):
        hold(read(LINES[0], "2026-08-29,W2,手续费,1.00,,999999.00"), ACCOUNT, "li-jing")


@given(st.integers(-(10**14), 10**14))
def test_an_amount_that_is_written_reads_back_the_same(amount: int) -> None:
    assert read_amount(yuan(amount)) == amount


@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda t: (HEADING + "\n" + t).encode())
    )
)
def test_whatever_a_file_holds_it_is_read_or_its_problems_are_named(raw: bytes) -> None:
    statement = read_statement("f.csv", raw, ACCOUNT.alias, statement_layout("city-csv"))
    assert statement.problems or statement.lines
    if not statement.problems:
        assert hold(statement, ACCOUNT, "li-jing").lines == len(statement.lines)


def test_full_width_digits_are_read_and_a_number_with_stray_separators_is_not() -> None:
    assert read_amount("１，２３４．５０") == 123_450
    for text in ("1,23.00", "1.2.3", "１O", "", "NaN", "1e5"):
        with pytest.raises(UnreadableCell):
            read_amount(text)
