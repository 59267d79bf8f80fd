"""Budgets: money that a numbered document puts on a line of fund, district and year."""

from typing import Annotated, Literal

from pydantic import Field

from events.contract.inbound.fields import (
    CHECKER,
    INTEGRAL,
    MAKER,
    AmountFen,
    AnyFen,
    Document,
    Inbound,
    Number,
    Reason,
    Region,
    Word,
)

_DOCUMENT = Field(description="下达文号。")
_FUND = Field(description="资金代码，例如 unemployment_insurance 失业保险基金。")
_DISTRICT = Field(description="区划代码。")
_YEAR = Field(description="预算年度。")
Year = Annotated[int, Field(ge=2000, le=2099), INTEGRAL]
_AMOUNT = Field(description="金额（分）。")


class BudgetAllocated(Inbound):
    """预算下达；同一文号对同一额度只计一次。"""

    document: Document = _DOCUMENT
    fund: Word = _FUND
    district: Region = _DISTRICT
    year: Year = _YEAR
    amount_fen: AmountFen = _AMOUNT


class BudgetAdjusted(Inbound):
    """预算调整；不得低于已占用的金额，同一文号只计一次。"""

    document: Document = Field(description="调整文号，不同于下达文号。")
    fund: Word = _FUND
    district: Region = _DISTRICT
    year: Year = _YEAR
    by_fen: AnyFen = Field(description="增加为正，减少为负（分）。")
    reason: Reason = Field(description="调整原因。")


class CeilingSet(Inbound):
    """共用上限的额度，例如一个项目全年的名额金额；在资金之前占用。"""

    document: Document = _DOCUMENT
    ceiling: Word = Field(description="上限代码，见政策目录的共用上限。")
    district: Region = _DISTRICT
    year: Year = _YEAR
    amount_fen: AmountFen = _AMOUNT


class BudgetClosed(Inbound):
    """年终关账：该额度不再办理新的占用，排队的失效或结转下一年度。"""

    document: Document = Field(description="关账文号。")
    fund: Word = _FUND
    district: Region = _DISTRICT
    year: Year = _YEAR
    queue: Literal["lapse", "carry"] = Field(description="lapse 失效，carry 结转下一年度继续排队。")
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)
