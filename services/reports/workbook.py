"""workbook: a report as XLSX, one sheet a table and 说明 last; the same report gives the same bytes.

Holds: amounts are numbers, codes are text, no cell is a formula; always in Chinese, whatever
       language a page is shown in
Units: amounts leave as yuan with two decimals
"""

import io
from datetime import UTC, date, datetime, time

import xlsxwriter

from services.reports.content import Cell, MadeReport, ReportColumn, ReportSheet
from services.spreadsheets.page_table import ColumnKind
from services.wording import figures

FIRST_ROW = 3
"""Rows above the first one of a table: title, what was asked, headings."""

NOTES = "说明"
_FORMATS = {
    ColumnKind.AMOUNT: "#,##0.00",
    ColumnKind.DIFFERENCE: "#,##0.00;-#,##0.00;0.00",
    ColumnKind.COUNT: "#,##0",
    ColumnKind.DAY: "yyyy-mm-dd",
}
_WIDTHS = {
    ColumnKind.AMOUNT: 18,
    ColumnKind.DIFFERENCE: 18,
    ColumnKind.COUNT: 12,
    ColumnKind.DAY: 12,
    ColumnKind.ID: 22,
}
_SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(report: MadeReport) -> bytes:
    """Write a report."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _SAFE) as book:
        made = datetime.combine(report.through, time(), UTC)
        book.set_properties({"title": report.title, "created": made.replace(tzinfo=None)})
        styles = _Styles(book)
        for sheet in report.sheets:
            _write(book.add_worksheet(sheet.name[:31]), report, sheet, styles)
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 0, 16)
        notes.set_column(1, 1, 90)
        for at, (name, value) in enumerate(notes_of(report)):
            notes.write_string(at, 0, name, styles.bold)
            notes.write_string(at, 1, value, styles.wrapped)
    return held.getvalue()


def notes_of(report: MadeReport) -> tuple[tuple[str, str], ...]:
    """What the last sheet says: what was asked, and by what the report is proved."""
    how = "benefit-ledger report verify 本文件；或在工作台“报表核验”上传本文件。"
    return (
        ("报表", report.title),
        *report.named,
        *report.provenance,
        ("核验方法", how),
    )


class _Styles:
    """The formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "align": "center"}
        )
        self.wrapped = book.add_format({"text_wrap": True, "num_format": "@"})
        self._plain = {
            kind: book.add_format({"num_format": _FORMATS.get(kind, "@"), "border": 1})
            for kind in ColumnKind
        }
        self._totals = {
            kind: book.add_format(
                {"num_format": _FORMATS.get(kind, "@"), "border": 1, "bold": True}
            )
            for kind in ColumnKind
        }

    def of(self, kind: ColumnKind, *, totals: bool) -> xlsxwriter.format.Format:
        """The format of a column's cells."""
        return (self._totals if totals else self._plain)[kind]


def _write(
    page: xlsxwriter.worksheet.Worksheet, report: MadeReport, sheet: ReportSheet, styles: _Styles
) -> None:
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, FIRST_ROW - 1)
    page.freeze_panes(FIRST_ROW, 1)
    if len(sheet.columns) > 7:
        page.set_landscape()
    page.set_footer(f"&L{report.number}　{report.digest[:16]}&R第 &P 页 共 &N 页")
    asked = "　".join(f"{name}：{value}" for name, value in report.named)
    page.write_string(0, 0, f"{report.title}　{sheet.name}", styles.title)
    page.write_string(1, 0, asked)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _WIDTHS.get(column.kind, 26))
        page.write_string(FIRST_ROW - 1, place, column.header, styles.head)
    lines = [*sheet.rows, sheet.totals] if sheet.totals else sheet.rows
    for at, line in enumerate(lines, FIRST_ROW):
        totals = bool(sheet.totals) and at == FIRST_ROW + len(sheet.rows)
        for place, (column, value) in enumerate(zip(sheet.columns, line, strict=True)):
            _write_cell(page, at, place, column, value, styles.of(column.kind, totals=totals))
    if sheet.note:
        page.write_string(FIRST_ROW + len(lines), 0, sheet.note)


def _write_cell(
    page: xlsxwriter.worksheet.Worksheet,
    at: int,
    place: int,
    column: ReportColumn,
    value: Cell,
    style: xlsxwriter.format.Format,
) -> None:
    match column.kind, value:
        case _, None:
            page.write_blank(at, place, None, style)
        case ((ColumnKind.AMOUNT | ColumnKind.DIFFERENCE), int()):
            page.write_number(at, place, float(figures.plain_yuan(value)), style)
        case ColumnKind.COUNT, int():
            page.write_number(at, place, value, style)
        case ColumnKind.DAY, date():
            page.write_datetime(at, place, datetime.combine(value, time()), style)
        case _:
            page.write_string(at, place, str(value), style)
