"""Template: an empty file of earlier benefits to fill in, with what each column means.

Out:  XLSX of two sheets (the second one explains), or CSV
"""

import csv
import io

import xlsxwriter

from policies.engine.registry import Policies
from services.prior_uses.columns import columns

SHEET, NOTES = "历史享受", "填写说明"


def xlsx(policies: Policies) -> bytes:
    """Write the template as a workbook; cells are text, so that no number loses its last places."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 3, 24)
        for place, heading in enumerate(("列", "必填", "示例", "说明")):
            notes.write_string(0, place, heading, bold)
        for at, column in enumerate(columns(policies)):
            sheet.set_column(at, at, 22, text)
            sheet.write_string(0, at, column.heading, bold)
            written = (column.heading, "是" if column.required else "", column.example, column.what)
            for place, value in enumerate(written):
                notes.write_string(at + 1, place, value)
    return held.getvalue()


def as_csv(policies: Policies) -> bytes:
    """Write the template as CSV: one line of headings, UTF-8 with BOM."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow([c.heading for c in columns(policies)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
