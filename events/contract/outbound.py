"""Outbound: what upstream is told, as the data of a CloudEvent on `benefits.outcomes.v1`.

Holds: no identity, no token, no free text of a person or a bank; the event's id is the fact's id,
       so a reader that keeps the ids it has seen needs nothing else to count a fact once.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from events.canonical import DAY_PATTERN, INSTANT_PATTERN
from events.submissions import Ending
from events.values import Document, Fen

SOURCE = "benefit-ledger"
DATA_VERSION = "1"

Outcome = Literal[
    "filed",
    "corrected",
    "withdrawn",
    "conflicted",
    "proposed",
    "denied",
    "referred",
    "granted",
    "held",
    "lapsed",
    "approval_withdrawn",
    "year_held",
    "year_committed",
    "year_lapsed",
    "extended",
    "instalment_waits",
    "instalment_due",
    "instalment_stopped",
    "payment_ordered",
    "payment_batched",
    "payment_unbatched",
    "payment_sent",
    "payment_settled",
    "payment_returned",
    "payment_cancelled",
    "revoked",
    "advance_granted",
    "account_changed",
    "clawback_ordered",
    "clawback_offset",
    "clawback_recovered",
    "clawback_written_off",
    "rejected",
    "refused",
    "set_aside",
    "batch_decided",
    "batch_closed",
    "voucher_issued",
    "voucher_claimed",
    "voucher_verified",
    "voucher_used",
    "voucher_waits",
    "voucher_dropped",
    "voucher_expired",
]


class Clause(Document):
    """一条未满足（或待判断）的条款：编号、出处、原文、要求。"""

    node: str = Field(description="政策文件中的节点编号。")
    cite: str = Field(description="文号与条款。")
    quote: str = Field(description="条款原文。")
    need: str = Field(description="该条款要求什么。")


class LineTold(Document):
    """批量申报中一行的结果。"""

    no: int = Field(description="在报文中是第几行，从 1 起。")
    line: str = Field(description="行号；读不出行号的写 # 加第几行。")
    outcome: Ending = Field(
        description="granted 核准，denied 不予核准，referred 转人工，held 待预算，lapsed 已过期，"
        "withdrawn 已撤回，revoked 已撤销核准，refused 受理时退回，conflicted 与首次内容不同。"
    )
    amount_fen: Fen | None = Field(None, description="核准金额（分）。")


class ReasonTold(Document):
    """一个原因和因它而未核准的各行。"""

    outcome: Ending = Field(description="这些行的结果。")
    code: str = Field(description="原因代码。")
    text: str = Field("", description="原因说明和办法。")
    policy: str | None = Field(None, description="政策版本及其内容摘要。")
    clauses: tuple[Clause, ...] = Field((), description="未满足（或待判断）的条款，附原文。")
    lines: tuple[str, ...] = Field(description="行号。")


class BatchTold(Document):
    """用人单位一批申报的结果：逐行结果，按原因归并。"""

    round: int = Field(description="第几次：补报或重报了新的行，再告知一次全部结果。")
    counts: dict[Ending, int] = Field(description="各种结果的行数。")
    waiting: int = Field(description="其中仍待人工或待预算的行数；办结后另告知 batch_closed。")
    lines: tuple[LineTold, ...] = Field(description="逐行结果，按报文次序。")
    reasons: tuple[ReasonTold, ...] = Field((), description="未核准的原因。")


class LaterYearTold(Document):
    """核准的计划中由以后年度预算支付的部分：那一年的额度占用之后才发放。"""

    year: int = Field(description="预算年度。")
    amount_fen: Fen = Field(description="金额（分）。")
    budget_line: str = Field(description="那一年的额度。")
    instalments: tuple[int, ...] = Field(description="第几期。")


class OutcomeTold(Document):
    """一件申请的一个结果：受理、决定、拒绝或支付状态；不含任何个人信息。"""

    application: str = Field(
        description="申请键：来源:申请编号[:行号]；批量结果为 来源:申请编号；"
        "培训券结果为 voucher/来源:券号；与申请无关或读不出的为空。"
    )
    outcome: Outcome = Field(description="发生了什么。")
    on: date = Field(description="法定日期（北京时间）。")
    digest: str | None = Field(None, description="内容摘要；更正时以它指明被更正的内容。")
    stands: str | None = Field(None, description="内容冲突时，仍然有效的内容摘要。")
    programme: str | None = Field(None, description="补贴项目代码。")
    policy: str | None = Field(None, description="政策版本及其内容摘要。")
    attempt: int | None = Field(None, description="第几次核准。")
    amount_fen: Fen | None = Field(
        None,
        description="金额（分）。instalment_due 为抵减预拨、抵扣欠款之前的应付金额；payment_ordered 为抵减"
        "预拨之后、抵扣欠款之前的金额；payment_batched 和以后各步为实际付出的金额，预拨和欠款都已扣除；"
        "payment_cancelled 为尚未付出而撤销的金额。",
    )
    instalment: int | None = Field(None, description="第几期。")
    budget_line: str | None = Field(
        None, description="待预算时所排的额度；year_ 开头的结果为以后年度的额度。"
    )
    year: int | None = Field(None, description="year_ 开头的结果说的是哪个预算年度。")
    later_years: tuple[LaterYearTold, ...] = Field(
        (),
        description="granted 中由以后年度预算支付的部分，含在 amount_fen 之内；等待期间不影响本年度部分发放。",
    )
    code: str = Field(
        "", description="不予核准、转人工、拒绝、停发或退回的代码，见 docs/reference/codes.md。"
    )
    text: str = Field("", description="原因说明。")
    command: str | None = Field(None, description="被拒绝或搁置的请求的类型。")
    source: str | None = Field(None, description="被退回或拒绝的报文的来源，读得出的才填。")
    event: str | None = Field(None, description="被退回或拒绝的报文的编号，读得出的才填。")
    field: str | None = Field(None, description="退回的报文中不对的字段。")
    line: int | None = Field(None, description="退回的是批量申报中的第几行，从 1 起。")
    clauses: tuple[Clause, ...] = Field((), description="未满足的全部条款，附原文。")
    value_on: date | None = Field(None, description="银行入账或退回日期。")
    batch: BatchTold | None = Field(
        None,
        description="批量申报的结果：每行都有答复时一次告知；有待办的行，全部办结时再告知一次。",
    )


class OutcomeEvent(Document):
    """结果消息（CloudEvents 1.0，结构化模式）；同一事实的 id 永远相同。"""

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(description="事实编号（UUID），退回的报文按其位置编号；收过的编号可以忽略。")
    source: Literal["benefit-ledger"] = "benefit-ledger"
    type: str = Field(description="outcome. 加上 outcome 字段的值。")
    subject: str = Field(
        min_length=1, description="申请键，与 Kafka 消息键相同；没有申请的为报文来源。"
    )
    time: datetime = Field(description="引起该事实的请求到达的时刻（UTC）。")
    datacontenttype: Literal["application/json"] = "application/json"
    dataversion: Literal["1"] = "1"
    data: OutcomeTold


def schema() -> dict[str, Any]:
    """Describe a message as JSON Schema (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:benefit-ledger:outcome:1",
        **_without_formats(OutcomeEvent.model_json_schema(mode="serialization")),
    }


_PATTERNS = {"date": DAY_PATTERN, "date-time": INSTANT_PATTERN}


def _without_formats(node: Any) -> Any:
    """Say days and instants by their patterns: a strict validator knows no formats by itself."""
    if isinstance(node, list):
        return [_without_formats(one) for one in node]
    if not isinstance(node, dict):
        return node
    written = {name: _without_formats(value) for name, value in node.items()}
    if isinstance(written.get("format"), str) and written["format"] in _PATTERNS:
        written["pattern"] = _PATTERNS[written.pop("format")]
    return written
