"""Chart: the accounts of the books, with their Chinese names.

Holds: the books are kept per fund and district; `sub` names the bank account or the programme.
"""

from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Account(NamedTuple):
    """One account; `by` says what its sub-accounts are."""

    code: str
    name: str
    side: Side
    kind: str
    by: str


BANK = Account("1002", "银行存款", Side.DEBIT, "asset", "bank account")
RECEIVABLE = Account("1221", "应收追回款", Side.DEBIT, "asset", "programme")
ADVANCES = Account("1223", "预拨待遇款", Side.DEBIT, "asset", "programme")
BANK_ERRORS = Account("1229", "银行错账待更正", Side.DEBIT, "asset", "bank account")
PAYABLE = Account("2211", "应付待遇", Side.CREDIT, "liability", "programme")
IN_TRANSIT = Account("2241", "在途资金", Side.CREDIT, "liability", "bank account")
INTEREST_DUE = Account("2231", "应付基金利息", Side.CREDIT, "liability", "bank account")
BROUGHT_FORWARD = Account("4001", "上年结转拨款", Side.CREDIT, "appropriation", "bank account")
APPROPRIATION = Account("4101", "财政拨款", Side.CREDIT, "appropriation", "bank account")
EXPENSE = Account("5001", "待遇支出", Side.DEBIT, "expense", "programme")
BANK_CHARGES = Account("5201", "银行手续费", Side.DEBIT, "expense", "bank account")
WRITE_OFF = Account("5301", "追回款核销", Side.DEBIT, "expense", "programme")

CHART: tuple[Account, ...] = (
    BANK,
    RECEIVABLE,
    ADVANCES,
    BANK_ERRORS,
    PAYABLE,
    INTEREST_DUE,
    IN_TRANSIT,
    BROUGHT_FORWARD,
    APPROPRIATION,
    EXPENSE,
    BANK_CHARGES,
    WRITE_OFF,
)
BY_CODE: dict[str, Account] = {account.code: account for account in CHART}
