"""statement paper: the 余额调节表 of the screen as the form that is printed, signed and filed.

In:   a BalanceStatement and the rows that the screen has of it
Out:  the form, for paper and workbook: the same words and figures as on the screen
"""

from policies.cities import BankAccount
from services.banking.reconciliation.balance_statement import BalanceStatement
from services.spreadsheets.balance_form import BalanceForm, FormItem, FormSide
from services.web.reconciliation.statement_sheet import Half, StatementSheetRow
from services.wording import figures
from services.wording.languages import translate


def form_of(
    drawn: BalanceStatement, rows: list[StatementSheetRow], named: BankAccount | None
) -> BalanceForm:
    """Take the form from what the screen shows."""
    known = f"{named.bank} ****{named.last_four}" if named else drawn.account
    return BalanceForm(
        title=translate("银行存款余额调节表"),
        holder=named.title if named else drawn.account,
        account=known,
        on=drawn.as_of,
        lines=tuple((_side(row.books), _side(row.bank)) for row in rows),
        verdict=_verdict(drawn),
        memo=translate(
            "备查：在途 {n} 笔 {amount} 元，已发送未回盘，不属未达账项",
            n=drawn.in_transit.number,
            amount=figures.yuan(drawn.in_transit.total),
        ),
    )


def _side(half: Half) -> FormSide:
    words = half.words if half.items else translate(half.words)
    items = tuple(FormItem(f"{one.words} · {one.tag}", one.amount_fen) for one in half.items)
    return FormSide(words, half.amount_fen, items)


def _verdict(drawn: BalanceStatement) -> str:
    if drawn.difference_after:
        left = figures.yuan(-drawn.difference_after)
        return translate("不符：调节后差额 {amount} 元，所列差异不能解释", amount=left)
    if drawn.differences:
        return translate("待查：调节后相等，{n} 笔差异未消除", n=len(drawn.differences))
    return translate("相符：没有差异")
