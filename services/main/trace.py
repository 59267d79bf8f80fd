"""Trace: tell the story of one application, from its message to the money, with every clause.

In:   an application's key, the books
Out:  lines of Chinese text
Holds: a fact stands behind whatever led to it, also where both carry one instant
"""

from typing import Any, NamedTuple

import asyncpg
import orjson

from events import FACTS
from events.envelope import Position, Recorded
from policies.registry import Policies
from policies.trace import render_trail
from services.main.causes import in_causal_order
from services.main.reach import books
from services.runtime.errors import OperatingFailure


class NotFound(OperatingFailure):
    """No application has this key."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有找到申请 {application}。",
            "请核对编号（来源:申请号），或稍候再查：报文可能还在受理中。",
        )


class _Told(NamedTuple):
    """One fact with its place on the ledger."""

    fact: Recorded
    body: dict[str, Any]
    partition: int
    offset: int


_COLUMNS = """id, stream, seq, type, cause, command_partition, command_offset, partition,
    ledger_offset, recorded_at, effective_on, body"""

_OWN = f"SELECT {_COLUMNS} FROM books.facts WHERE application = $1"  # noqa: S608 - constant columns

_BATCH = f"""SELECT {_COLUMNS} FROM books.facts
    WHERE stream = ANY($1) AND application IS NULL"""  # noqa: S608 - constant columns

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
    "CeilingReached": "共同上限已满",
    "BudgetQueued": "预算排队",
    "BudgetDequeued": "预算出队",
    "BudgetReleased": "预算退还",
    "InstalmentDue": "到期应付",
    "InstalmentStopped": "停发",
    "DisbursementOrdered": "列入支付",
    "BatchRequested": "申请制批",
    "BatchLineClaimed": "批次确认此笔",
    "BatchLineRefused": "批次未能列入此笔",
    "BatchPrepared": "批次制成",
    "BatchReleased": "批次放行",
    "BatchRejected": "批次退回",
    "BatchSending": "批次开始发送",
    "BatchSent": "批次已发送银行",
    "BatchResultRecorded": "收到银行结果",
    "BatchClosed": "批次办结",
    "DisbursementBatched": "制批",
    "DisbursementSent": "已发送",
    "DisbursementSettled": "已到账",
    "DisbursementReturned": "银行退回",
    "DisbursementCancelled": "应付撤销",
    "DisbursementDisputed": "银行前后矛盾，停付待查",
    "DisputeResolved": "查明结果",
    "OutcomeAsked": "向银行查询结果",
    "WithdrawalAsked": "请求撤回",
    "PaymentsGivenUp": "撤销未付",
    "PaymentsKept": "付款已在途",
    "BatchHeld": "批次被拦下",
    "ApprovalRevoked": "撤销核准",
    "ServiceLeftEarly": "服务期未满离开",
    "AdvanceGranted": "核准预拨",
    "AdvanceOpened": "预拨待结算",
    "AdvanceSettled": "抵减预拨",
    "AccountProposed": "提出账户更正",
    "AccountRejected": "不同意账户更正",
    "AccountChanged": "账户已更正",
    "PaymentsStopped": "停止支付",
    "ClawbackProposed": "提出追回",
    "ClawbackRejected": "不同意追回",
    "ClawbackOrdered": "决定追回",
    "ClawbackOffset": "抵扣",
    "ClawbackRecovered": "收回现金",
    "WriteOffProposed": "提出核销",
    "WriteOffRejected": "不同意核销",
    "ClawbackWrittenOff": "已核销",
    "SubmissionOpened": "收到批量申报",
    "SubmissionLineAnswered": "批量申报记下本行结果",
    "SubmissionDecided": "批量申报每行都有答复，告知单位",
    "SubmissionClosed": "批量申报全部办结，告知单位",
    "CommandRefused": "未办理",
    "CommandSetAside": "搁置，等待处理",
}


async def trace(dsn: str, application: str, policies: Policies) -> list[str]:
    """Tell everything that happened to an application, causes first.

    Raises: NotFound, DatabaseAway, BooksMissing
    """
    async with books(dsn) as connection:
        rows = await connection.fetch(_OWN, application)
        if not rows:  # an employer's batch has a history of its own
            rows = await connection.fetch(_BATCH, [f"submission/{application}"])
        if not rows:
            raise NotFound(application)
        batches = {
            f"batch/{batch}" for row in rows if (batch := orjson.loads(row["body"]).get("batch"))
        }
        rows += await connection.fetch(_BATCH, sorted(batches))
    told = {row["id"]: _read(row) for row in rows}
    placed = sorted(told.values(), key=lambda one: (one.fact.recorded_at, *one[2:]))
    ordered = in_causal_order([one.fact for one in placed])
    by_id = {one.fact.id: one for one in placed}
    return [line for fact in ordered for line in _lines(by_id[fact.id], policies)]


def _read(row: asyncpg.Record) -> _Told:
    body = orjson.loads(row["body"])
    fact = Recorded(
        str(row["id"]),
        row["stream"],
        row["seq"],
        str(row["cause"]),
        Position(row["command_partition"], row["command_offset"], 0),
        row["recorded_at"],
        row["effective_on"],
        FACTS[row["type"]].model_validate(body),
    )
    return _Told(fact, body, row["partition"], row["ledger_offset"])


def _lines(told: _Told, policies: Policies) -> list[str]:
    fact, body = told.fact, told.body
    kind = type(fact.body).__name__
    said = _TELL.get(kind, kind)
    if body.get("outcome") == "returned":
        said += "：退回"
    amount = body.get("amount") or (body.get("money") or {}).get("amount")
    money = "" if amount is None else f"  {amount / 100:,.2f} 元"
    place = f"分区 {told.partition} 位点 {told.offset}"
    first = f"{fact.effective_on}  {said}{money}  [{fact.stream} 事实 {fact.seq}，{place}]"
    return [first, *(f"    {line}" for line in _because(body, policies))]


def _because(body: dict[str, Any], policies: Policies) -> list[str]:
    lines: list[str] = []
    if arrived := body.get("arrived"):
        lines.append(
            f"报文 {arrived['event']}：{arrived['topic']} 分区 {arrived['partition']} "
            f"位点 {arrived['offset']}"
        )
    people = {"maker": "制单", "checker": "复核", "reviewer": "审核"}
    acted = [f"{said} {body[who]}" for who, said in people.items() if body.get(who)]
    if acted:
        lines.append("，".join(acted))
    if text := body.get("text") or body.get("reason"):
        lines.append(str(text))
    if body.get("trail") and body.get("policy"):
        policy = policies.policy(body["policy"]["content_hash"])
        lines.extend(render_trail(policy, body["trail"]))
    if body.get("code"):
        lines.append(f"代码 {body['code']}")
    if "accepted" in body:
        lines.append(f"受理 {len(body['accepted'])} 行，退回 {len(body['refused'])} 行")
    return lines
