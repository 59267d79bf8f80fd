"""Trace: tell the story of one application, from its message to the money, with every clause.

In:   an application's key, the books
Out:  lines of Chinese text
"""

from typing import Any

import asyncpg
import orjson

from policies.registry import Policies
from policies.trace import render_trail
from services.runtime.errors import OperatingFailure


class NotFound(OperatingFailure):
    """No application has this key."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有找到申请 {application}。",
            "请核对编号（来源:申请号），或稍候再查：报文可能还在受理中。",
        )


_FACTS = """
    SELECT stream, seq, type, partition, ledger_offset, recorded_at, effective_on, body
    FROM books.facts WHERE application = $1 ORDER BY recorded_at, partition, ledger_offset
"""

_TELL = {
    "ApplicationFiled": "受理",
    "ApplicationCorrected": "更正",
    "ApplicationWithdrawn": "撤回",
    "ApplicationConflicted": "内容冲突",
    "ApprovalProposed": "条件符合，占用限额，申请预算",
    "ApprovalDenied": "不予核准",
    "ApprovalReferred": "转人工",
    "ApprovalGranted": "核准",
    "ApprovalHeld": "待预算",
    "ApprovalLapsed": "预算年度结束，未办",
    "ApprovalWithdrawn": "核准撤回，限额与预算退还",
    "CommitmentDeclined": "迟到的预算答复，已退还",
    "BudgetCommitted": "预算占用",
    "BudgetPassedOn": "本资金不足，转下一资金",
    "BudgetQueued": "预算排队",
    "BudgetDequeued": "预算出队",
    "BudgetReleased": "预算退还",
    "InstalmentDue": "到期应付",
    "InstalmentStopped": "停发",
    "DisbursementOrdered": "列入支付",
    "DisbursementBatched": "制批",
    "DisbursementSent": "已发送",
    "DisbursementSettled": "已到账",
    "DisbursementReturned": "银行退回",
    "CommandRefused": "未办理",
    "CommandSetAside": "搁置，等待处理",
}


async def trace(dsn: str, application: str, policies: Policies) -> list[str]:
    """Tell everything that happened to an application, in order.

    Raises: NotFound
    """
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(_FACTS, application)
    finally:
        await connection.close()
    if not rows:
        raise NotFound(application)
    return [line for row in rows for line in _told(row, policies)]


def _told(row: asyncpg.Record, policies: Policies) -> list[str]:
    body = orjson.loads(row["body"])
    said = _TELL.get(row["type"], row["type"])
    amount = body.get("amount") or (body.get("money") or {}).get("amount")
    money = "" if amount is None else f"  {amount / 100:,.2f} 元"
    place = f"分区 {row['partition']} 位点 {row['ledger_offset']}"
    first = f"{row['effective_on']}  {said}{money}  [{row['stream']} 事实 {row['seq']}，{place}]"
    return [first, *(f"    {line}" for line in _because(body, policies))]


def _because(body: dict[str, Any], policies: Policies) -> list[str]:
    lines: list[str] = []
    if arrived := body.get("arrived"):
        lines.append(
            f"报文 {arrived['event']}：{arrived['topic']} 分区 {arrived['partition']} "
            f"位点 {arrived['offset']}"
        )
    if text := body.get("text"):
        lines.append(str(text))
    if body.get("trail") and body.get("policy"):
        policy = policies.policy(body["policy"]["content_hash"])
        lines.extend(render_trail(policy, body["trail"]))
    if body.get("code"):
        lines.append(f"代码 {body['code']}")
    return lines
