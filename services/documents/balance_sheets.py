"""Balance sheets on paper: 银行存款余额调节表 as a PDF of one A4 page.

Holds: the same form gives the same bytes; items that one page cannot hold are counted, and stand in
       the workbook and on the screen
"""

from pathlib import Path

from services.documents.pdf import NODE_MODULES, typeset
from services.spreadsheets.balance_form import BalanceForm, FormSide
from services.wording import figures
from services.wording.languages import translate

MOST_ITEMS = 8
"""Items under one line of the paper: eight of each of three lines still fit."""


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
        "rows": [[cell for side in sides for cell in _cells(side)] for sides in form.lines],
        "verdict": form.verdict,
        "memo": form.memo,
        "who": [translate("制表"), translate("复核"), translate("负责人")],
    }
    return typeset("balance.typ", data, node_modules)


def _cells(side: FormSide) -> list[list[str]]:
    words, amounts = [side.words], [figures.yuan(side.amount_fen)]
    for item in side.items[:MOST_ITEMS]:
        words.append(f"　{item.words}")
        amounts.append(figures.yuan(item.amount_fen))
    more = len(side.items) - MOST_ITEMS
    if more > 0:
        words.append("　" + translate("另 {n} 笔，见电子表", n=more))
        amounts.append("")
    return [words, amounts]
