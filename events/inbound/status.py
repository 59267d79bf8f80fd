"""Status: what other registers know of a person, and benefits enjoyed before this ledger began."""

from typing import Annotated

from pydantic import Field

from events.inbound.fields import AmountFen, Day, Document, Inbound, PartyStated, Word
from events.status import StatusKind

Period = Annotated[str, Field(pattern=r"^(\*|[0-9]{4}(-[0-9]{2})?)$")]


class StatusChanged(Inbound):
    """人员状态变化：就业、失业、死亡、退休、离开本地；用于停发以后各期。"""

    person: PartyStated = Field(description="本人。")
    status: StatusKind = Field(
        description="employed 就业，unemployed 失业，deceased 死亡，retired 退休，left 离开本地。"
    )
    since: Day = Field(description="状态起始日期。")


class SlotUsed(Inbound):
    """已享受的一次。"""

    family: Word = Field(description="限额所属的项目族，见政策卡。")
    cap: Word = Field(description="限额名称，见政策卡。")
    period: Period = Field("*", description="限额期间：年份，年月，或 * 终身。")
    key: Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")] = Field(
        "", description="唯一性限额的键，例如 电工|四级。"
    )
    no: int = Field(1, ge=1, le=1000, description="期间内第几次。")
    months: int = Field(0, ge=0, le=1200, description="按月计的限额已用月数。")


class PriorUse(Inbound):
    """台账启用前已享受的补贴，计入限额。"""

    person: PartyStated = Field(description="受益人。")
    document: Document = Field(description="原批准文书编号，在本人名下唯一。")
    programme: Word = Field(description="补贴项目代码。")
    slots: list[SlotUsed] = Field(min_length=1, max_length=50, description="占用的限额次数。")
    amount_fen: AmountFen = Field(description="已享受金额（分）。")
    granted_on: Day = Field(description="原批准日期。")
