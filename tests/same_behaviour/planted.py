"""Planted: what the tests of the comparison differ in."""

import io

from openpyxl import Workbook


def workbook(amount: int, exported: str, form: str = "General") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"] = "金额", amount
    sheet["B1"].number_format = form
    sheet["A2"], sheet["B2"] = "导出时间", exported
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
