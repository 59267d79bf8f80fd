"""paper: a report as PDF of A4 sheets to be signed; the same report gives the same bytes."""

from pathlib import Path

from services.documents.pdf import NODE_MODULES, typeset
from services.reports.content import Cell, MadeReport, ReportColumn, ReportSheet
from services.spreadsheets.page_table import ColumnKind, written

_FIGURES = (ColumnKind.AMOUNT, ColumnKind.DIFFERENCE, ColumnKind.COUNT)
_WIDE = 7


def paper(report: MadeReport, node_modules: Path = NODE_MODULES) -> bytes:
    """Typeset a report; landscape where a table has more than seven columns.

    Raises: NoFonts
    """
    data = {
        "title": report.title,
        "number": report.number,
        "digest": report.digest,
        "through": report.through.isoformat(),
        "named": report.named,
        "provenance": report.provenance,
        "landscape": any(len(sheet.columns) > _WIDE for sheet in report.sheets),
        "sheets": [_sheet(sheet) for sheet in report.sheets],
    }
    return typeset("report.typ", data, node_modules)


def _sheet(sheet: ReportSheet) -> dict[str, object]:
    return {
        "name": sheet.name,
        "note": sheet.note,
        "columns": [
            {"header": column.header, "figure": column.kind in _FIGURES} for column in sheet.columns
        ],
        "rows": [_line(sheet.columns, row) for row in sheet.rows],
        "totals": _line(sheet.columns, sheet.totals) if sheet.totals else [],
    }


def _line(columns: tuple[ReportColumn, ...], cells: tuple[Cell, ...]) -> list[str]:
    return [_written(column, cell) for column, cell in zip(columns, cells, strict=True)]


def _written(column: ReportColumn, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case _:
            return written(column.kind, cell)
