"""The 余额调节表 on paper and as a workbook."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from services.documents.balance_sheets import MOST_ITEMS, balance_pdf
from services.spreadsheets.balance_form import BalanceForm, FormItem, FormSide, balance_workbook

SHORT = "2022-08-30 流水 20220830.in.500.1，1 天 · 银行缺这一笔"
LONG = "2022-08-30 流水 20220830.out.1234567890.12，123 天 · 账上没有这一笔，在另一账户"


def form(items: int = 2, words: str = SHORT) -> BalanceForm:
    one = FormItem(words, 500)
    side = FormSide("加：银行已收单位未收", 500 * items, (one,) * items)
    bank = FormSide("银行对账单余额", 1_234_567_89, ())
    return BalanceForm(
        "银行存款余额调节表", "铁岭市", "工行 ****1234", date(2022, 8, 31),
        ((bank, bank), *((side, side),) * 3, (bank, bank)), "相符：没有差异", "备查",
    )  # fmt: skip


def test_the_same_form_gives_the_same_bytes_and_another_one_others() -> None:
    assert balance_workbook(form()) == balance_workbook(form())
    assert balance_workbook(form()) != balance_workbook(form(3))
    paper = balance_pdf(form())
    assert paper == balance_pdf(form())
    assert paper != balance_pdf(form(3))


@pytest.mark.parametrize("words", [SHORT, LONG, LONG * 3])
@pytest.mark.parametrize("items", [0, 1, 3, MOST_ITEMS, 400])
def test_the_paper_is_one_page_however_many_items_there_are(items: int, words: str) -> None:
    assert len(PdfReader(io.BytesIO(balance_pdf(form(items, words)))).pages) == 1


def test_what_the_page_cannot_hold_is_counted() -> None:
    text = PdfReader(io.BytesIO(balance_pdf(form(400)))).pages[0].extract_text()
    found = "".join(text.split())
    shown = found.count("20220830.in.500.1") // 6
    assert 1 <= shown <= MOST_ITEMS
    assert f"另{400 - shown}笔，见电子表" in found
