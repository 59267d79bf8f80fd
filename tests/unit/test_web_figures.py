"""Figures on screen, on paper and in files: exact, inert, and never a 0 for what was not read."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.spreadsheets.page_table import (
    ColumnKind,
    PageColumn,
    PageTable,
    csv_lines,
    exported,
    inert,
    written,
)
from services.web.parts.bar_charts import stacked, widths
from services.web.request.typed_amounts import NotAnAmount, read_yuan
from services.wording import figures
from services.wording.states import State


def test_money_has_separators_two_decimals_and_a_sign_where_it_is_a_difference() -> None:
    assert figures.yuan(123_456_789) == "1,234,567.89"
    assert figures.yuan(-5) == "-0.05"
    assert figures.yuan(150_000, signed=True) == "+1,500.00"
    assert figures.yuan(0, signed=True) == "0.00"
    assert figures.yuan(None) == "—"


def test_ten_thousands_are_rounded_half_up_and_shares_downwards() -> None:
    assert figures.wan(192_600_00) == "19.26"
    assert figures.wan(5_000) == "0.01"
    assert figures.wan(4_999) == "0.00"
    assert figures.share(9_999, 10_000) == "99.9%"
    assert figures.share(1, 1) == "100.0%"
    assert figures.share(1, 0) == "—"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (96_300_000, "人民币玖拾陆万叁仟元整"),
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (10_000_000_00, "人民币壹仟万元整"),
        (10_010_000_00, "人民币壹仟零壹万元整"),
        (100_000_001_00, "人民币壹亿零壹元整"),
        (5, "人民币伍分"),
        (0, "人民币零元整"),
    ],
)
def test_capital_numerals_follow_the_rules_for_bills(fen: int, words: str) -> None:
    assert figures.in_words(fen) == words


@given(st.integers(min_value=0, max_value=10**13))
def test_what_is_written_is_read_back(fen: int) -> None:
    assert read_yuan(figures.yuan(fen)) == fen


def test_amounts_take_full_width_digits_and_refuse_a_third_decimal() -> None:
    assert read_yuan("１，２００。５") == 120_050
    for wrong in ("1.005", "1,20.00", "-1.00", "一千", "", "1e3"):
        with pytest.raises(NotAnAmount):
            read_yuan(wrong)


def test_instants_are_shown_on_the_shanghai_clock() -> None:
    assert figures.moment(datetime(2022, 8, 30, 16, 0, 5, tzinfo=UTC)) == "2022-08-31 00:00:05"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_file_can_be_run_as_a_formula(start: str) -> None:
    assert inert(f"{start}cmd|'/c calc'!A1").startswith("'")
    assert exported(ColumnKind.TEXT, f"{start}1+1").startswith("'")
    assert exported(ColumnKind.DIFFERENCE, -150_000) == "-1500.00"


def test_a_column_refuses_a_value_that_is_not_of_its_kind() -> None:
    with pytest.raises(TypeError):
        written(ColumnKind.AMOUNT, "1500")
    assert written(ColumnKind.AMOUNT, None) == "—"


async def test_a_file_has_mark_line_ends_header_rows_and_totals_of_the_screen() -> None:
    columns: list[PageColumn[tuple[str, int | None]]] = [
        PageColumn("申请号", lambda row: row[0], ColumnKind.ID),
        PageColumn("状态", lambda _row: State("已到账", "green"), ColumnKind.STATE),
        PageColumn("金额（元）", lambda row: row[1], ColumnKind.AMOUNT),
        PageColumn("日", lambda _row: date(2022, 8, 31), ColumnKind.DAY),
    ]
    rows: list[tuple[str, int | None]] = [("=1+1", 150_000), ("b,c", None)]
    table = PageTable("t", "表", columns, rows, {"金额（元）": 150_000})

    async def pages() -> AsyncIterator[Iterable[tuple[str, int | None]]]:
        yield rows[:1]
        yield rows[1:]

    raw = b"".join([chunk async for chunk in csv_lines(table, pages())])
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n") == 4
    assert list(csv.reader(io.StringIO(text))) == [
        ["申请号", "状态", "金额（元）", "日"],
        ["'=1+1", "已到账", "1500.00", "2022-08-31"],
        ["b,c", "已到账", "", "2022-08-31"],
        ["合计", "", "1500.00", ""],
    ]


def test_bars_begin_at_zero_and_whatever_is_not_nothing_can_be_seen() -> None:
    assert widths([0, 300_000, 1]) == [0, 100, 1]
    assert widths([]) == widths([]) == []
    assert [tuple(share) for share in stacked([250, 500], 1000)] == [(0, 250), (250, 500)]
    assert [tuple(share) for share in stacked([800, 500], 1000)] == [(0, 800), (800, 200)]
