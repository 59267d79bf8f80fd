"""Bank results: what the bank says became of one payment instruction."""

from typing import Annotated

from pydantic import Field

from events.contract.inbound.fields import (
    MAX_FEN,
    Day,
    Inbound,
    Reason,
    Text,
)
from events.ids import INSTRUCTION_PATTERN

Instruction = Annotated[
    str, Field(pattern=f"^{INSTRUCTION_PATTERN}$", examples=["B220831000300001"])
]

ToldFen = Annotated[int, Field(ge=0, le=MAX_FEN)]
"""What a bank tells, even where it cannot be right: it is recorded, and doubted."""

_INSTRUCTION = Field(description="支付指令号，16 位，与付款文件一致。")
_AMOUNT = Field(
    description="金额（分），与指令金额相同；不同的（含 0）照记并转待查明，不算到账也不算退回。"
)
_REFERENCE = Field(description="银行流水号。")


class PaymentSettled(Inbound):
    """银行已入账。"""

    instruction: Instruction = _INSTRUCTION
    amount_fen: ToldFen = _AMOUNT
    value_on: Day = Field(description="入账日期。")
    code: Text = Field("", description="银行返回码。")
    reason: Text = Field("", description="银行说明。")
    bank_reference: Text = Field("", description=_REFERENCE.description)


class PaymentReturned(Inbound):
    """银行未能入账，或入账后退回（退票）。"""

    instruction: Instruction = _INSTRUCTION
    amount_fen: ToldFen = _AMOUNT
    value_on: Day = Field(description="退回日期。")
    code: Reason = Field(description="银行返回码。")
    reason: Reason = Field(description="退回原因；不得写身份号码。")
    bank_reference: Text = Field("", description=_REFERENCE.description)
