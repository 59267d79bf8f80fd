"""balance form: 银行存款余额调节表 as accountants know it, four columns, as an XLSX file.

In:   the form's words and figures, line by line, books on the left and bank on the right
Out:  a workbook of one sheet that prints on one A4 page
Units: fen; the file has yuan with two decimals
Holds: amounts are numbers, no cell is a formula; the same form gives the same bytes
"""

import io
from datetime import date, datetime
from typing import NamedTuple

import xlsxwriter

from services.wording import figures
from services.wording.languages import translate


class FormItem(NamedTuple):
    """One difference under its line."""

    words: str
    amount_fen: int


class FormSide(NamedTuple):
    """One line of one side, with what it sums."""

    words: str
    amount_fen: int
    items: tuple[FormItem, ...]


class BalanceForm(NamedTuple):
    """The form: who, when, its lines, and what it comes to in words."""

    title: str
    holder: str
    account: str
    on: date
    lines: tuple[tuple[FormSide, FormSide], ...]
    verdict: str
    memo: str


def balance_workbook(form: BalanceForm) -> bytes:
    """Write the form as a workbook."""
    held = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, {**safe, "strings_to_numbers": False}) as book:
        # the clock would make another file of the same form
        book.set_properties({"created": datetime(*form.on.timetuple()[:3])})  # noqa: DTZ001
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center"})
        words = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        amount = book.add_format({"border": 1, "num_format": "#,##0.00", "valign": "top"})
        sheet = book.add_worksheet(translate("余额调节表"))
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        for place, width in enumerate((38, 18, 38, 18)):
            sheet.set_column(place, place, width)
        sheet.merge_range(0, 0, 0, 3, form.title, title)
        for place, text in enumerate((form.holder, f"{form.on:%Y-%m-%d}", form.account)):
            sheet.write_string(1, place, text)
        sheet.write_string(1, 3, translate("单位：元"))
        for place, text in enumerate((translate("项目"), translate("金额")) * 2):
            sheet.write_string(2, place, text, head)
        at = 3
        for sides in form.lines:
            for place, side in zip((0, 2), sides, strict=True):
                sheet.write_string(at, place, side.words, words)
                sheet.write_number(at, place + 1, _yuan(side.amount_fen), amount)
            depth = max(len(side.items) for side in sides)
            for row in range(depth):
                for place, side in zip((0, 2), sides, strict=True):
                    item = side.items[row] if row < len(side.items) else None
                    sheet.write_string(
                        at + row + 1, place, f"　{item.words}" if item else "", words
                    )
                    if item:
                        sheet.write_number(at + row + 1, place + 1, _yuan(item.amount_fen), amount)
                    else:
                        sheet.write_blank(at + row + 1, place + 1, None, amount)
            at += depth + 1
        sheet.write_string(at, 0, form.verdict)
        sheet.write_string(at + 1, 0, form.memo)
        for place, who in enumerate((translate("制表"), translate("复核"), translate("负责人"))):
            sheet.write_string(at + 3, place, f"{who}：")
    return held.getvalue()


def _yuan(fen: int) -> float:
    return float(figures.plain_yuan(fen))
