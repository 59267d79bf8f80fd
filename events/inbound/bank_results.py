"""Bank results: what the bank says became of one payment instruction."""

from typing import Annotated

from pydantic import Field

from events.inbound.fields import AmountFen, Day, Inbound, Reason, Text
from events.instructions import PATTERN

Instruction = Annotated[str, Field(pattern=f"^{PATTERN}$", examples=["B220831000300001"])]

_INSTRUCTION = Field(description="支付指令号，16 位，与付款文件一致。")
_AMOUNT = Field(description="金额（分）。")
_REFERENCE = Field(description="银行流水号。")


class PaymentSettled(Inbound):
    """银行已入账。"""

    instruction: Instruction = _INSTRUCTION
    amount_fen: AmountFen = _AMOUNT
    value_on: Day = Field(description="入账日期。")
    code: Text = Field("", description="银行返回码。")
    reason: Text = Field("", description="银行说明。")
    bank_reference: Text = Field("", description=_REFERENCE.description)


class PaymentReturned(Inbound):
    """银行未能入账，或入账后退回（退票）。"""

    instruction: Instruction = _INSTRUCTION
    amount_fen: AmountFen = _AMOUNT
    value_on: Day = Field(description="退回日期。")
    code: Reason = Field(description="银行返回码。")
    reason: Reason = Field(description="退回原因；不得写身份号码。")
    bank_reference: Text = Field("", description=_REFERENCE.description)
