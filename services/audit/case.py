"""Case: one application with its whole chain, as a ZIP that anybody can check without this ledger.

In:    the facts of the application, the records of the ledger that hold them, its entries
Out:   the files of the case, and the ZIP; the program that checks it is one of them
Holds: the same application and position vector give the same bytes; no name and no number of a
       person is in it, only tokens
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from events.money import yuan
from events.position_vector import PositionVector
from policies.engine.registry import Policies
from projections.queries.journal import JournalEntryRow
from projections.queries.recorded_facts import FactRow
from services.audit import case_check
from services.wording.clauses import TrailClause, clauses
from services.wording.fact_names import FACTS

CHECK = Path(case_check.__file__).read_bytes()
"""The program that checks a case, as it lies in every one."""

_READ_ME = """\
案卷 {application}

本案卷由惠民补贴台账写出，取自位置向量 {vector}。同一申请、同一位置向量，再写出的案卷逐字节相同。

怎样核对（只需 Python 3.9 或更高版本，不需要本台账的任何程序、数据库或网络）：

    python check.py 案卷.zip --key 公钥名称

公钥名称请以本市另行公布的为准（benefit-ledger audit key 可查）；不信任案卷里的 check.py，
可另取一份：benefit-ledger audit checker。

records.jsonl      台账上的原始记录，一行一条，未作任何改动
checkpoints.jsonl  台账对这些记录的签名（Ed25519），各列出所在一次提交的全部事实的摘要
keys.json          验证签名的公钥
trail.json         逐条条款：所见、所需、结论、原文
journal.json       会计分录
texts/             决定所引的规则和参数原文，文件名是其 SHA-256
case.txt           以上各项的文字说明
manifest.json      各文件的 SHA-256

人员、单位和账户只以代号出现；姓名和证件号码不在案卷中。批次的记录是整批的原文，含同批其他各笔的
代号和金额。申报报文本身不在案卷中，受理记录写明了它的主题、分区、位点和编号。
"""


class LedgerRecord(NamedTuple):
    """A fact as it lies on the ledger, and the offset of the checkpoint that lists it."""

    partition: int
    offset: int
    key: str
    value: bytes
    checkpoint: int


class CheckpointRecord(NamedTuple):
    """A checkpoint as it lies on the ledger; signature and key are empty before there were any."""

    partition: int
    offset: int
    value: bytes
    signature: bytes
    key: bytes


class CaseRecords(NamedTuple):
    """What of the ledger a case holds."""

    topic: str
    records: Sequence[LedgerRecord]
    checkpoints: Sequence[CheckpointRecord]
    keys: Mapping[bytes, bytes]
    """By name, the public keys that verify the checkpoints."""


def case_of(
    application: str,
    vector: PositionVector,
    facts: Iterable[FactRow],
    entries: Iterable[JournalEntryRow],
    ledger: CaseRecords,
    policies: Policies,
) -> bytes:
    """Write a case."""
    ordered = sorted(facts, key=lambda fact: (fact.recorded_at, fact.partition, fact.offset))
    trail = [_told(fact, policies) for fact in ordered if fact.raw.get("trail")]
    booked = sorted(entries, key=lambda entry: (entry.partition, entry.offset))
    files = {
        "README.txt": _READ_ME.format(application=application, vector=vector.text).encode(),
        "check.py": CHECK,
        "records.jsonl": _lines(map(_record, sorted(ledger.records))),
        "checkpoints.jsonl": _lines(map(_checkpoint, sorted(ledger.checkpoints))),
        "keys.json": _json({name.hex(): key.hex() for name, key in sorted(ledger.keys.items())}),
        "trail.json": _json(trail),
        "journal.json": _json([_entry(entry) for entry in booked]),
        "case.txt": "\n".join(_story(application, ordered, trail, booked)).encode() + b"\n",
        **_texts(ordered),
    }
    manifest = {
        "format": 1,
        "application": application,
        "topic": ledger.topic,
        "vector": vector.text,
        "files": {name: sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    return case_check.zipped({**files, "manifest.json": _json(manifest)})


def _record(record: LedgerRecord) -> dict[str, Any]:
    return record._asdict() | {"value": record.value.decode()}


def _checkpoint(point: CheckpointRecord) -> dict[str, Any]:
    sealed = {"signature": point.signature.hex(), "key": point.key.hex()}
    return point._asdict() | {"value": point.value.decode()} | sealed


def _texts(facts: Iterable[FactRow]) -> dict[str, bytes]:
    return {
        f"texts/{fact.raw['hash']}.json": fact.raw["text"].encode()
        for fact in facts
        if fact.type == "RuleTextRecorded"
    }


def _told(fact: FactRow, policies: Policies) -> dict[str, Any]:
    """A decision's trail, with the clauses' own words where this machine has the policy."""
    policy = fact.raw.get("policy") or {}
    known = policy.get("content_hash", "")
    version = policies.policy(known) if policies.text_of(known) is not None else None
    said = {one.node: one for one in clauses(version, fact.body.trail)}  # type: ignore[attr-defined]
    return {
        "fact": fact.id,
        "type": fact.type,
        "policy": policy,
        "clauses": [
            {"node": node, "held": held, "saw": saw, "needed": needed, **_words(said.get(node))}
            for node, held, saw, needed in fact.raw["trail"]
        ],
    }


def _words(clause: TrailClause | None) -> dict[str, str]:
    if clause is None:
        return {}
    return {"sentence": clause.sentence, "cite": clause.cite, "quote": clause.quote}


def _entry(entry: JournalEntryRow) -> dict[str, Any]:
    whole = entry._asdict() | {"postings": [posting._asdict() for posting in entry.postings]}
    return whole | {"value_on": str(entry.value_on), "known_on": str(entry.known_on)}


def _story(
    application: str,
    facts: Iterable[FactRow],
    trail: Iterable[dict[str, Any]],
    entries: Iterable[JournalEntryRow],
) -> Iterable[str]:
    """The case in words."""
    told = {one["fact"]: one for one in trail}
    yield f"案卷 {application}"
    for fact in facts:
        amount = fact.raw.get("amount") or (fact.raw.get("money") or {}).get("amount")
        money = f"  {yuan(amount)} 元" if isinstance(amount, int) else ""
        place = f"{fact.stream} 事实 {fact.seq}，分区 {fact.partition} 位点 {fact.offset}"
        yield f"{fact.effective_on}  {FACTS.get(fact.type, fact.type)}{money}  [{place}]"
        for clause in told.get(fact.id, {"clauses": ()})["clauses"]:
            mark = {True: "符合", False: "不符合", None: "未知"}[clause["held"]]
            yield f"    {mark}  {clause.get('sentence', clause['node'])}"
            if clause.get("quote"):
                yield f"        {clause['cite']}：{clause['quote']}"
    for entry in entries:
        yield f"{entry.value_on}  凭证 {entry.number}  {yuan(entry.amount_fen)} 元"
        for posting in entry.postings:
            side = "借" if posting.amount_fen > 0 else "贷"
            yield f"    {side} {posting.code} {posting.sub}  {yuan(abs(posting.amount_fen))}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _lines(values: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)
