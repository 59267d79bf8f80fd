"""Check a case: is it what the ledger recorded? Needs Python 3.9 or newer and nothing else.

In:    a case, a ZIP that the benefit ledger wrote; `--key NAME`: the key that the city publishes
Out:   every fault with its file and place; exit 0 none, 1 some, 2 something cannot be proved
Holds: a byte that differs anywhere in the ZIP is found; a fact counts where a checkpoint that the
       desk signed (Ed25519) lists its digest, so a changed fact is found too where all digests of
       the list were made anew

This very file lies in every case as `check.py`. Whoever doubts that copy takes it from elsewhere.
Source: docs/adr/0048-samples-can-be-drawn-again.md
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CaseFiles = dict[str, bytes]
Point = tuple[int, int, int, int]

# Ed25519 as RFC 8032, 5.1 has it: the curve -x² + y² = 1 + d x² y² over 2^255 - 19
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)


def _x_of(y: int, odd: int) -> int | None:
    """Find a point's x by its y; None where there is no such point."""
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and odd):
        return None
    return _P - x if x % 2 != odd else x


def _point(raw: bytes) -> Point | None:
    """Read a point; (X, Y, Z, T) stands for x = X/Z, y = Y/Z, xy = T/Z."""
    number = int.from_bytes(raw, "little")
    odd, y = number >> 255, number & (2**255 - 1)
    x = _x_of(y, odd)
    return None if x is None else (x, y, 1, x * y % _P)


