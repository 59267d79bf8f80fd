"""Reviews: a person's judgement of an application that the rules could not decide."""

from typing import Annotated, Literal

from pydantic import Field

from events.contract.inbound.fields import (
    CHECKER,
    INTEGRAL,
    MAKER,
    AmountFen,
    Day,
    Document,
    Inbound,
    Number,
    Reason,
    Source,
)


class ReviewDecided(Inbound):
    """审核结论：转人工的申请由审核员判断。"""

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    verdict: Literal["approve", "deny"] = Field(description="approve 同意，deny 不同意。")
    reviewer: Number = Field(description="审核员工号；不得写身份号码。")
    document: Document = Field(description="审核依据的文书编号。")
    reason: Reason = Field(description="理由；不得写身份号码。")
    amount_fen: AmountFen | None = Field(
        None, description="核定金额（分），仅在通知未载明标准时填写。"
    )


class ApprovalRevoked(Inbound):
    """撤销核准：未付的不再付，已付的追回；工作差错的退还次数，骗取的不退。"""

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    cause: Literal["administrative_error", "fraud", "not_entitled"] = Field(
        description="administrative_error 工作差错，fraud 骗取，not_entitled 不符合条件。"
    )
    document: Document = Field(description="撤销决定文书编号。")
    reason: Reason = Field(description="理由；不得写身份号码。")
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)


class PlanExtended(Inbound):
    """延长享受期：文件允许的期满延长，一次。"""

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    reviewer: Number = Field(description="审核员工号；不得写身份号码。")
    document: Document = Field(description="延长决定文书编号。")
    reason: Reason = Field(description="理由，例如期满仍从事灵活就业；不得写身份号码。")


class AdvanceOrdered(Inbound):
    """预拨：对已核准的申请先付一部分，结算时抵减，多付或逾期未结算的追回。"""

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    rate_percent: Annotated[int, Field(ge=1, le=100), INTEGRAL] = Field(
        description="预拨比例（%），不超过政策规定的上限。"
    )
    planned_fen: AmountFen = Field(description="计划全额（分）。")
    nets: Literal["claim", "first"] = Field(
        "claim", description="claim 在本件各期抵减，first 在该人该项目首次结算时抵减。"
    )
    settle_by: Day = Field(description="应结算的最后日期。")
    document: Document = Field(description="预拨依据的文书编号。")
