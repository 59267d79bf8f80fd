"""Template: an empty file of applications to fill in, with what each column means and may hold.

In:   the policies; programmes; a region
Out:  XLSX of two sheets (the second one explains), or CSV; the same for the same input, byte for byte
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter

from policies.engine.registry import Policies
from services.application_files.columns import ApplicationColumn, columns_of
from services.wording.programmes import title

SHEET = "申请"
_FILLED_ROWS = 5_000
_LONGEST_LIST = 255
"""Characters of the choices of a cell, which is as many as Excel takes."""

_MADE_AT = datetime(2022, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def xlsx(policies: Policies, programmes: Sequence[str], region: str = "") -> bytes:
    """Write the template as a workbook; cells are text, so that no number loses its last places."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _MADE_AT})
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        must = book.add_format({"bold": True, "bg_color": "#FFF2CC"})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 4, 26)
        for place, heading in enumerate(("列", "必填", "可填", "示例", "说明")):
            notes.write_string(0, place, heading, bold)
        for at, column in enumerate(_columns(policies, programmes, region)):
            sheet.set_column(at, at, 22, text)
            sheet.write_string(0, at, column.heading, must if column.required else bold)
            if column.choices and len(",".join(column.choices)) <= _LONGEST_LIST:
                sheet.data_validation(
                    1, at, _FILLED_ROWS, at,
                    {
                        "validate": "list",
                        "source": list(column.choices),
                        "error_type": "warning",  # several may stand in one cell, by 、
                    },
                )  # fmt: skip
            for place, value in enumerate(_note(column)):
                notes.write_string(at + 1, place, value)
    return held.getvalue()


def as_csv(policies: Policies, programmes: Sequence[str], region: str = "") -> bytes:
    """Write the template as CSV: one line of headings, UTF-8 with BOM."""
    text = io.StringIO(newline="")
    headings = [column.heading for column in _columns(policies, programmes, region)]
    csv.writer(text, lineterminator="\r\n").writerow(headings)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _columns(
    policies: Policies, programmes: Sequence[str], region: str
) -> tuple[ApplicationColumn, ...]:
    """The template's columns; that of the programme offers those that the template is for."""
    called = tuple(title(policies, programme) for programme in programmes)
    if len(set(called)) < len(called):
        called = tuple(programmes)
    columns = columns_of(policies, programmes, region)
    return tuple(
        one._replace(choices=called, example=called[0]) if one.field == "programme" else one
        for one in columns
    )


def _note(column: ApplicationColumn) -> tuple[str, ...]:
    return (
        column.heading,
        "是" if column.required else "",
        "、".join(column.choices),
        column.example,
        column.what,
    )
