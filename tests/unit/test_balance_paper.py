"""The 余额调节表 on paper and as a workbook, and the days without which there is none."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from projections.queries.statement_files import ProvedDay
from services.banking.reconciliation.missing_days import missing_days
from services.documents.balance_sheets import MOST_ITEMS, balance_pdf
from services.spreadsheets.balance_form import BalanceForm, FormItem, FormSide, balance_workbook


def proved(*days: tuple[int, int, int], month: int = 8) -> list[ProvedDay]:
    """Days of a month that files prove: day, opening, closing."""
    return [ProvedDay(date(2022, month, day), o, c, "S-1") for day, o, c in days]


FIRST, LAST = date(2022, 8, 1), date(2022, 8, 5)


@pytest.mark.parametrize(
    ("days", "lines", "opened", "missing"),
    [
        (proved((1, 0, 5), (2, 5, 5), (3, 5, 7), (4, 7, 7), (5, 7, 9)), {}, None, []),
        (proved((1, 0, 5), (4, 7, 7), (5, 7, 9)), {}, None, [2, 3]),
        (proved((1, 0, 5), (4, 5, 7), (5, 7, 9)), {}, None, []),  # quiet days
        (proved((1, 0, 5), (4, 7, 7), (5, 7, 9)), {date(2022, 8, 2): 2}, None, []),  # a message
        (proved((1, 0, 5), (2, 5, 5)), {}, None, [3, 4, 5]),
        (proved((1, 0, 5), (2, 5, 5)), {date(2022, 8, 4): 2}, None, [5]),
        (proved((3, 5, 7), (4, 7, 7), (5, 7, 9)), {}, None, [1, 2]),
        (proved((3, 5, 7), (4, 7, 7), (5, 7, 9)), {}, 5, []),
        (proved((3, 5, 7), (4, 7, 7), (5, 7, 9)), {}, 4, [1, 2]),
        ([], {date(2022, 8, 2): 2}, 5, []),  # a month of messages alone
    ],
)
def test_the_days_that_nothing_proves_are_named(
    days: list[ProvedDay], lines: dict[date, int], opened: int | None, missing: list[int]
) -> None:
    found = missing_days(days, lines, FIRST, LAST, opened)
    assert [day.day for day in found] == missing


def test_files_beside_the_month_prove_its_ends() -> None:
    inside = proved((2, 5, 6), (3, 6, 7))
    before, after = proved((31, 3, 5), month=7), proved((1, 7, 8), month=9)
    assert missing_days([*before, *inside, *after], {}, FIRST, LAST) == ()
    other = proved((1, 8, 8), month=9)
    found = missing_days([*before, *inside, *other], {}, FIRST, LAST)
    assert [day.day for day in found] == [4, 5]


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
