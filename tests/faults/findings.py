"""Findings: what the raw topics say about a run, read as plain JSON.

Knows nothing of our codec, deciders or standings, so that a mistake there cannot hide itself here.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from tests.faults import raw_topics

CHECKPOINT = b"~checkpoint"
JUDGED = ("ApprovalProposed", "ApprovalDenied", "ApprovalReferred")
MOST_SHOWN = 5


class Findings:
    """Everything that is wrong, and figures about what was seen."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.figures: Counter[str] = Counter()
        self._seq: dict[str, int] = {}
        self._home: dict[str, int] = {}
        self._ids: set[str] = set()
        self._causes: set[str] = set()
        self._filed: Counter[str] = Counter()
        self._judged: Counter[str] = Counter()
        self._granted: Counter[str] = Counter()
        self._queued: set[str] = set()
        self._waiting: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._slots: Counter[tuple[str, ...]] = Counter()
        self._allocated: Counter[str] = Counter()
        self._committed: Counter[str] = Counter()
        self._asked: set[tuple[str, str, int, int]] = set()
        self._must_ask: set[tuple[str, str, int, int]] = set()

    def say(self, what: str) -> None:
        """Note that something is wrong; the first few of a kind are enough."""
        kind = what.split(":", maxsplit=1)[0]
        self.figures[f"wrong: {kind}"] += 1
        if self.figures[f"wrong: {kind}"] <= MOST_SHOWN:
            self.wrong.append(what)

    def fact(self, partition: int, fact: dict[str, Any]) -> None:
        """Take one fact."""
        stream, kind, body = fact["stream"], fact["type"], fact["body"]
        self.figures["facts"] += 1
        self.figures[kind] += 1
        self._causes.add(fact["cause"])
        if self._home.setdefault(stream, partition) != partition:
            self.say(f"two partitions: {stream} has facts on {self._home[stream]} and {partition}")
        if fact["seq"] != self._seq.get(stream, 0) + 1:
            self.say(f"seq: {stream} goes from {self._seq.get(stream, 0)} to {fact['seq']}")
        self._seq[stream] = fact["seq"]
        if fact["id"] in self._ids:
            self.say(f"id twice: {fact['id']} ({kind} on {stream})")
        self._ids.add(fact["id"])
        getattr(self, f"_{kind}", self._other)(stream, body)

    def _other(self, stream: str, body: dict[str, Any]) -> None:
        pass

    def _ApplicationFiled(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self._filed[body["application"]] += 1

    def _ApprovalProposed(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self._judged[body["application"]] += 1
        self._must_ask.add(("CommitBudget", body["application"], body["attempt"], 0))
        for slot in body["slots"]:
            place: tuple[str, ...]
            if slot["key"]:
                place = (stream, slot["family"], slot["cap"], slot["key"])
            else:
                place = (stream, slot["family"], slot["cap"], slot["period"], str(slot["no"]))
            self._slots[place] += 1
            if self._slots[place] > 1:
                self.say(f"cap: {place} is taken twice")
            if slot["cap"] == "per_year" and slot["no"] > 3:
                self.say(f"cap: {place} is beyond three a year")

    def _ApprovalDenied(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self._judged[body["application"]] += 1

    _ApprovalReferred = _ApprovalDenied

    def _ApprovalGranted(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self._granted[body["application"]] += 1
        for later in body["later"]:
            asked = ("CommitBudget", body["application"], body["attempt"], later["turn"])
            self._must_ask.add(asked)

    def _CommandSetAside(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self.say(f"set aside: {body['command']} on {stream}: {body['error']}")

    def _CommandRefused(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self.say(f"refused: {body['command']} on {stream}: {body['code']}")

    def _BudgetAllocated(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        self._allocated[stream] += body["amount"]

    def _BudgetCommitted(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        ask = body["ask"]
        self._committed[stream] += body["amount"]
        if self._committed[stream] > self._allocated[stream]:
            self.say(
                f"budget: {stream} has committed {self._committed[stream]} of "
                f"{self._allocated[stream]}"
            )
        if self._waiting[stream] and not ask["turn"] % 1000:  # a later turn is one that has waited
            self.say(f"overtaken: {stream} committed while others wait before it")
        self._must_answer(ask)

    def _BudgetQueued(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        ask = body["ask"]
        claim = ask["claims"][ask["step"]]["amount"]
        self._waiting[stream].append((ask["application"], claim))
        self._must_answer(ask)

    def _BudgetDequeued(self, stream: str, body: dict[str, Any]) -> None:  # noqa: N802
        head, _ = self._waiting[stream].pop(0)
        if head != body["ask"]["application"]:
            self.say(f"queue: {body['ask']['application']} left {stream} before {head}")

    def _must_answer(self, ask: dict[str, Any]) -> None:
        self._must_ask.add(("AnswerBudget", ask["application"], ask["attempt"], ask["turn"]))

    def command(self, command: dict[str, Any]) -> None:
        """Take one command."""
        self.figures["commands"] += 1
        kind, body = command["type"], command["body"]
        if kind == "CommitBudget":
            ask = body["ask"]
            self._asked.add((kind, ask["application"], ask["attempt"], ask["turn"]))
        elif kind == "AnswerBudget":
            self._asked.add((kind, body["application"], body["attempt"], body["turn"]))

    def answered(self, command_ids: Iterable[str], unchanged: set[str]) -> None:
        """Check that each command of a partition led to a fact or was known as a repeat."""
        for command_id in command_ids:
            if command_id not in self._causes and command_id not in unchanged:
                self.say(f"unanswered: command {command_id}")

    def conclude(self, applications: Iterable[str]) -> None:
        """Check what must hold once nothing is under way any more."""
        waiting = {application for queue in self._waiting.values() for application, _ in queue}
        for application in applications:
            if self._filed[application] != 1:
                self.say(f"filed: {application} is filed {self._filed[application]} times")
            if self._judged[application] != 1:
                self.say(f"judged: {application} is judged {self._judged[application]} times")
            if self._granted[application] > 1:
                self.say(f"granted: {application} is granted {self._granted[application]} times")
            self.figures["applications"] += 1
        proposed = {
            application for kind, application, *_ in self._must_ask if kind == "CommitBudget"
        }
        for application in proposed:
            if not self._granted[application] and application not in waiting:
                self.say(f"not ended: {application} is proposed, neither granted nor in a queue")
        for missing in sorted(self._must_ask - self._asked):
            self.say(f"follow-up missing: {missing}")
        for line, queue in self._waiting.items():
            left = self._allocated[line] - self._committed[line]
            if queue and queue[0][1] <= left:
                self.say(f"idle money: {line} has {left} left, its head waits for {queue[0][1]}")
        self.figures["waiting for money"] = len(waiting)
        self.figures["streams"] = len(self._seq)


def examine(
    bootstrap: str, ledger: str, commands: str, partitions: int, applications: Iterable[str]
) -> Findings:
    """Read both topics whole and say what is wrong."""
    findings = Findings()
    for partition in range(partitions):
        unchanged, decided, following = _ledger(findings, bootstrap, ledger, partition)
        ids: list[str] = []
        end = 0
        for record in raw_topics.read(bootstrap, commands, partition, committed=False):
            end = record.offset + 1
            for command in json.loads(record.value):
                findings.command(command)
                ids.append(command["id"])
        findings.answered(ids, unchanged)
        if decided != len(ids):
            findings.say(f"count: partition {partition} decided {decided} of {len(ids)} commands")
        if following != end:
            findings.say(f"position: partition {partition} stands at {following} of {end}")
    findings.conclude(applications)
    return findings


def _ledger(
    findings: Findings, bootstrap: str, topic: str, partition: int
) -> tuple[set[str], int, int]:
    """Take a partition's facts, and check its checkpoints: position, count, time and chain."""
    chain, decided, following, known, sent = "0" * 64, 0, 0, "", 0
    unchanged: set[str] = set()
    since: list[bytes] = []
    for record in raw_topics.read(bootstrap, topic, partition, committed=True):
        if record.key != CHECKPOINT:
            fact = json.loads(record.value)
            findings.fact(partition, fact)
            since.append(record.value)
            continue
        point = json.loads(record.value)
        digest = sha256(bytes.fromhex(chain) + point["next"].to_bytes(8, "big"))
        for value in since:
            digest.update(len(value).to_bytes(4, "big") + value)
        if digest.hexdigest() != point["chain"]:
            findings.say(f"chain: partition {partition} breaks at {record.offset}")
        # the first one begins a partition's duty to be signed, and decides nothing
        moved = point["next"] > following and point["decided"] > decided
        if not (moved or point["number"] == 1) or point["sent"] < sent or point["next"] < following:
            findings.say(f"checkpoint: partition {partition} goes back at {record.offset}")
        if point["known"] < known:
            findings.say(f"known: partition {partition} falls at {record.offset}")
        chain, decided, following = point["chain"], point["decided"], point["next"]
        known, sent = point["known"], point["sent"]
        unchanged.update(point["unchanged"])
        since.clear()
        findings.figures["transactions"] += 1
    if since:
        findings.say(f"checkpoint: partition {partition} ends without one")
    return unchanged, decided, following
