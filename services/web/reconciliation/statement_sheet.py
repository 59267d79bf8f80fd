"""statement_sheet: the bank reconciliation statement as the paper form has it, side by side.

In:   a BalanceStatement
Out:  rows of two halves, books on the left, bank on the right, each with its items
Holds: public bodies print 单位 where textbooks say 企业; the four lines stand in the form's order
"""

from typing import NamedTuple

from projections.definition.chart_of_accounts import BANK
from projections.queries.differences import BankDifference
from services.banking.reconciliation.balance_statement import BalanceStatement, Items
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DIFFERENCE_KINDS


class Item(NamedTuple):
    """One difference under its line."""

    words: str
    href: str | None
    amount_fen: int
    tag: str


class Half(NamedTuple):
    """One line of one side; `signed` amounts carry their sign."""

    words: str
    amount_fen: int
    items: list[Item]
    href: str | None = None
    strong: bool = False
    signed: bool = False


class StatementSheetRow(NamedTuple):
    """The two sides next to each other."""

    books: Half
    bank: Half


def sheet(visit: Visit, drawn: BalanceStatement) -> list[StatementSheetRow]:
    """Lay a statement out as the form does."""
    books = visit.link("/journal", code=BANK.code, sub=drawn.account, as_of=drawn.as_of)
    lines = visit.link("/statements", account=drawn.account, to=drawn.as_of)
    return [
        StatementSheetRow(
            Half(_("单位账面余额"), drawn.book_balance, [], books, strong=True),
            Half(_("银行对账单余额"), drawn.bank_balance, [], lines, strong=True),
        ),
        StatementSheetRow(
            _half(visit, _("加：银行已收单位未收"), drawn.bank_received),
            _half(visit, _("加：单位已收银行未收"), drawn.book_received),
        ),
        StatementSheetRow(
            _half(visit, _("减：银行已付单位未付"), drawn.bank_paid),
            _half(visit, _("减：单位已付银行未付"), drawn.book_paid),
        ),
        StatementSheetRow(
            _half(visit, _("加减：金额不符待查"), drawn.unequal, signed=True),
            _half(visit, _("加减：银行错账"), drawn.bank_errors, signed=True),
        ),
        StatementSheetRow(
            Half(_("调节后余额"), drawn.adjusted_book, [], strong=True),
            Half(_("调节后余额"), drawn.adjusted_bank, [], strong=True),
        ),
    ]


def _half(visit: Visit, words: str, line: Items, *, signed: bool = False) -> Half:
    items = [_item(visit, difference, signed=signed) for difference in line.items]
    said = f"{translate(words)}（{translate('{n} 笔', n=line.number)}）"
    return Half(said, line.total, items, "#items" if items else None, signed=signed)


def _item(visit: Visit, difference: BankDifference, *, signed: bool) -> Item:
    on = difference.booked_on or difference.moved_on
    where = (
        translate("流水 {line}", line=difference.line)
        if difference.line
        else translate("指令 {id}", id=difference.instruction)
        if difference.instruction
        else translate("账面")
    )
    words = f"{on} {where}，{translate('{n} 天', n=difference.age_days)}"
    amount = difference.difference
    if not signed:
        one_side = (
            difference.bank_amount if difference.book_amount is None else (difference.book_amount)
        )
        amount = abs(one_side or 0)
    href = None
    if difference.instruction:
        href = visit.link(f"/batches/{segment(difference.instruction[:11])}")
    return Item(words, href, amount, translate(DIFFERENCE_KINDS[difference.kind]))
