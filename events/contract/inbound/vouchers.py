"""Vouchers: what the systems that give out, see and take training vouchers report, step by step."""

from pydantic import Field

from events.contract.inbound.fields import (
    Day,
    Inbound,
    Number,
    PartyStated,
    Region,
    Source,
    Word,
)


class VoucherIssued(Inbound):
    """职业培训券发放：一张券给一名劳动者，到有效期最后一日为止有效。"""

    voucher: Number = Field(description="券号；在发券系统（source）内唯一。")
    person: PartyStated = Field(description="持券人本人。")
    district: Region = Field(description="发券的区划。")
    issued_on: Day = Field(description="发放日期。")
    valid_until: Day = Field(description="有效期最后一日，含当日。")


class VoucherStep(Inbound):
    """一步：哪张券，谁，哪一日。"""

    source: Source | None = Field(None, description="发券系统；不填即本消息的 source。")
    voucher: Number = Field(description="券号。")
    person: PartyStated = Field(description="持券人本人；与发放时不是同一人的，拒绝。")
    on: Day = Field(description="这一步的日期；不得早于上一步，不得晚于有效期。")


class VoucherClaimed(VoucherStep):
    """职业培训券领用：持券人领取并准备使用。可以先于发放到达。"""


class VoucherVerified(VoucherStep):
    """职业培训券验证：培训机构核对本人与券相符。可以先于领用到达。"""


class VoucherUsed(VoucherStep):
    """职业培训券应用：持券人凭券参加培训；一张券只能用一次。可以先于验证到达。"""

    programme: Word = Field(
        description="用于哪一类培训的补贴项目代码；企业新型学徒制培训（apprenticeship）在使用范围内。"
    )
    course: Number = Field(description="班次或学徒培养协议的编号。")
    application: Number | None = Field(None, description="据此申请补贴的，填申请编号。")
