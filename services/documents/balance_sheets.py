"""Balance sheets on paper: 银行存款余额调节表 as a PDF of one A4 page.

Holds: the same form gives the same bytes; items that one page cannot hold are counted, and stand in
       the workbook and on the screen
"""

from pathlib import Path

from services.documents.pdf import NODE_MODULES, typeset
from services.spreadsheets.balance_form import BalanceForm, FormSide
from services.wording import figures
from services.wording.languages import translate

MOST_ITEMS = 6
"""Items under one line of the paper: six of each of three lines fit with long words."""


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
        "rows": [row for sides in form.lines for row in _rows(sides)],
        "verdict": form.verdict,
        "memo": form.memo,
        "who": [translate("制表"), translate("复核"), translate("负责人")],
    }
    return typeset("balance.typ", data, node_modules)


def _rows(sides: tuple[FormSide, FormSide]) -> list[dict[str, object]]:
    """A line of the form and its items below it, so that each amount stands beside its words."""
    cells = [_cells(side) for side in sides]
    depth = max(len(one) for one in cells)
    padded = [one + [("", "")] * (depth - len(one)) for one in cells]
    pairs = zip(*padded, strict=True)
    return [{"item": at > 0, "cells": [*left, *right]} for at, (left, right) in enumerate(pairs)]


def _cells(side: FormSide) -> list[tuple[str, str]]:
    cells = [(side.words, figures.yuan(side.amount_fen))]
    cells += [(f"　{one.words}", figures.yuan(one.amount_fen)) for one in side.items[:MOST_ITEMS]]
    more = len(side.items) - MOST_ITEMS
    if more > 0:
        cells.append(("　" + translate("另 {n} 笔，见电子表", n=more), ""))
    return cells
