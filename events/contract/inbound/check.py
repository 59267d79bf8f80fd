"""Check: tell an upstream team what is wrong with its messages, before they are sent.

In:   a file: JSON lines, one JSON document, or a JSON array of events
Out:  findings (line, field, code, text) and, for what would be taken, key and digest
Holds: the checks are intake's own; only the register (has this id come before?) is not asked.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from events.contract.inbound.claims import Claim
from events.contract.inbound.cloudevent import MAX_BYTES, event_of, parsed
from events.contract.inbound.keys import TooNested, written_twice
from events.contract.inbound.reader import read_data
from events.contract.inbound.rejections import (
    Code,
    Problem,
    Refusal,
    Rejected,
    broken,
)
from events.contract.inbound.semantics import Known
from events.contract.inbound.submissions import Submitted


class Finding(NamedTuple):
    """One problem: the file's line (from 1), the batch's line, the field, why and what to do."""

    line: int
    field: str
    code: str
    text: str
    batch_line: int | None = None

    def __str__(self) -> str:
        row = f"，批内第 {self.batch_line} 行" if self.batch_line else ""
        return f"第 {self.line} 行{row} {self.text}［{self.code}］"


class Accepted(NamedTuple):
    """What would be taken; `key` and `digest` only for applications: a correction names the digest."""

    line: int
    type: str
    key: str = ""
    digest: str = ""


class Checked(NamedTuple):
    """A file's findings, and what it holds that is right."""

    findings: list[Finding]
    accepted: list[Accepted]


def check_file(path: Path, known: Known, now: datetime | None = None) -> Checked:
    """Check every message of a file as if it arrived now.

    Raises: OSError when the file cannot be read
    """
    return check_bytes(path.read_bytes(), known, now)


def check_bytes(raw: bytes, known: Known, now: datetime | None = None) -> Checked:
    """Check messages as `check_file` does."""
    arrival_ms = int((now or datetime.now(UTC)).timestamp() * 1000)
    checked = Checked([], [])
    for line, document in documents(raw):
        _check(line, document, known, arrival_ms, checked)
    if not checked.findings and not checked.accepted:
        checked.findings.append(
            Finding(1, "", Code.NULL_VALUE.value, "文件中没有消息。请每行写一条 JSON 消息。")
        )
    return checked


def _check(line: int, document: bytes, known: Known, arrival_ms: int, checked: Checked) -> None:
    try:
        if len(document) > MAX_BYTES:
            raise Refusal(Problem(Code.TOO_LARGE, seen=f"{len(document):,} 字节"))
        event = event_of(parsed(document))
        answers = read_data(event, known, arrival_ms)
    except Refusal as refusal:
        answers = [Rejected(refusal.problems)]
    except Exception as error:  # noqa: BLE001 - as intake does
        answers = [Rejected((broken(error),))]
    for answer in answers:
        if isinstance(answer, Rejected):
            checked.findings.extend(
                Finding(line, problem.field, problem.code.value, problem.text_zh, answer.line)
                for problem in answer.problems
            )
        elif isinstance(answer.body, Claim):
            claim = answer.body
            checked.accepted.append(Accepted(line, answer.type, claim.key, claim.digest))
        elif not isinstance(answer.body, Submitted):  # a batch is told by its lines
            checked.accepted.append(Accepted(line, answer.type))


def documents(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut a file into messages, with the line on which each begins.

    A message is one line, or several of which only the first and the last begin at the margin; or
    the whole file is one message or one array. What is neither is given line by line, so that each
    can be named.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    lines = raw.split(b"\n")
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        return
    begins_array = filled[0][1].lstrip().startswith(b"[")
    if (begins_array or not _is_json(filled[0][1])) and (found := _whole(raw)) is not None:
        yield from found
        return
    for several in _together(filled):
        together = b"\n".join(line for _, line in several)
        if len(several) > 1 and _is_json(together):
            yield several[0][0], together
        else:
            yield from several


def _together(filled: list[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Lines that may be one message: from one that opens at the margin to one that closes there."""
    several: list[tuple[int, bytes]] = []
    for number, line in filled:
        if line.startswith(b"{") and several:
            yield several
            several = []
        several.append((number, line))
        if line.startswith(b"}"):
            yield several
            several = []
    if several:
        yield several


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _whole(raw: bytes) -> list[tuple[int, bytes]] | None:
    """The file as one document or array, each element with its line; None when it is neither."""
    try:
        content: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    first = raw[: len(raw) - len(raw.lstrip())].count(b"\n") + 1
    if not isinstance(content, list):
        return [(first, _one(raw.strip(), content))]
    text = raw.decode()
    decoder = json.JSONDecoder()
    found = []
    place = text.index("[") + 1
    for element in content:
        while text[place] in " \t\r\n,":
            place += 1
        line = text.count("\n", 0, place) + 1
        begins = place
        _, place = decoder.raw_decode(text, place)
        found.append((line, _one(text[begins:place].encode(), element)))
    return found


def _one(raw: bytes, content: Any) -> bytes:
    """One message as it would be sent, on one line; as it is written where it is not one meaning."""
    try:
        return raw if written_twice(raw, content) else orjson.dumps(content)
    except TooNested:
        return raw
