"""Clawbacks: money that upstream says is due back, cash that came in for it, and fraud found."""

from typing import Annotated, Literal

from pydantic import Field

from events.contract.inbound.fields import (
    CHECKER,
    INTEGRAL,
    MAKER,
    AmountFen,
    BankAccount,
    Day,
    Document,
    Inbound,
    Number,
    PartyStated,
    Reason,
    Source,
    Words,
)

ClawbackNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:#-]{1,240}$")]
"""A clawback's number: its sender's, or the ledger's own, made of the application's key."""

Floor = Annotated[int, Field(ge=0, le=10**12), INTEGRAL]


class ClawbackOrdered(Inbound):
    """责令退回：某件申请已付的款项须全部或部分追回。"""

    clawback: Number = Field(description="追回编号，在债务人名下唯一；银行回款时凭它认账。")
    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    debtor: PartyStated = Field(description="债务人，即当时的收款人。")
    cause: Literal["fraud", "not_entitled", "administrative_error"] = Field(
        description="fraud 骗取、套取，not_entitled 不符合条件，administrative_error 工作差错。"
    )
    amount_fen: AmountFen | None = Field(None, description="追回金额（分）；不填即已付的全部。")
    floor_fen: Floor = Field(0, description="抵扣以后各笔支付时，每笔至少留给本人的金额（分）。")
    document: Document = Field(description="决定文书编号。")
    reason: Reason = Field(description="理由；不得写身份号码。")
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)


class ClawbackRepaid(Inbound):
    """银行收到退回款：凭追回编号认账，同一流水只认一次。"""

    clawback: ClawbackNumber = Field(description="追回编号，见通知书。")
    debtor: PartyStated = Field(description="缴款人，即债务人。")
    amount_fen: AmountFen = Field(description="金额（分）。")
    received_on: Day = Field(description="入账日期。")
    bank_account: BankAccount = Field(description="收款的本单位账户（别名）。")
    bank_reference: Words = Field(description="银行流水号。")
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)


class FraudFound(Inbound):
    """查实骗取、套取：给个人或单位作标记，降低信用等级。"""

    party: PartyStated = Field(description="个人或单位。")
    document: Document = Field(description="处理决定文书编号。")
    reason: Reason = Field(description="事由；不得写身份号码。")
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)
