"""Trace: tell the story of one application, from its message to the money, with every clause.

In:   an application's key, the books
Out:  lines of Chinese text
Holds: a fact stands behind whatever led to it, also where both carry one instant
"""

from typing import Any, NamedTuple

import asyncpg
import orjson

from events import FACTS as FACT_TYPES
from events import streams
from events.envelope import Position, Recorded
from events.money import yuan
from policies.engine.registry import Policies
from policies.engine.trace import render_trail
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.tools.histories.causal_order import in_causal_order
from services.web.words.fact_words import FACTS
from services.web.words.refusals import words_of


class NotFound(OperatingFailure):
    """No application has this key."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有找到申请 {application}。",
            "请核对编号（来源:申请号），或稍候再查：报文可能还在受理中。",
        )


class _PlacedFact(NamedTuple):
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


async def trace(dsn: str, application: str, policies: Policies) -> list[str]:
    """Tell everything that happened to an application, causes first.

    Raises: NotFound, DatabaseAway, BooksMissing
    """
    async with books(dsn) as connection:
        rows = await connection.fetch(_OWN, application)
        if not rows:  # an employer's batch has a history of its own
            rows = await connection.fetch(_BATCH, [streams.submission(application)])
        if not rows:
            raise NotFound(application)
        batches = {
            streams.batch(batch)
            for row in rows
            if (batch := orjson.loads(row["body"]).get("batch"))
        }
        rows += await connection.fetch(_BATCH, sorted(batches))
    placed_by_id = {row["id"]: _read(row) for row in rows}
    placed = sorted(placed_by_id.values(), key=lambda one: (one.fact.recorded_at, *one[2:]))
    ordered = in_causal_order([one.fact for one in placed])
    by_id = {one.fact.id: one for one in placed}
    return [line for fact in ordered for line in _lines(by_id[fact.id], policies)]


def _read(row: asyncpg.Record) -> _PlacedFact:
    body = orjson.loads(row["body"])
    fact = Recorded(
        str(row["id"]),
        row["stream"],
        row["seq"],
        str(row["cause"]),
        Position(row["command_partition"], row["command_offset"], 0),
        row["recorded_at"],
        row["effective_on"],
        FACT_TYPES[row["type"]].model_validate(body),
    )
    return _PlacedFact(fact, body, row["partition"], row["ledger_offset"])


def _lines(placed: _PlacedFact, policies: Policies) -> list[str]:
    fact, body = placed.fact, placed.body
    kind = type(fact.body).__name__
    word = FACTS.get(kind, kind)
    if body.get("outcome") == "returned":
        word += "：退回"
    amount = body.get("amount") or (body.get("money") or {}).get("amount")
    money = "" if amount is None else f"  {yuan(amount)} 元"
    place = f"分区 {placed.partition} 位点 {placed.offset}"
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
