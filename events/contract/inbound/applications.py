"""Applications as upstream publishes them: submitted, corrected, withdrawn, or an employer's batch."""

from typing import Annotated, Any

from pydantic import Field

from events.contract.inbound.fields import (
    CHECKER,
    MAKER,
    AccountStated,
    Day,
    Document,
    Inbound,
    Number,
    PartyStated,
    PhoneStated,
    Reason,
    Region,
    Word,
)

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MAX_LINES = 5_000

_APPLICATION = Field(description="申请编号，在发送系统内唯一；同一编号重发必须内容相同。")
_PROGRAMME = Field(description="补贴项目代码，例如 skill-upgrade。")
_REGION = Field(description="受理地行政区划代码（GB/T 2260，六位）。")
_APPLIED_ON = Field(description="申请日期，不晚于消息到达日期（北京时间）。")
AUTO = "auto"
"""The channel of what a data match finds (免申即享): nobody applied."""

_CHANNEL = Field(
    description="受理渠道，例如 hall 窗口、app 手机、school 院校、employer 单位；"
    "auto 免申即享：由信息比对产生，单位没有申请，每个比对出的单位一件（或批量申请中的一行）。"
)
_PHONE = Field(
    None,
    description="申请人的联系电话，可不填：手机号，或带区号的固定电话。只用来发现一个电话为多人申请，"
    "存入身份库，不进台账。",
)
_FACTS = Field(description="申报事实，名称和取值见申报事实清单；没有的事实不填。")


class ApplicationSubmitted(Inbound):
    """一件申请：一个受益人、一个补贴项目、一个期间。"""

    application: Number = _APPLICATION
    programme: Word = _PROGRAMME
    region: Region = _REGION
    applied_on: Day = _APPLIED_ON
    channel: Word = _CHANNEL
    beneficiary: PartyStated = Field(description="受益人：享受次数按其计算。")
    payee: PartyStated | None = Field(None, description="收款人；不填即受益人本人。")
    account: AccountStated = Field(description="收款人的银行账户。")
    phone: PhoneStated | None = _PHONE
    facts: dict[str, Any] = Field(default_factory=dict, description=_FACTS.description)


class ApplicationCorrected(ApplicationSubmitted):
    """更正一件尚未核准的申请：写全更正后的内容，并指明被更正内容的摘要。

    `line` 只在更正批量申请中的一行时填写。
    """

    line: Number | None = Field(None, description="更正批量申请中的一行时，填该行行号。")
    replaces: Digest = Field(
        description="被更正内容的摘要（64 位十六进制），见结果消息或 check 命令的输出。"
    )


class ApplicationWithdrawn(Inbound):
    """撤回一件申请；先于申请到达的撤回会保留到申请到达时生效。"""

    application: Number = _APPLICATION
    line: Number | None = Field(None, description="撤回批量申请中的一行时，填该行行号。")
    reason: Reason = Field(description="撤回原因；不得写身份号码。")


class BatchLine(Inbound):
    """批量申请中的一行，作为一件独立的申请办理。"""

    line: Number = Field(description="行号，在本批内唯一。")
    beneficiary: PartyStated = Field(description="受益人。")
    payee: PartyStated | None = Field(
        None, description="收款人；不填用批头的，批头也没有即受益人。"
    )
    account: AccountStated | None = Field(None, description="收款账户；不填用批头的。")
    phone: PhoneStated | None = _PHONE
    facts: dict[str, Any] = Field(
        default_factory=dict, description="本行的申报事实；与批头同名时以本行为准。"
    )


class BatchSubmitted(Inbound):
    """用人单位的批量申请：批头共用，每行一件；有错的行单独退回，其余照办。"""

    application: Number = _APPLICATION
    programme: Word = _PROGRAMME
    region: Region = _REGION
    applied_on: Day = _APPLIED_ON
    channel: Word = _CHANNEL
    payee: PartyStated | None = Field(None, description="各行共用的收款人，通常是申请单位。")
    account: AccountStated | None = Field(None, description="各行共用的收款账户。")
    facts: dict[str, Any] = Field(default_factory=dict, description="各行共用的申报事实。")
    lines: list[Any] = Field(max_length=MAX_LINES, description="明细行，逐行校验。")


class AccountCorrected(Inbound):
    """更正收款账户：退回的款项以新账户重发，以后各期付入新账户；先于支付到达的也有效。"""

    application: Number = _APPLICATION
    line: Number | None = Field(None, description="批量申请中的行号。")
    payee: PartyStated = Field(description="收款人。")
    account: AccountStated = Field(description="更正后的银行账户；原账户核实无误的照填原账户。")
    document: Document = Field(description="更正依据的文书编号。")
    reason: Reason = Field(description="更正原因；不得写身份号码。")
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)
