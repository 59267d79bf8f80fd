"""The oracle must find a break of each invariant, and know nothing of the product."""

import ast
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.tools.simulation.simulate import simulate
from tests.example_cities import policies_with
from tests.faults.oracle import Evidence, Sent, judge
from tests.faults.stated import (
    PLAN_FUND,
    allocation,
    answer,
    application,
    broken,
    plan,
    withdrawal,
)

PARTS = ("budget", "beneficiary", "payee", "batch")
INSTRUCTION = "B220901000100001"


def whole() -> Evidence:
    """A small run as it should be: granted and paid, denied, withdrawn, queued, refused, returned."""
    sent = [
        Sent(allocation(0, 550_000), True, (("budgets", 0, 0),)),
        Sent(application(1, person=1, craft=0), True, (("applications", 0, 0),)),
        Sent(application(2, person=1, craft=1), True, (("applications", 0, 1),)),
        Sent(application(3, person=1, craft=1), True, (("applications", 0, 2),)),
        Sent(
            application(4, person=2, craft=2),
            True,
            (("applications", 0, 3), ("applications", 0, 4)),
        ),
        Sent(withdrawal(4), True, (("applications", 0, 5),)),
        Sent(application(5, person=3, craft=0, drawing=False), True, (("applications", 0, 6),)),
        Sent(application(6, person=4, craft=0), True, (("applications", 0, 7),)),
        Sent(application(7, person=5, craft=0), True, (("applications", 0, 8),)),
        Sent(application(8, person=6, craft=0), True, (("applications", 0, 9),)),
        Sent(broken(0), False, (("applications", 0, 10),)),
        Sent(allocation(1, 900_000, PLAN_FUND, 2022), True, (("budgets", 0, 1),)),
        *(Sent(plan(no), True, (("applications", 0, no + 2),)) for no in (9, 10, 11)),
        Sent(allocation(1, 150_000, PLAN_FUND, 2023), True, (("budgets", 0, 2),)),
        Sent(withdrawal(11), True, (("applications", 0, 14),)),
    ]
    keys = [one.key for one in sent if one.kind == "application.submitted"]
    batch = {
        "id": "b",
        "type": "staff.batch",
        "time": "2022-09-01T12:00:00+08:00",
        "data": {
            "batch": "B2209010001",
            "bank_account": "icbc-1234",
            "fund": "unemployment_insurance",
            "district": "211202",
            "maker": "li",
            "checker": "wang",
            "applications": keys[:2],
        },
    }
    answers = [
        Sent(answer(1, INSTRUCTION, 150_000, "payment.settled"), True, (("results", 0, 0),)),
        Sent(
            answer(2, "B220901000100002", 100_000, "payment.returned"), True, (("results", 0, 1),)
        ),
    ]
    played = [one.event for one in sent if one.good] + [batch] + [one.event for one in answers]
    items = [
        json.loads(item)
        for item in simulate([json.dumps(event).encode() for event in played], policies_with())
    ]
    facts = [item for item in items if item["type"] != "MessageRefused"]
    assert len(facts) == len(items), [item for item in items if item["type"] == "MessageRefused"]
    ledger = [[f for f in facts if f["stream"].startswith(part)] for part in PARTS]
    postings = [
        (fact["id"], posting["code"], posting["amount_fen"])
        for fact in facts
        for posting in fact.get("entry", {}).get("postings", [])
    ]
    orders = [f["body"] for f in facts if f["type"] == "DisbursementSent"]
    return Evidence(
        sent=[*sent, *answers],
        ledger=ledger,
        letters=[{"topic": "applications", "partition": 0, "offset": 10}],
        outcomes=[{"id": fact["id"]} for fact in facts],
        mirrored=frozenset((f["stream"], f["seq"], f["id"]) for f in facts),
        postings=postings,
        files=[(one["instruction"], one["money"]["amount"]) for one in orders],
    )


GOOD = whole()


def broken_by(change: Callable[[dict[str, Any]], None]) -> set[str]:
    """Break a copy of the good run; the invariants that the oracle says are broken."""
    parts = copy.deepcopy(GOOD._asdict())
    parts["mirrored"] = set(parts["mirrored"])
    change(parts)
    parts["mirrored"] = frozenset(parts["mirrored"])
    return {line.partition(":")[0] for line in judge(Evidence(**parts)).wrong}


