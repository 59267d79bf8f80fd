"""Facts: what both sides decide about the same messages, by `benefit-ledger simulate`.

In:   message files of the earlier commit's tree; the messages of a played half year
Out:  every fact, refusal, journal entry and decision, equal to the byte or not
"""

import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from tests.same_behaviour.calls import Both
from tests.same_behaviour.comparing import Part
from tests.same_behaviour.sides import NotRun

EXAMPLES = "docs/reference/examples"
_MONEY = ("budget.allocated", "account.opening-balance")
_CLAIMS = ("application.submitted", "application.batch-submitted", "voucher.issued")
_ALL_DECISIONS = ("--decisions", "--funded")


def example_files(tree: Path) -> list[Path]:
    """Every example message of the reference.

    Raises: NotRun when the tree has none
    """
    found = sorted((tree / EXAMPLES).glob("*.json"))
    if not found:
        raise NotRun(f"no example messages in {EXAMPLES} of {tree}")
    return found


def scenario_files(tree: Path) -> list[Path]:
    """The messages of every scenario of the earlier commit's tests, wherever they stand."""
    return sorted(tree.glob("tests/**/messages.jsonl"))


def together(files: Sequence[Path], into: Path) -> Path:
    """Write several messages as one file, a message a line."""
    into.write_bytes(b"".join(orjson.dumps(orjson.loads(f.read_bytes())) + b"\n" for f in files))
    return into


def waves(examples: Sequence[Path], folder: Path) -> list[Path]:
    """Part the examples for publishing: what comes later finds decided what came before.

    Shape:  a file with money, one with claims, and one with all others, whose order among
            themselves is Kafka's
    Raises: NotRun when the reference has no such examples
    """
    by_type = {file.stem: file for file in examples}
    if missing := sorted({*_MONEY, *_CLAIMS} - by_type.keys()):
        raise NotRun(f"the reference has no example of {', '.join(missing)}")
    others = [name for name in by_type if name not in (*_MONEY, *_CLAIMS)]
    return [
        together([by_type[name] for name in names], folder / f"wave-{number}.jsonl")
        for number, names in enumerate((_MONEY, _CLAIMS, others), 1)
    ]


def compare_facts(both: Both, files: Sequence[Path], what: str, *, funded: bool = True) -> Part:
    """Let both sides decide the messages of each file; `funded`: also with money on every line."""
    part = Part(f"facts: {what}", "facts")
    calls = [["simulate", str(file)] for file in files]
    if funded:
        calls += [["simulate", str(file), *_ALL_DECISIONS] for file in files]
    began = time.monotonic()
    pairs = both.said(f"simulate: {what}", calls)
    for call, pair in zip(calls, pairs, strict=True):
        lines = pair.before.out.count("\n")
        part.note(" ".join(call), both.difference(pair), count=lines)
    both.screen.tell(f"{part.compared:,} facts and decisions in {time.monotonic() - began:.0f} s")
    return part


def compare_checks(both: Both, files: Sequence[Path]) -> Part:
    """Let both sides check the messages of each file as upstream systems do."""
    part = Part("checks of messages", "files")
    both.compare(part, "check", [["check", str(file)] for file in files])
    return part
