"""Status: what other registers know of a person, and benefits enjoyed before this ledger began."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from events.canonical import PLAIN
from events.contract.inbound.fields import (
    INTEGRAL,
    MAX_FEN,
    NOT_NULL,
    AmountFen,
    Day,
    Document,
    Inbound,
    Month,
    Number,
    PartyStated,
    Source,
    Word,
    when,
)
from events.status import StatusKind

Period = Annotated[str, Field(pattern=r"^(\*|(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?)$")]


class StatusChanged(Inbound):
    """人员状态变化：就业、失业、死亡、退休、离开本地、回到本地；用于停发以后各期。"""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                when(
                    {"status": {"enum": ["receiving", "not_receiving"]}},
                    {"properties": {"benefit": NOT_NULL}, "required": ["benefit"]},
                )
            ]
        }
    )

    person: PartyStated = Field(description="本人。")
    status: StatusKind = Field(
        description="employed 就业，unemployed 失业，deceased 死亡，retired 退休，left 离开本地，back 回到本地，"
        "receiving 领取其他待遇，not_receiving 停止领取。"
    )
    since: Day = Field(description="状态起始日期。")
    benefit: Word | None = Field(
        None,
        description="receiving、not_receiving 时必填：其他待遇，例如 unemployment-benefit 失业保险金。",
    )


class InstalmentEvidence(Inbound):
    """按月付款的依据：当月实际缴纳的社会保险费，或当月实际见习天数。"""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                when(
                    {"kind": {"const": kind}},
                    {"properties": {measure: NOT_NULL}, "required": [measure]},
                )
                for kind, measure in (
                    ("contributions", "contributed_fen"),
                    ("days_served", "days"),
                )
            ]
        }
    )

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    month: Month = Field(description="所属月份。")
    kind: Literal["contributions", "days_served"] = Field(
        description="contributions 实际缴费，days_served 实际见习天数。"
    )
    contributed_fen: Annotated[int, Field(ge=0, le=MAX_FEN), INTEGRAL] | None = Field(
        None, description="当月实际缴纳的社会保险费（分），contributions 时填。"
    )
    days: Annotated[int, Field(ge=0, le=31), INTEGRAL] | None = Field(
        None, description="当月实际见习天数，days_served 时填。"
    )
    document: Document = Field(description="缴费凭证或考勤记录编号。")


class PlanEnded(Inbound):
    """见习或享受期提前结束；稳定就业且剩余不足三分之一的，按文件视为期满。"""

    source: Source | None = Field(None, description="申请的发送系统；不填即本消息的 source。")
    application: Number = Field(description="申请编号。")
    line: Number | None = Field(None, description="批量申请中的行号。")
    ended_on: Day = Field(description="结束日期。")
    because: Literal["stable_job", "left"] = Field(
        description="stable_job 实现稳定就业，left 其他原因离开。"
    )
    document: Document = Field(description="劳动合同或离开证明编号。")


class HouseholdMember(Inbound):
    """零就业家庭成员：一名成员就业，全家即移出。"""

    household: Number = Field(description="上游系统给家庭的编号；不得用户口簿号或身份号码。")
    person: PartyStated = Field(description="成员本人。")
    since: Day = Field(description="认定或离开之日。")


class HouseholdMemberLeft(HouseholdMember):
    """不再是该家庭成员。"""


class SlotUsed(Inbound):
    """已享受的一次。"""

    family: Word = Field(description="限额所属的项目族，见政策卡。")
    cap: Word = Field(description="限额名称，见政策卡。")
    period: Period = Field("*", description="限额期间：年份，年月，或 * 终身。")
    key: Annotated[str, Field(max_length=120, pattern=PLAIN)] = Field(
        "", description="唯一性限额的键，例如 电工|四级。"
    )
    no: Annotated[int, Field(ge=1, le=1000), INTEGRAL] = Field(1, description="期间内第几次。")
    months: Annotated[int, Field(ge=0, le=1200), INTEGRAL] = Field(
        0, description="按月计的限额已用月数。"
    )


class PriorUse(Inbound):
    """台账启用前已享受的补贴，计入限额。"""

    person: PartyStated = Field(description="受益人。")
    document: Document = Field(description="原批准文书编号，在本人名下唯一。")
    programme: Word = Field(description="补贴项目代码。")
    slots: list[SlotUsed] = Field(min_length=1, max_length=50, description="占用的限额次数。")
    amount_fen: AmountFen = Field(description="已享受金额（分）。")
    granted_on: Day = Field(description="原批准日期。")
