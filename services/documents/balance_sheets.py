"""Balance sheets on paper: 银行存款余额调节表 as a PDF of one A4 page.

Holds: the same form gives the same bytes; items that one page cannot hold are counted, and stand in
       the workbook and on the screen
"""

from itertools import zip_longest
from math import ceil
from pathlib import Path

from services.documents.pdf import NODE_MODULES, typeset
from services.spreadsheets.balance_form import BalanceForm, FormSide
from services.wording import figures
from services.wording.languages import translate

MOST_ITEMS = 8
"""Items under one line of the paper; fewer where their words are long."""
_LINES_OF_A_PAGE = 44
"""Printed lines that one page has for items, with some to spare."""
_LATIN = 0xFF
_EMS_OF_A_CELL = 21
"""Width of a cell in the type of items, in Chinese characters; others are taken as a little over half."""


def balance_pdf(form: BalanceForm, node_modules: Path = NODE_MODULES) -> bytes:
    """Typeset the form.

    Raises: NoFonts
    """
    data = {
        "title": form.title,
        "holder": form.holder,
        "account": form.account,
        "on": form.on.isoformat(),
        "unit": translate("单位：元"),
        "heads": [translate("项目"), translate("金额")] * 2,
        "rows": _fitting(form),
        "verdict": form.verdict,
        "memo": form.memo,
        "who": [translate("制表"), translate("复核"), translate("负责人")],
    }
    return typeset("balance.typ", data, node_modules)


def _fitting(form: BalanceForm) -> list[dict[str, object]]:
    """The lines of the form with as many items as one page holds."""
    for most in range(MOST_ITEMS, 0, -1):
        items = [row for sides in form.lines for row in _pairs(sides, most)[1:]]
        if sum(max(_printed(words) for words, _ in row) for row in items) <= _LINES_OF_A_PAGE:
            break
    else:
        most = 0
    return [row for sides in form.lines for row in _rows(sides, most)]


def _printed(words: str) -> int:
    """How many lines the words of an item take."""
    return ceil(sum(1 if ord(one) > _LATIN else 0.56 for one in words) / _EMS_OF_A_CELL)


def _rows(sides: tuple[FormSide, FormSide], most: int) -> list[dict[str, object]]:
    """A line of the form and its items below it, so that each amount stands beside its words."""
    return [
        {"item": at > 0, "cells": [*left, *right]}
        for at, (left, right) in enumerate(_pairs(sides, most))
    ]


def _pairs(
    sides: tuple[FormSide, FormSide], most: int
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    left, right = (_cells(side, most) for side in sides)
    return list(zip_longest(left, right, fillvalue=("", "")))


def _cells(side: FormSide, most: int) -> list[tuple[str, str]]:
    cells = [(side.words, figures.yuan(side.amount_fen))]
    cells += [(f"　{one.words}", figures.yuan(one.amount_fen)) for one in side.items[:most]]
    more = len(side.items) - most
    if more > 0:
        cells.append(("　" + translate("另 {n} 笔，见电子表", n=more), ""))
    return cells
