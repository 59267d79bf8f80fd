"""The reader of raw topics must be able to find what is wrong, or its silence means nothing."""

from typing import Any

import pytest

from tests.faults.chaos import Scale, planned
from tests.faults.findings import Findings
from tests.faults.load import load

PERSON = "beneficiary/p"
LINE = "budget/fund/f/d/2022"


def fact(
    kind: str, body: dict[str, Any], seq: int = 1, stream: str = PERSON, name: str = ""
) -> dict[str, Any]:
    """Make one fact as it stands on the ledger."""
    identity = name or f"{stream}{seq}"
    return {
        "id": identity,
        "stream": stream,
        "seq": seq,
        "type": kind,
        "cause": f"of {identity}",
        "body": body,
    }


def filed(application: str, seq: int = 1) -> dict[str, Any]:
    return fact("ApplicationFiled", {"application": application}, seq)


def denied(application: str, seq: int = 2) -> dict[str, Any]:
    return fact("ApprovalDenied", {"application": application}, seq)


def proposed(application: str, seq: int = 2, no: int = 1) -> dict[str, Any]:
    slot = {"family": "s", "cap": "per_year", "period": "2022", "key": "", "no": no}
    return fact(
        "ApprovalProposed", {"application": application, "attempt": 1, "slots": [slot]}, seq
    )


def asks(application: str, turn: int = 0) -> dict[str, Any]:
    return {
        "application": application,
        "attempt": 1,
        "turn": turn,
        "step": 0,
        "claims": [{"amount": 60}],
    }


def allocated(amount: int, seq: int = 1) -> dict[str, Any]:
    return fact("BudgetAllocated", {"amount": amount}, seq, LINE)


def committed(application: str, seq: int, turn: int = 0) -> dict[str, Any]:
    return fact("BudgetCommitted", {"amount": 60, "ask": asks(application, turn)}, seq, LINE)


def queued(application: str, seq: int) -> dict[str, Any]:
    return fact("BudgetQueued", {"ask": asks(application)}, seq, LINE)


def found(facts: list[dict[str, Any]], commands: list[dict[str, Any]] | None = None) -> list[str]:
    """Read these and tell which kinds of wrong there are."""
    findings = Findings()
    for one in facts:
        findings.fact(0, one)
    for command in commands or []:
        findings.command(command)
    applications = {
        one["body"]["application"] for one in facts if one["type"] == "ApplicationFiled"
    }
    findings.conclude(applications)
    return sorted({wrong.split(":")[0] for wrong in findings.wrong})


def test_a_clean_history_has_nothing_wrong() -> None:
    assert found([filed("a"), denied("a")]) == []


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ([filed("a"), denied("a", seq=3)], "seq"),
        ([filed("a"), denied("a"), fact("X", {}, 3, name=f"{PERSON}1")], "id twice"),
        ([filed("a"), denied("a"), filed("a", 3)], "filed"),
        ([filed("a")], "judged"),
        ([filed("a"), denied("a"), denied("a", 3)], "judged"),
        ([filed("a"), proposed("a"), filed("b", 3), proposed("b", 4)], "cap"),
        ([filed("a"), proposed("a", no=4)], "cap"),
        ([filed("a"), proposed("a")], "not ended"),
        ([filed("a"), proposed("a")], "follow-up missing"),
        ([allocated(100), committed("a", 2), committed("b", 3)], "budget"),
        ([allocated(100), queued("a", 2), committed("b", 3)], "overtaken"),
        ([allocated(100), queued("a", 2)], "idle money"),
        ([allocated(100), committed("a", 2)], "follow-up missing"),
    ],
)
def test_what_is_wrong_is_found(facts: list[dict[str, Any]], wrong: str) -> None:
    assert wrong in found(facts)


def test_a_command_without_an_answer_is_found() -> None:
    findings = Findings()
    findings.fact(0, filed("a"))
    findings.answered([f"of {PERSON}1", "a repeat", "a lost one"], {"a repeat"})
    assert findings.wrong == ["unanswered: command a lost one"]


def test_a_stream_on_two_partitions_is_found() -> None:
    findings = Findings()
    findings.fact(0, filed("a"))
    findings.fact(1, denied("a"))
    assert findings.wrong[0].startswith("two partitions")


def test_load_and_faults_follow_from_the_seed() -> None:
    assert load(5, 200) == load(5, 200)
    assert load(5, 200) != load(6, 200)
    scale = Scale(seed=5, applications=1, faults=60)
    assert planned(scale) == planned(scale)
    assert set(planned(scale)) == {"kill -9", "SIGSTOP", "SIGTERM", "join", "broker killed"}
    repeated = load(5, 2000).repeats
    assert 60 < repeated < 140
