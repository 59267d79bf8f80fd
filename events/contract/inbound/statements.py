"""Statements: the bank's own account of one of the city's bank accounts, and its opening balance."""

from pydantic import ConfigDict, Field

from events.contract.inbound.fields import (
    NOT_NULL,
    AnyFen,
    BankAccount,
    Day,
    Document,
    Inbound,
    Month,
    Number,
    Region,
    Text,
    Word,
    when,
)
from events.statements import LineKind

WHOSE_MONEY = ("funds_received", "interest", "fee")
"""Lines that are no payment and must say whose money it is."""

_BANK_ACCOUNT = Field(description="本市银行账户别名，见本市的 accounts.yaml。")
_DISTRICT = Field(None, description="区划代码；属于某区划的流水填写。")
_FUND = Field(None, description="资金代码；属于某项资金的流水填写。")


class StatementOpened(Inbound):
    """一个银行账户一个月的对账单开始：银行的期初余额。"""

    bank_account: BankAccount = _BANK_ACCOUNT
    month: Month = Field(description="月份，例如 2022-08。")
    opening_balance_fen: AnyFen = Field(description="期初余额（分）。")


class StatementLine(Inbound):
    """银行流水一行；收入为正，支出为负。"""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                when(
                    {"kind": {"enum": list(WHOSE_MONEY)}},
                    {
                        "properties": {"fund": NOT_NULL, "district": NOT_NULL},
                        "required": ["fund", "district"],
                    },
                )
            ]
        }
    )

    bank_account: BankAccount = _BANK_ACCOUNT
    line: Number = Field(description="流水号，在账户当月内唯一。")
    booked_on: Day = Field(description="记账日期，决定所属月份。")
    amount_fen: AnyFen = Field(description="金额（分），收入为正，支出为负。")
    reference: Text = Field(description="附言或指令号；付款为 16 位支付指令号。")
    purpose: Text = Field("", description="摘要；其中的身份号码会被遮盖。")
    balance_after_fen: AnyFen | None = Field(None, description="本行之后的余额（分）。")
    kind: LineKind = Field(
        "other",
        description="payment 付款，funds_received 资金到账，interest 利息，fee 手续费，refund 退回，"
        "other 其他。",
    )
    fund: Word | None = _FUND
    district: Region | None = _DISTRICT


class OpeningBalance(Inbound):
    """账簿启用时的期初余额，按银行账户、资金、区划。"""

    bank_account: BankAccount = _BANK_ACCOUNT
    month: Month = Field(description="启用月份，例如 2022-01。")
    fund: Word = Field(description="资金代码。")
    district: Region = Field(description="区划代码。")
    amount_fen: AnyFen = Field(description="期初余额（分）。")
    document: Document = Field(description="依据文书编号。")
