"""Trace: tell the story of one application, from its message to the money, with every clause.

In:   an application's key, the books
Out:  lines of Chinese text
Holds: a fact stands behind whatever led to it, also where both carry one instant
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from events.codes import words_of
from events.money import yuan
from policies.engine.registry import Policies
from policies.engine.trace import render_trail
from projections.queries import recorded_facts, rule_texts
from projections.queries.recorded_facts import FactRow
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.tools.histories.causal_order import in_causal_order
from services.wording.cited_figures import cited_figures
from services.wording.fact_names import FACTS


class NotFound(OperatingFailure):
    """No application has this key."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有找到申请 {application}。",
            "请核对编号（来源:申请号），或稍候再查：报文可能还在受理中。",
        )


async def trace(dsn: str, application: str, policies: Policies) -> list[str]:
    """Tell everything that happened to an application, causes first.

    Raises: NotFound, DatabaseAway, BooksMissing
    """
    async with books(dsn) as connection:
        rows = await recorded_facts.whole_history(connection, application)
        texts = await rule_texts.texts(connection, _bundles(rows))
    if not rows:
        raise NotFound(application)
    by_id = {row.id: row for row in rows}
    placed = sorted(by_id.values(), key=lambda row: (row.recorded_at, row.partition, row.offset))
    ordered = in_causal_order([row.recorded for row in placed])
    told: list[str] = []
    applied_on: date | None = None
    for fact in ordered:
        row = by_id[fact.id]
        if stated := row.raw.get("stated"):
            applied_on = date.fromisoformat(stated["applied_on"])
        told += _lines(row, policies)
        text = texts.get(_bundle(row))
        if text is not None and applied_on is not None:
            figures = cited_figures(text, applied_on, policies.written.declared)
            told += [f"    所用参数 {line}" for line in figures]
    return told


def _bundles(rows: Iterable[FactRow]) -> list[str]:
    """The hashes of the figures that these facts were decided by."""
    return sorted({_bundle(row) for row in rows} - {""})


def _bundle(row: FactRow) -> str:
    policy = row.raw.get("policy") if row.raw.get("trail") else None
    return str(policy["bundle_hash"]) if policy else ""


def _lines(fact: FactRow, policies: Policies) -> list[str]:
    kind, body = fact.type, fact.raw
    word = FACTS.get(kind, kind)
    if body.get("outcome") == "returned":
        word += "：退回"
    amount = body.get("amount") or (body.get("money") or {}).get("amount")
    money = "" if amount is None else f"  {yuan(amount)} 元"
    place = f"分区 {fact.partition} 位点 {fact.offset}"
    first = f"{fact.effective_on}  {word}{money}  [{fact.stream} 事实 {fact.seq}，{place}]"
    return [first, *(f"    {line}" for line in _because(body, policies))]


def _because(body: dict[str, Any], policies: Policies) -> list[str]:
    lines: list[str] = []
    if arrived := body.get("arrived"):
        lines.append(
            f"报文 {arrived['event']}：{arrived['topic']} 分区 {arrived['partition']} "
            f"位点 {arrived['offset']}"
        )
    people = {"maker": "制单", "checker": "复核", "reviewer": "审核"}
    acted = [f"{word} {body[who]}" for who, word in people.items() if body.get(who)]
    if acted:
        lines.append("，".join(acted))
    if text := body.get("text") or body.get("reason"):
        lines.append(str(text))
    if body.get("trail") and body.get("policy"):
        policy = policies.policy(body["policy"]["content_hash"])
        lines.extend(render_trail(policy, body["trail"]))
    if code := body.get("code"):
        words = words_of(code)
        lines.append(f"{words}（代码 {code}）" if words else f"代码 {code}")
    if "accepted" in body:
        lines.append(f"受理 {len(body['accepted'])} 行，退回 {len(body['refused'])} 行")
    return lines
