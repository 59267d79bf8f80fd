"""A case is checked without this ledger, and whatever was changed in it is found and named."""

import json
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events import streams
from events.codec import body_json, decode_fact, encode_fact
from events.position_vector import PositionVector
from events.rule_texts import RuleTextRecorded
from projections.definition.located_fact import LocatedFact
from projections.queries.journal import JournalEntryRow, PostingRow
from projections.queries.recorded_facts import FactRow
from projections.read_models import journal
from services.audit import case_check
from services.audit.case import CaseRecords, CheckpointRecord, LedgerRecord, case_of
from services.audit.case_check import Check
from services.runtime.seals.checkpoint import encode_digests, first_checkpoint
from services.runtime.seals.ledger_seals import LedgerSeal, key_name
from tests.given_when_then import policies
from tests.handmade_ledgers import POLICY, History, paid_history

TOPIC = "benefits.ledger.v1"
SEAL, OTHER = LedgerSeal(b"s" * 32), LedgerSeal(b"o" * 32)
TEXTS = {"policy": '{"policy": "skill-upgrade"}', "figures": '{"amount": 150000}'}
HASHES = {kind: sha256(text.encode()).hexdigest() for kind, text in TEXTS.items()}
VECTOR = PositionVector((900, 900, 900, 900))


def history() -> History:
    """One application from filing to its settled payment, with the texts that it cites."""
    whole = paid_history(1)
    cited = POLICY.model_copy(
        update={"content_hash": HASHES["policy"], "bundle_hash": HASHES["figures"]}
    )
    whole.facts[:] = [
        fact._replace(body=fact.body.model_copy(update={"policy": cited}))
        if hasattr(fact.body, "policy")
        else fact
        for fact in whole.facts
    ]
    for kind, text in TEXTS.items():
        recorded = RuleTextRecorded(kind=kind, hash=HASHES[kind], text=text)  # type: ignore[arg-type]
        whole.add(streams.rules(1, 4), recorded)
    return whole


def on_the_ledger(located: list[LocatedFact], *, signed: bool = True) -> CaseRecords:
    """Lay facts on a ledger: a transaction of at most three, with the checkpoint that lists them."""
    by_partition: dict[int, list[LocatedFact]] = defaultdict(list)
    for one in located:
        by_partition[one.partition].append(one)
    records, points = [], []
    for partition, own in by_partition.items():
        for number, start in enumerate(range(0, len(own), 3), start=1):
            some, end = own[start : start + 3], own[start].offset + 1000 + start
            values = [encode_fact(one.fact) for one in some]
            point = first_checkpoint("commands")._replace(
                known=datetime(2022, 9, 1, tzinfo=UTC), number=number, facts=encode_digests(values)
            )
            headers = dict(SEAL.headers(TOPIC, partition, point.encoded()))
            seal = (headers["signature"], headers["key"]) if signed else (b"", b"")
            points.append(CheckpointRecord(partition, end, point.encoded(), *seal))
            records += [
                LedgerRecord(partition, one.offset, one.fact.stream, value, end)
                for one, value in zip(some, values, strict=True)
            ]
    return CaseRecords(TOPIC, records, points, {key_name(SEAL.public): SEAL.public})


def row(one: LocatedFact) -> FactRow:
    fact = one.fact
    return FactRow(
        fact.id, fact.stream, fact.seq, type(fact.body).__name__, fact.cause, one.partition,
        one.offset, *fact.at[:2], fact.recorded_at, fact.effective_on,
        orjson.loads(body_json(fact.body)),
    )  # fmt: skip


def entry(one: LocatedFact) -> JournalEntryRow | None:
    """What the journal makes of a fact, as its query reads it."""
    booked = journal.entry(one.fact)
    if booked is None:
        return None
    postings = tuple(
        PostingRow(account.code, fund, district, sub, amount)
        for account, fund, district, sub, amount in booked.postings
    )
    first = postings[0]
    return JournalEntryRow(
        one.partition, one.offset, one.fact.id, booked.kind, booked.reference, None, first.fund,
        first.district, first.amount_fen, booked.value_on, one.known_on, postings,
    )  # fmt: skip


def written(*, signed: bool = True) -> bytes:
    located = history().located()
    entries = [booked for one in located if (booked := entry(one)) is not None]
    return case_of(
        "district-211202.hrss:A0000000", VECTOR, map(row, located), entries,
        on_the_ledger(located, signed=signed), policies(),
    )  # fmt: skip


CASE = written()
FILES = {
    one.filename: zipfile.ZipFile(BytesIO(CASE)).read(one)
    for one in zipfile.ZipFile(BytesIO(CASE)).infolist()
}


