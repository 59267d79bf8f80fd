"""Reviews: a person's judgement of an application that the rules could not decide."""

from typing import Literal

from pydantic import Field

from events.inbound.fields import AmountFen, Document, Inbound, Number, Source, Text


class ReviewDecided(Inbound):
    """审核结论：转人工的申请由审核员判断。"""

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    verdict: Literal["approve", "deny"] = Field(description="approve 同意，deny 不同意。")
    reviewer: Number = Field(description="审核员工号；不得写身份号码。")
    document: Document = Field(description="审核依据的文书编号。")
    reason: Text = Field(min_length=1, description="理由；不得写身份号码。")
    amount_fen: AmountFen | None = Field(
        None, description="核定金额（分），仅在通知未载明标准时填写。"
    )
