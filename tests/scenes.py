"""Scenarios: messages in a folder of `tests/scenarios`, and what a ledger must make of them.

`messages.jsonl` is what upstream publishes, in order; `facts.jsonl` is what must follow, one line a
fact or refused message, read beside the notices by a person: what happened, to which application,
how many fen, with which code.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from projections.facts import application_of

FOLDER = Path(__file__).parent / "scenarios"
NAMES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/messages.jsonl")))

_TOKEN = re.compile(r"\b[pua][0-9a-f]{32}\b")
_DATED_BY_THE_CLAIM = {"ApplicationFiled", "ApprovalProposed", "ApprovalDenied"}
"""The others are dated by the day on which a message came in, or the clerk asked."""

_EACH_LEDGERS_OWN = {
    "BatchPrepared": ("digest",),
    "BatchReleased": ("digest",),
    "BatchSending": ("digest",),
    "BatchSent": ("file", "file_digest"),
    "BudgetReleased": ("key",),
    "AdvanceGranted": ("settle_by",),
    "AdvanceOpened": ("settle_by",),
}
"""Hashes over tokens and files, ids of facts, a day that is counted from that of the pre-check."""


def messages(name: str) -> list[bytes]:
    """Read what upstream publishes in a scenario."""
    return (FOLDER / name / "messages.jsonl").read_bytes().splitlines()


def expected(name: str) -> list[dict[str, Any]]:
    """Read what must follow from it."""
    lines = (FOLDER / name / "facts.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def outline(item: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a fact or refusal as `facts.jsonl` does."""
    body = item.get("body", {})
    about = (
        body.get("application")
        or body.get("ask", {}).get("application")
        or body.get("about")
        or application_of(body.get("disbursement", ""))
    )
    amount = body.get("amount", body.get("money", {}).get("amount"))
    told = {
        "type": item["type"],
        "application": about.partition(":")[2],
        "amount_fen": amount,
        "code": item.get("code") or body.get("code"),
        "failing": body.get("failing"),
    }
    return {name: value for name, value in told.items() if value}


def essence(items: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Keep of facts what must be the same wherever they were decided.

    Tokens, ids, positions and instants are each ledger's own, and so is the order in which
    partitions are read.
    """
    return Counter(_essence(item) for item in items if item["type"] != "MessageRefused")


def digest(items: Iterable[Mapping[str, Any]]) -> str:
    """Name the essence of facts by a hash."""
    kept = sorted(essence(items).elements())
    return sha256("\n".join(kept).encode()).hexdigest()


def _essence(item: Mapping[str, Any]) -> str:
    body = dict(item["body"])
    if "arrived" in body:
        body["arrived"] = body["arrived"]["event"]
    for name in _EACH_LEDGERS_OWN.get(item["type"], ()):
        body.pop(name, None)
    answers_of_many = item["stream"].startswith("batch/")
    kept = {
        "type": item["type"],
        "stream": item["stream"],
        "seq": None if answers_of_many else item["seq"],
        "body": body,
        "entry": item.get("entry", {}).get("postings"),
    }
    if item["type"] in _DATED_BY_THE_CLAIM:
        kept["effective_on"] = item["effective_on"]
    return _TOKEN.sub("#", orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode())
