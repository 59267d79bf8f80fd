"""Files of banks that were once read wrongly: each as its kind of accident makes it, and what comes out now."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from services.tools.staff.bank_files import answer_as_json, statement_as_json, statement_as_read
from tests.example_cities import cities

HEADING = "交易日期,交易流水号,摘要,借方发生额,贷方发生额,余额"
ANSWER = "序号,指令号,收款户名,金额（元）,处理结果,入账日期,返回码,失败原因,银行流水号"
Row = list[object]


def statement(text: str, encoding: str = "utf-8-sig") -> dict[str, Any]:
    read = statement_as_read(cities(), "流水.csv", text.encode(encoding), "icbc-1234", "auto")
    return statement_as_json(read)


def fen(text: str) -> list[int]:
    said = statement(text)
    assert said["problems"] == []
    return [line["fen"] for line in said["lines"]]


def codes(text: str) -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in statement(text)["problems"]]


def answer(raw: str | bytes) -> dict[str, Any]:
    bytes_of = raw if isinstance(raw, bytes) else raw.encode("utf-8-sig")
    return answer_as_json(cities(), bytes_of, "city-csv")


def test_the_same_statement_saved_by_a_spreadsheet_is_refused_for_its_references() -> None:
    good = f'{HEADING}\n2022-07-18,202207180000123456,财政拨款,,"500,000.00","500,000.00"\n'
    assert fen(good) == [50_000_000]
    saved = f"{HEADING}\n2022/7/18,2.02207E+17,财政拨款,,500000,500000\n"
    assert codes(saved) == [(2, "CUT_SHORT")]


def test_thousands_without_quotes_are_no_other_amount() -> None:
    assert codes(f"{HEADING}\n2022-08-29,W1,补贴,1,500.00,,98490.00\n") == [
        (2, "NO_COLUMN"),
        (2, "BOTH_SIDES"),
    ]


def test_three_columns_of_words_are_all_read() -> None:
    said = statement(
        "交易流水号,交易日期,交易时间,摘要,用途,附言,支出金额,收入金额,余额\n"
        "L3,2022-08-29,09:00:00,技能提升补贴,B220831000100001,就业补贴,1500.00,,98500.00\n"
    )
    (line,) = said["lines"]
    assert line["text"] == "技能提升补贴 B220831000100001 就业补贴"


def test_the_second_half_of_a_month_has_its_own_opening() -> None:
    half = statement(f"{HEADING}\n2022-08-16,W3,手续费,10.00,,989.00\n")
    whole = statement(
        f"{HEADING}\n2022-08-10,W2,手续费,10.00,,999.00\n2022-08-16,W3,手续费,10.00,,989.00\n"
    )
    assert (half["opening_fen"], whole["opening_fen"]) == (99_900, 100_900)
    assert half["closing_fen"] == whole["closing_fen"] == 98_900


def test_another_account_and_another_currency_above_the_table_are_refused() -> None:
    above = "账号：0000 0000 0000 9999,户名：别的单位,币种：美元"
    assert codes(f"{above}\n{HEADING}\n2022-08-29,W1,手续费,1.00,,99.00\n") == [
        (1, "OTHER_ACCOUNT"),
        (1, "OTHER_CURRENCY"),
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("2202-08-29,W2,手续费,1.00,,100.00", [(2, "NOT_A_DAY")]),
        ("202208,W2,手续费,1.00,,100.00", [(2, "NOT_A_DAY")]),
        ('2022-08-29,W1,补贴,"￥1,500.00",,98500.00', []),
    ],
)
def test_a_day_that_cannot_be_and_a_yen_of_full_width(row: str, found: list[Any]) -> None:
    assert codes(f"{HEADING}\n{row}\n") == found


def test_a_word_of_totals_in_a_purpose_drops_no_line() -> None:
    text = (
        "摘要,交易日期,交易流水号,借方发生额,贷方发生额,余额\n"
        "合计发放失业金8月,2022-08-29,W1,1.00,,99.00\n"
        "合计,,,1.00,,\n"
    )
    assert fen(text) == [-100]
    assert [one["row"] for one in statement(text)["left_out"]] == [3]


def test_a_quote_that_is_not_closed_swallows_no_row() -> None:
    said = answer(
        f'{ANSWER}\n1,B220831000300001,甲,1500.00,失败,2022-08-31,AC04,W1,"户名不符\n'
        "2,B220831000300002,乙,1500.00,成功,2022-08-31,,W2,\n"
    )
    assert said["verdicts"] == []
    assert "第 2 行的引号没有成对" in said["problems"][0]["text"]


@pytest.mark.parametrize(
    ("row", "outcome", "fen_of_it"),
    [
        ("2,B220831000300002,乙,1500.00,失败,,AC04,账户已销户,", "returned", 150_000),
        ("5,B220831000300005,甲,7199.00,退汇,2022-12-23,AC04,账户已销户,", "returned", 719_900),
        ("1,B220831000300001,甲,3000.00,成功,2022-12-21,,,", "settled", 300_000),
    ],
)
def test_an_answer_without_a_day_a_reference_or_the_whole_amount_is_what_it_says(
    row: str, outcome: str, fen_of_it: int
) -> None:
    said = answer(f"{ANSWER}\n{row}\n合计,1 笔,,{fen_of_it // 100}.00,,,,,\n")
    assert said["problems"] == []
    (verdict,) = said["verdicts"]
    assert (verdict["outcome"], verdict["fen"]) == (outcome, fen_of_it)


def workbook(rows: int) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(ANSWER.split(","))
    for n in range(1, rows + 1):
        row: Row = [n, f"B22083100030{n:04}", "甲", 1500, "成功", "2022-08-31", "", "", f"W{n}"]
        sheet.append(row)
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", b'ref="A1:I6"', b'ref="A1:I3"'),
        ("xl/styles.xml", b"<patternFill/>", b""),
    ],
)
def test_neither_a_stale_range_nor_an_empty_fill_loses_a_row(
    part: str, before: bytes, after: bytes
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(5))) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            assert name != part or before in content
            new.writestr(name, content.replace(before, after) if name == part else content)
    said = answer(held.getvalue())
    assert (len(said["verdicts"]), said["problems"]) == (5, [])
