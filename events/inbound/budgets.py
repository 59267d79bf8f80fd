"""Budgets: money that a numbered document puts on a line of fund, district and year."""

from pydantic import Field

from events.inbound.fields import AmountFen, Document, Inbound, Region, Word


class BudgetAllocated(Inbound):
    """预算下达；同一文号对同一额度只计一次。"""

    document: Document = Field(description="下达文号。")
    fund: Word = Field(description="资金代码，例如 unemployment_insurance 失业保险基金。")
    district: Region = Field(description="区划代码。")
    year: int = Field(ge=2000, le=2100, description="预算年度。")
    amount_fen: AmountFen = Field(description="金额（分）。")