def facts(parts: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [f for partition in parts["ledger"] for f in partition if f["type"] == kind]


def without(parts: dict[str, Any], kind: str, nth: int = 0) -> None:
    """Take one fact out of the ledger, and let the rest close up."""
    gone = facts(parts, kind)[nth]
    for partition in parts["ledger"]:
        partition[:] = [f for f in partition if f is not gone]
        for fact in partition:
            if fact["stream"] == gone["stream"] and fact["seq"] > gone["seq"]:
                fact["seq"] -= 1


def again(parts: dict[str, Any], kind: str, nth: int = 0) -> None:
    """Let one fact stand once more at the end of its history, under another id."""
    fact = copy.deepcopy(facts(parts, kind)[nth])
    for partition in parts["ledger"]:
        if same := [f for f in partition if f["stream"] == fact["stream"]]:
            fact |= {"id": f"again-{fact['id']}", "seq": same[-1]["seq"] + 1}
            partition.append(fact)


def test_a_run_as_it_should_be_has_nothing_wrong() -> None:
    found = judge(GOOD)
    assert found.wrong == []
    seen = found.figures
    assert (seen["ApprovalGranted"], seen["ApprovalDenied"]) == (8, 2), seen
    assert (seen["waiting for money"], seen["waiting for a later year"]) == (1, 1), seen
    assert seen["LaterYearCommitted"] == 1, seen
    assert (seen["DisbursementSettled"], seen["DisbursementReturned"]) == (1, 1), seen
    assert (seen["ApprovalWithdrawn"], seen["dead letters"]) == (2, 1), seen


def _another_person(parts: dict[str, Any]) -> None:
    facts(parts, "ApplicationFiled")[1]["stream"] = "beneficiary/another"


def _two_persons(parts: dict[str, Any]) -> None:
    facts(parts, "ApplicationFiled")[3]["stream"] = facts(parts, "ApplicationFiled")[0]["stream"]


def _fourth(parts: dict[str, Any]) -> None:
    denied = facts(parts, "ApprovalDenied")[0]
    denied |= {"type": "ApprovalProposed", "body": denied["body"] | {"amount": 150_000}}


def _seq(parts: dict[str, Any]) -> None:
    facts(parts, "DisbursementSent")[0]["seq"] += 1


def _home(parts: dict[str, Any]) -> None:
    parts["ledger"][0].append(parts["ledger"][1].pop())


def _same_id(parts: dict[str, Any]) -> None:
    facts(parts, "ApplicationFiled")[1]["id"] = facts(parts, "ApplicationFiled")[0]["id"]


def _less_money(parts: dict[str, Any]) -> None:
    facts(parts, "BudgetAllocated")[0]["body"]["amount"] -= 1


def _kept(parts: dict[str, Any]) -> None:
    facts(parts, "BudgetReleased")[0]["body"]["amount"] -= 1


def _another_head(parts: dict[str, Any]) -> None:
    facts(parts, "BudgetDequeued")[-1]["body"]["ask"]["application"] = "another"


def _overtaken(parts: dict[str, Any]) -> None:
    served = next(f for f in facts(parts, "BudgetCommitted") if f["body"]["ask"]["turn"] == 1001)
    queued = facts(parts, "BudgetQueued")[-1]
    queued |= {"stream": served["stream"]}
    served["body"]["ask"]["turn"] = 1000


def _rate(parts: dict[str, Any]) -> None:
    facts(parts, "ApprovalProposed")[0]["body"]["amount"] = 150_001


def _refused(parts: dict[str, Any]) -> None:
    facts(parts, "ApprovalProposed")[0]["type"] = "ApprovalDenied"


def _batches(parts: dict[str, Any]) -> None:
    again(parts, "DisbursementBatched")
    facts(parts, "DisbursementBatched")[-1]["body"]["batch"] = "B2209010002"


def _aside(parts: dict[str, Any]) -> None:
    facts(parts, "BatchClosed")[0] |= {"type": "CommandSetAside", "body": {"error": "x"}}


BREAKS: dict[str, tuple[Callable[[dict[str, Any]], None], ...]] = {
    "dense": (_seq, lambda p: p["ledger"][1].pop(1) and None),
    "one home": (_home,),
    "once": (_same_id,),
    "set aside": (_aside,),
    "acknowledged is filed": (
        lambda p: without(p, "ApplicationFiled"),
        lambda p: again(p, "ApplicationFiled"),
    ),
    "filed is judged": (
        lambda p: without(p, "ApprovalDenied"),
        lambda p: again(p, "ApprovalDenied"),
    ),
    "nothing from nowhere": (lambda p: p["sent"].pop(1) and None,),
    "one person, one history": (_another_person,),
    "one history, one person": (_two_persons,),
    "caps and clauses": (_fourth,),
    "rate": (_rate,),
    "wrongly refused": (_refused,),
    "budget": (_less_money,),
    "committed is granted": (
        _kept,
        lambda p: without(p, "BudgetReleased"),
        lambda p: facts(p, "LaterYearCommitted")[0]["body"].update(surplus=1),
    ),
    "in its turn": (_another_head, _overtaken),
    "years are the plan": (lambda p: facts(p, "ApprovalGranted")[-1]["body"]["later"].clear(),),
    "granted once": (lambda p: again(p, "ApprovalGranted"),),
    "ends or waits": (
        lambda p: without(p, "ApprovalGranted"),
        lambda p: without(p, "BudgetQueued"),
        lambda p: without(p, "LaterYearCommitted"),
    ),
    "paid is granted": (
        lambda p: facts(p, "DisbursementOrdered")[0]["body"]["money"].update(amount=1),
        lambda p: without(p, "ApprovalGranted"),
    ),
    "ordered once": (lambda p: again(p, "DisbursementOrdered"),),
    "one batch": (_batches,),
    "handed over once": (lambda p: p["files"].append(p["files"][0]),),
    "file is ledger": (
        lambda p: p["files"].pop() and None,
        lambda p: p["files"].append((p["files"].pop()[0], 1)),
    ),
    "answer is recorded": (
        lambda p: without(p, "DisbursementSettled"),
        lambda p: p["sent"].pop() and None,
    ),
    "one verdict": (
        lambda p: again(p, "DisbursementSettled"),
        lambda p: facts(p, "DisbursementSettled")[0].update(type="DisbursementReturned"),
    ),
    "entry is fact": (
        lambda p: p["postings"].pop() and None,
        lambda p: p["postings"].append(("no fact", "1002", 0)),
    ),
    "account": (lambda p: p["postings"].append(p["postings"][0]),),
    "refused has a letter": (lambda p: p["letters"].clear(),),
    "only refused has a letter": (
        lambda p: p["letters"].append({"topic": "applications", "partition": 0, "offset": 0}),
    ),
    "decided is told": (lambda p: p["outcomes"].clear(),),
    "told once": (lambda p: p["outcomes"].append(p["outcomes"][0]),),
    "books are ledger": (
        lambda p: p["mirrored"].pop() and None,
        lambda p: p["mirrored"].add(("beneficiary/x", 1, "x")),
    ),
}


@pytest.mark.parametrize(
    ("invariant", "change"),
    [(name, change) for name, changes in BREAKS.items() for change in changes],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_planted_break_of_each_invariant_is_found(
    invariant: str, change: Callable[[dict[str, Any]], None]
) -> None:
    assert invariant in broken_by(change)


def test_every_invariant_that_the_oracle_can_name_is_broken_here() -> None:
    tree = ast.parse((Path(__file__).parent / "oracle.py").read_text("utf-8"))
    named = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "say"
        and isinstance(node.args[0], ast.Constant)
    }
    assert named == set(BREAKS)


@pytest.mark.parametrize("name", ["oracle.py", "stated.py", "evidence.py", "raw_topics.py"])
def test_what_judges_imports_nothing_of_the_product(name: str) -> None:
    tree = ast.parse((Path(__file__).parent / name).read_text("utf-8"))
    imported = {
        module
        for node in ast.walk(tree)
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    ours = {one for one in imported if one.partition(".")[0] in PRODUCT}
    assert ours == set()


PRODUCT = ("events", "policies", "projections", "services")
