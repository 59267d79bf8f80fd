"""workbooks: a table of a page as an XLSX file: the screen's columns and figures, and how they came.

In:   a table, and what there is to say about it
Out:  a workbook of two sheets: the rows, and 说明
Holds: amounts are numbers, ids are text, no cell is a formula
"""

import io
from datetime import date, datetime
from hashlib import sha256
from typing import TypeVar

import xlsxwriter

from services.spreadsheets.page_table import (
    ColumnKind,
    PageColumn,
    PageTable,
    written,
)
from services.wording import figures
from services.wording.languages import translate

Row = TypeVar("Row")

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {
    ColumnKind.AMOUNT: 16,
    ColumnKind.DIFFERENCE: 16,
    ColumnKind.COUNT: 8,
    ColumnKind.DAY: 12,
    ColumnKind.MOMENT: 20,
}


def workbook(table: PageTable[Row], about: list[tuple[str, str]], mark: str = "") -> bytes:
    """Write a table and what is said about it; `mark` is a line above the header.

    Units: amounts leave as yuan with two decimals, as on the screen
    """
    held = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, {**safe, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        styles = {
            ColumnKind.AMOUNT: book.add_format({"num_format": "#,##0.00"}),
            ColumnKind.DIFFERENCE: book.add_format({"num_format": "+#,##0.00;-#,##0.00;0.00"}),
            ColumnKind.COUNT: book.add_format({"num_format": "#,##0"}),
            ColumnKind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(translate(table.caption)[:31])
        top = 1 if mark else 0
        if mark:
            sheet.write_string(0, 0, mark, text)
        sheet.freeze_panes(top + 1, 1)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, _WIDTHS.get(column.kind, 24))
            sheet.write_string(top, place, translate(column.header), bold)
        rows = [[column.value(row) for column in table.columns] for row in table.rows]
        foot = [table.totals.get(column.header) for column in table.columns]
        for at, values in enumerate([*rows, foot] if table.totals else rows, top + 1):
            for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
                _write(sheet, at, place, column, value, styles.get(column.kind, text))
        if table.totals and foot[0] is None:
            sheet.write_string(top + len(rows) + 1, 0, translate("合计"), bold)
        digest = sha256(repr(rows).encode()).hexdigest()
        described = [*about, (translate("行数"), str(len(rows))), (translate("摘要"), digest[:16])]
        notes = book.add_worksheet(translate("说明"))
        notes.set_column(0, 0, 20)
        notes.set_column(1, 1, 80)
        for at, (name, value) in enumerate(described):
            notes.write_string(at, 0, name, bold)
            notes.write_string(at, 1, value)
    return held.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    at: int,
    place: int,
    column: PageColumn[Row],
    value: object,
    style: object,
) -> None:
    match column.kind, value:
        case _, None:
            sheet.write_blank(at, place, None, style)
        case ((ColumnKind.AMOUNT | ColumnKind.DIFFERENCE), int()):
            sheet.write_number(at, place, float(figures.plain_yuan(value)), style)
        case ColumnKind.COUNT, int():
            sheet.write_number(at, place, value, style)
        case ColumnKind.DAY, date() if not isinstance(value, datetime):
            sheet.write_datetime(at, place, datetime(*value.timetuple()[:3]), style)  # noqa: DTZ001
        case _:
            sheet.write_string(at, place, written(column.kind, value), style)
