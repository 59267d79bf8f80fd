"""What people type for a figure is read as its value, and written the same again."""

from datetime import date
from typing import Any

import pytest

from policies.reference_data.figure_history import history, span_on
from policies.reference_data.figure_texts import HOW, read_value, write_value
from policies.reference_data.standards import Declared, FigureRow
from services.wording.figure_values import said


def declared(kind: Any) -> Declared:
    return Declared.model_validate({"type": kind, "label": "参数", "why": "未列"})


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("count", "１２", 12),
        ("yuan", "1,710元", 1710),
        ("period", " 12M ", "12M"),
        ("month", "2022-08", "2022-08"),
        ("fraction", "60%", "60%"),
        ("list", "甲类、乙类，丙类", ["甲类", "乙类", "丙类"]),
        ("table", "五级 1000、四级：1500元；三级=2000", {"五级": 1000, "四级": 1500, "三级": 2000}),
        (
            "rates",
            "甲类/五级 1000、甲类/四级 1500、乙类/五级 800",
            {"甲类": {"五级": 1000, "四级": 1500}, "乙类": {"五级": 800}},
        ),
    ],
)
def test_a_value_is_read_as_people_write_it_and_written_back(
    kind: str, typed: str, value: Any
) -> None:
    one = declared(kind)
    assert read_value(one, typed) == value
    assert read_value(one, write_value(value)) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("count", "一千"), ("yuan", "1.5"), ("table", "五级"), ("rates", "五级 1000"), ("yuan", "")],
)
def test_what_is_no_value_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the form says how it is written
        read_value(declared(kind), typed)


def test_every_type_says_how_it_is_written() -> None:
    kinds = Declared.model_json_schema()["properties"]["type"]["enum"]
    assert set(HOW) == set(kinds)


def row(start: str, end: str | None, yuan: int) -> FigureRow:
    """A row that counts on some days."""
    until = {} if end is None else {"to": date.fromisoformat(end)}
    days = {"from": date.fromisoformat(start), **until}
    return FigureRow.model_validate({**days, "value": yuan, "source": f"文件-{yuan}"})


def test_the_history_names_each_day_once_by_the_row_that_counts() -> None:
    rows = (
        row("2022-09-01", "2022-09-30", 3),
        row("2022-01-01", None, 2),
        row("2021-01-01", None, 1),
    )
    assert [(str(s.first), str(s.last), s.document) for s in history(rows)] == [
        ("2021-01-01", "2021-12-31", "文件-1"),
        ("2022-01-01", "2022-08-31", "文件-2"),
        ("2022-09-01", "2022-09-30", "文件-3"),
        ("2022-10-01", "None", "文件-2"),
    ]
    for day in ("2020-12-31", "2021-06-01", "2022-08-31", "2022-09-01", "2022-10-01"):
        found = span_on(rows, date.fromisoformat(day))
        counts = next(
            (
                one
                for one in rows
                if one.from_ <= date.fromisoformat(day)
                and (one.to is None or date.fromisoformat(day) <= one.to)
            ),
            None,
        )
        assert (found.row if found else None) is counts


def test_days_between_rows_are_nobodys() -> None:
    rows = (row("2022-03-01", None, 2), row("2021-01-01", "2021-12-31", 1))
    assert span_on(rows, date(2022, 2, 1)) is None
    assert [str(one.last) for one in history(rows)] == ["2021-12-31", "None"]


def test_a_long_table_is_told_by_how_many_items_it_has() -> None:
    long = {f"职业{number}": 1000 + number for number in range(200)}
    assert said(declared("table"), long) == "见目录，共 200 项"
    assert said(declared("table"), {"五级": 1000}) == "五级 1000"
    assert said(declared("yuan"), 1710) == "1710 元"


def test_a_figure_that_nobody_states_has_no_history_and_none_on_any_day() -> None:
    assert history([]) == []
    assert span_on([], date(2022, 1, 1)) is None