def test_a_case_is_checked_by_a_program_that_needs_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(CASE)
    (tmp_path / "check.py").write_bytes(FILES["check.py"])

    def run(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", "check.py", "case.zip", *more]
        ran = subprocess.run(
            command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
        )
        return ran.returncode, ran.stdout

    key = sha256(SEAL.public).digest()[:8].hex()
    code, said = run()
    assert (code, said.splitlines()[-1]) == (0, "一致"), said
    assert sha256(CASE).hexdigest() in said
    assert run("--key", key)[0] == 0
    assert run("--key", "0" * 16)[0] == 1
    (tmp_path / "case.zip").write_bytes(CASE.replace(b"150000", b"150001", 1))
    code, said = run()
    assert code == 1
    assert "不一致" in said


def test_the_same_application_and_vector_give_the_same_bytes() -> None:
    assert written() == CASE


def test_a_byte_that_differs_anywhere_is_found() -> None:
    small = {name: data for name, data in FILES.items() if name != "check.py"}
    ends = [CASE.index(name.encode()) for name in FILES]
    places = {0, 5, 11, len(CASE) - 1, len(CASE) - 9, *ends, *(at + 30 for at in ends)}
    places |= set(range(7, len(CASE), len(CASE) // 60))
    for at in sorted(places):
        tampered = CASE[:at] + bytes([CASE[at] ^ 1]) + CASE[at + 1 :]
        assert Check(tampered).faults, at
    assert Check(CASE[:-1]).faults
    assert Check(CASE + b"x").faults
    assert Check(case_check.zipped(small)).faults, "a file that is left out"


def forged(name: str, change: Callable[[bytes], bytes]) -> Check:
    """Change a file, and make every digest and the ZIP anew, as whoever knows the format can."""
    changed = change(FILES[name])
    assert changed != FILES[name]
    files = {**FILES, name: changed}
    manifest = json.loads(files.pop("manifest.json"))
    manifest["files"] = {other: sha256(data).hexdigest() for other, data in files.items()}
    return Check(case_check.zipped({**files, "manifest.json": json.dumps(manifest).encode()}))


def without_line(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[1:])


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        ("records.jsonl", lambda data: data.replace(b"150000", b"140000", 1), "不是台账所记的原文"),
        ("records.jsonl", lambda data: data.replace(b'"checkpoint": 1', b'"checkpoint": 2', 1), "原文"),
        ("checkpoints.jsonl", lambda data: data.replace(b"commands", b"commandz", 1), "签名不对"),
        ("checkpoints.jsonl", without_line, "不是台账所记的原文"),
        ("keys.json", lambda data: data.replace(SEAL.public.hex().encode(), OTHER.public.hex().encode()), "keys.json"),
        ("journal.json", lambda data: data.replace(b"-150000", b"-150001", 1), "journal.json"),
        ("journal.json", lambda data: data.replace(b'"5001"', b'"5301"', 1), "journal.json"),
        ("journal.json", lambda data: b"[]\n", "journal.json"),
        ("trail.json", lambda data: data.replace(b'"saw": 14', b'"saw": 11', 1), "trail.json"),
        ("trail.json", lambda data: data.replace(b"true", b"false", 1), "trail.json"),
        (f"texts/{HASHES['policy']}.json", lambda data: data + b" ", "texts/"),
    ],
)  # fmt: skip
def test_what_was_changed_with_every_digest_made_anew_is_found_and_named(
    name: str, change: Callable[[bytes], bytes], named: str
) -> None:
    faults = forged(name, change).faults
    assert any(named in fault for fault in faults), faults


def test_what_no_signature_proves_is_said_and_is_no_agreement() -> None:
    check = Check(written(signed=False))
    assert not check.faults
    assert any("未签名" in said for said in check.unproved)


GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))


def test_the_program_books_every_payment_and_debt_as_the_ledger_does() -> None:
    seen = set()
    for path in GOLDEN:
        raw: dict[str, Any] = json.loads(path.read_bytes())
        if "seq" not in raw:
            continue
        booked = journal.entry(decode_fact(path.read_bytes()))
        sides = case_check.sides_of(raw)
        if raw["type"].startswith(("Disbursement", "Clawback", "AdvanceSettled")) and booked:
            expected = [[one.account.code, one.sub, one.amount] for one in booked.postings]
            assert sides == expected, path.name
            seen.add(raw["type"])
        else:
            assert sides is None, path.name
    assert len(seen) == 10


@pytest.mark.parametrize("number", range(4))
def test_the_programs_signatures_are_those_of_the_library(number: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    public, said = key.public_key().public_bytes_raw(), bytes(range(number * 30))
    signature = key.sign(said)
    assert case_check.is_signed(public, said, signature)
    assert not case_check.is_signed(public, said + b"x", signature)
    for at in (0, 31, 32, 63):
        changed = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        assert not case_check.is_signed(public, said, changed)
    assert not case_check.is_signed(b"\xff" * 32, said, signature)
