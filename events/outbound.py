"""Outbound: what upstream is told, as the data of a CloudEvent on `benefits.outcomes.v1`.

Holds: no identity, no token, no free text of a person or a bank; the event's id is the fact's id,
       so a reader that keeps the ids it has seen needs nothing else to count a fact once.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from events.values import ApplicationKey, Fen, Value

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
    "instalment_due",
    "instalment_stopped",
    "payment_ordered",
    "payment_batched",
    "payment_unbatched",
    "payment_sent",
    "payment_settled",
    "payment_returned",
    "payment_cancelled",
    "refused",
    "set_aside",
]


class Clause(Value):
    """一条未满足（或待判断）的条款：编号、出处、原文、要求。"""

    node: str = Field(description="政策文件中的节点编号。")
    cite: str = Field(description="文号与条款。")
    quote: str = Field(description="条款原文。")
    need: str = Field(description="该条款要求什么。")


class OutcomeTold(Value):
    """一件申请的一个结果：受理、决定、拒绝或支付状态；不含任何个人信息。"""

    application: ApplicationKey = Field(description="申请键：来源:申请编号[:行号]。")
    outcome: Outcome = Field(description="发生了什么。")
    on: date = Field(description="法定日期（北京时间）。")
    digest: str | None = Field(None, description="内容摘要；更正时以它指明被更正的内容。")
    stands: str | None = Field(None, description="内容冲突时，仍然有效的内容摘要。")
    programme: str | None = Field(None, description="补贴项目代码。")
    policy: str | None = Field(None, description="政策版本及其内容摘要。")
    attempt: int | None = Field(None, description="第几次核准。")
    amount_fen: Fen | None = Field(None, description="金额（分）。")
    instalment: int | None = Field(None, description="第几期。")
    budget_line: str | None = Field(None, description="待预算时所排的额度。")
    code: str = Field("", description="不予核准、转人工、拒绝、停发或退回的代码。")
    text: str = Field("", description="原因说明。")
    command: str | None = Field(None, description="被拒绝或搁置的请求的类型。")
    clauses: tuple[Clause, ...] = Field((), description="未满足的全部条款，附原文。")
    value_on: date | None = Field(None, description="银行入账或退回日期。")


class OutcomeEvent(Value):
    """结果消息（CloudEvents 1.0，结构化模式）；同一事实的 id 永远相同。"""

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(description="事实编号（UUID）；收过的编号可以忽略。")
    source: Literal["benefit-ledger"] = "benefit-ledger"
    type: str = Field(description="outcome. 加上 outcome 字段的值。")
    subject: ApplicationKey = Field(description="申请键，与 Kafka 消息键相同。")
    time: datetime = Field(description="引起该事实的请求到达的时刻（UTC）。")
    datacontenttype: Literal["application/json"] = "application/json"
    dataversion: Literal["1"] = "1"
    data: OutcomeTold


def schema() -> dict[str, Any]:
    """Describe a message as JSON Schema (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:benefit-ledger:outcome:1",
        **OutcomeEvent.model_json_schema(mode="serialization"),
    }


def example() -> dict[str, Any]:
    """Show one message, as a reader receives it."""
    return OutcomeEvent(
        id="5f0c7d2e-1f0a-5b7e-9f53-0a4f6f3c2b11",
        type="outcome.denied",
        subject="district-211202.hrss:TL-2022-005120",
        time=datetime.fromisoformat("2022-08-12T01:14:00+00:00"),
        data=OutcomeTold(
            application="district-211202.hrss:TL-2022-005120",
            outcome="denied",
            on=date(2022, 8, 12),
            programme="skill-upgrade",
            policy="skill-upgrade/211200-2022-01-01",
            code="CAP_REACHED",
            text="每人每年享受次数已达上限",
            clauses=(
                Clause(
                    node="per_year",
                    cite="铁市就组发〔2022〕1号#八",
                    quote="每人每年享受补贴次数最多不超过3次",
                    need="每年不超过 3 次",
                ),
            ),
        ),
    ).model_dump(mode="json", exclude_defaults=False, exclude_none=True)