def _sum(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(number: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        number >>= 1
    return result


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE_X = _x_of(_BASE_Y, 0) or 0
_BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature is the key's over a message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or first is None or number >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(number, _BASE)
    right = _sum(first, _times(int.from_bytes(digest, "little") % _ORDER, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def zipped(files: CaseFiles) -> bytes:
    """Write a ZIP in the one writing that a case has: by name, stored, of 1980-01-01, no extras."""
    out, listing = bytearray(), bytearray()
    for name in sorted(files):
        data, path = files[name], name.encode()
        sizes = (zlib.crc32(data), len(data), len(data), len(path), 0)
        common = struct.pack("<HHHHHIIIHH", 20, 0x800, 0, 0, 0x21, *sizes)
        listing += b"PK\x01\x02" + struct.pack("<H", 20) + common
        listing += struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + path
        out += b"PK\x03\x04" + common + path + data
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(listing), len(out), 0)
    return bytes(out + listing + b"PK\x05\x06" + end)


class Check:
    """One case under check: its files, its faults, and what cannot be proved."""

    def __init__(self, raw: bytes) -> None:
        self.faults: list[str] = []
        self.unproved: list[str] = []
        self.signers: set[str] = set()
        self._points: dict[tuple[int, int], list[bytes] | None] = {}
        self._facts: dict[tuple[int, int], dict[str, Any]] = {}
        self._files: CaseFiles = {}
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                self._files = {one.filename: archive.read(one) for one in archive.infolist()}
        except Exception as error:  # noqa: BLE001 -- zipfile fails at damage in many ways
            self.faults.append(f"案卷打不开，已损坏：{error}")
            return
        again = zipped(self._files)
        if again != raw:
            same = (n for n, (a, b) in enumerate(zip(raw, again)) if a != b)  # noqa: B905 -- 3.9
            self.faults.append(f"案卷第 {next(same, min(len(raw), len(again)))} 字节与原样不符")
        for step in (self._digests, self._checkpoints, self._records, self._texts, self._told):
            try:
                step()
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                self.faults.append(f"案卷内容不完整或写法不对：{error!r}")

    def _json(self, name: str) -> Any:
        return json.loads(self._files[name])

    def _lines(self, name: str) -> Iterator[tuple[str, Any]]:
        for number, line in enumerate(self._files[name].decode().split("\n")[:-1], start=1):
            yield f"{name} 第 {number} 行", json.loads(line)

    def _digests(self) -> None:
        """Hold every file against the list."""
        listed = self._json("manifest.json")["files"]
        self.faults += [f"{name} 不在案卷中" for name in sorted(set(listed) - set(self._files))]
        for name in sorted(set(self._files) - {"manifest.json"}):
            if hashlib.sha256(self._files[name]).hexdigest() != listed.get(name):
                self.faults.append(f"{name} 的摘要与清单不符")

    def _checkpoints(self) -> None:
        """Verify every signature; what a checkpoint lists stands for the facts before it."""
        topic, keys = self._json("manifest.json")["topic"], dict[str, bytes]()
        for name, text in self._json("keys.json").items():
            keys[name] = bytes.fromhex(text)
            if hashlib.sha256(keys[name]).digest()[:8].hex() != name:
                self.faults.append(f"keys.json：公钥 {name} 与其名称不符")
        for where, point in self._lines("checkpoints.jsonl"):
            value, partition = point["value"].encode(), point["partition"]
            place = partition, point["offset"]
            if not point["signature"]:
                self.unproved.append(f"{where}：检查点未签名（早于签名制度），所列事实无从证实")
                self._points[place] = None
                continue
            joined = base64.b64decode(json.loads(value)["facts"], validate=True)
            self._points[place] = [joined[at : at + 16] for at in range(0, len(joined), 16)]
            said = f"benefit-ledger checkpoint\n{topic}\n{partition}\n".encode() + value
            public = keys.get(point["key"], b"")
            if not is_signed(public, said, bytes.fromhex(point["signature"])):
                self.faults.append(f"{where}：签名不对")
            self.signers.add(point["key"])

    def _records(self) -> None:
        """Find every fact in a signed list, in its order."""
        last_seq, last_listed = dict[str, int](), dict[tuple[int, int], int]()
        for where, record in self._lines("records.jsonl"):
            value, partition, offset = (
                record["value"].encode(),
                record["partition"],
                record["offset"],
            )
            fact, place = json.loads(value), (partition, record["checkpoint"])
            digests, digest = self._points.get(place, []), hashlib.sha256(value).digest()[:16]
            if digests is not None and digest not in digests:
                self.faults.append(f"{where}：{fact['type']} {fact['id']} 不是台账所记的原文")
            elif digests is not None:
                if digests.index(digest) <= last_listed.get(place, -1):
                    self.faults.append(f"{where}：次序与检查点所列不符")
                last_listed[place] = digests.index(digest)
            if record["key"] != fact["stream"] or record["checkpoint"] <= offset:
                self.faults.append(f"{where}：所在位置与事实不符")
            if fact["seq"] <= last_seq.get(fact["stream"], 0):
                self.faults.append(f"{where}：序号重复或倒置")
            last_seq[fact["stream"]] = fact["seq"]
            self._facts[partition, offset] = fact
        if not self._facts:
            self.faults.append("案卷中没有事实")

    def _texts(self) -> None:
        """Hold every rule's text against its hash, and name what decisions cite that is not there."""
        bodies = [fact["body"] for fact in self._facts.values()]
        kept = {body["hash"]: body["text"] for body in bodies if {"hash", "text"} <= set(body)}
        texts = {name[6:-5]: data for name, data in self._files.items() if name[:6] == "texts/"}
        for digest, data in sorted(texts.items()):
            if hashlib.sha256(data).hexdigest() != digest or kept.get(digest, "").encode() != data:
                self.faults.append(f"texts/{digest}.json：不是台账所记的规则原文")
        policies = [body.get("policy") or {} for body in bodies]
        cited = {str(p[of]) for p in policies for of in ("content_hash", "bundle_hash") if of in p}
        missing = sorted(cited - set(texts))
        self.unproved += [f"所引的规则原文 {digest[:12]} 不在案卷中" for digest in missing]

    def _told(self) -> None:
        """Hold the told trail and journal against the facts that they tell of."""
        decided = {
            f["id"]: f["body"]["trail"] for f in self._facts.values() if f["body"].get("trail")
        }
        names = ("node", "held", "saw", "needed")
        trail = {
            told["fact"]: [[clause[name] for name in names] for clause in told["clauses"]]
            for told in self._json("trail.json")
        }
        for fact in sorted(set(decided) | set(trail)):
            if decided.get(fact) != trail.get(fact):
                self.faults.append(f"trail.json：事实 {fact} 的条款与台账所记不符")
        booked = {(one["partition"], one["offset"]): one for one in self._json("journal.json")}
        for place in sorted(
            set(booked) | {at for at, fact in self._facts.items() if sides_of(fact)}
        ):
            fact, entry = self._facts.get(place), booked.get(place)
            sides = sides_of(fact) if fact else None
            if entry is None or fact is None or entry["fact"] != fact["id"]:
                self.faults.append(
                    f"journal.json：分区 {place[0]} 位点 {place[1]} 的凭证与事实对不上"
                )
            elif sides != [
                [one["code"], one["sub"], one["amount_fen"]] for one in entry["postings"]
            ]:
                self.faults.append(f"journal.json：凭证 J-{place[0]}-{place[1]} 与事实所载不符")


_BANK, _OWED, _ADVANCES, _PAYABLE, _TRANSIT = "1002", "1221", "1223", "2211", "2241"
_EXPENSE, _WRITE_OFF = "5001", "5301"
_TAKEN_FROM = {"benefit": _EXPENSE, "advance": _ADVANCES, "bank": _BANK}


def sides_of(fact: dict[str, Any]) -> list[list[Any]] | None:
    """Book a fact of a payment or a debt, as the ledger does; None where it moves no money.

    Shape: [account, sub-account, fen] of debit and credit; money of the bank's other lines is in no case
    """
    body = fact["body"]
    money = body.get("money") or {}
    of_kind = _EXPENSE if body.get("kind", "benefit") == "benefit" else _ADVANCES
    sides = {
        "DisbursementOrdered": (of_kind, _PAYABLE),
        "DisbursementSent": (_PAYABLE, _TRANSIT),
        "DisbursementSettled": (_TRANSIT, _BANK),
        "DisbursementReturned": (_BANK if body.get("after_settlement") else _TRANSIT, _PAYABLE),
        "DisbursementCancelled": (_PAYABLE, of_kind),
        "AdvanceSettled": (_EXPENSE, _ADVANCES),
        "ClawbackOrdered": (_OWED, _TAKEN_FROM.get(body.get("basis", ""), "")),
        "ClawbackOffset": (_PAYABLE, _OWED),
        "ClawbackRecovered": (_BANK, _OWED),
        "ClawbackWrittenOff": (_WRITE_OFF, _OWED),
    }.get(fact["type"])
    if sides is None or not money.get("amount"):
        return None
    subs = [
        body["bank_account"] if code in (_BANK, _TRANSIT) else money["programme"] for code in sides
    ]
    amounts = (money["amount"], -money["amount"])
    return [[code, sub, fen] for code, sub, fen in zip(sides, subs, amounts)]  # noqa: B905 -- 3.9


def main(arguments: list[str]) -> int:
    """Check the case that is named, and tell."""
    wanted = arguments[arguments.index("--key") + 1 :][:1] if "--key" in arguments else []
    paths = [one for one in arguments if one != "--key" and one not in wanted]
    if len(paths) != 1 or ("--key" in arguments and not wanted):
        sys.stdout.write("用法：python check.py 案卷.zip [--key 公钥名称]\n")
        return 2
    try:
        raw = Path(paths[0]).read_bytes()
    except OSError as error:
        sys.stdout.write(f"读不了 {paths[0]}：{error.strerror}\n")
        return 2
    check = Check(raw)
    if wanted and check.signers != set(wanted):
        check.faults.append(f"签名所用的公钥不是 {wanted[0]}")
    lines = [*check.faults, *check.unproved, f"案卷摘要 SHA-256 {hashlib.sha256(raw).hexdigest()}"]
    lines.append(f"签名公钥 {'、'.join(sorted(check.signers)) or '（无）'}；请与本市公布的名称核对")
    unproved = f"无法全部证实：{len(check.unproved)} 处" if check.unproved else "一致"
    lines.append(f"不一致：{len(check.faults)} 处" if check.faults else unproved)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if check.faults else 2 if check.unproved else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
