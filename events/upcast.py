"""Upcast: bring an old version of a command or fact to today's, one pure step at a time.

Holds: a step turns version n into n+1; the golden files of every version ever written stay readable.
"""

from collections.abc import Callable
from typing import Any

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _attempt(body: dict[str, Any]) -> str:
    return f"{body['disbursement']} {body['attempt']}"


def _advance(body: dict[str, Any]) -> str:
    """Every debt of an advance was named after its payment."""
    name, _, due = str(body["clawback"]).rpartition("-")
    return name if due == "due" and "#" in name else ""


STEPS: dict[tuple[str, int], Step] = {
    ("ApprovalHeld", 1): lambda body: {**body, "taken": []},
    ("CloseLine", 1): lambda body: {**body, "queue": "lapse"},
    ("InstalmentStopped", 1): lambda body: {**body, "rule": ""},
    # of no account then: no line knew of advances
    ("InstalmentStopped", 2): lambda body: {**body, "still_planned": 0},
    ("OverpaymentFound", 1): lambda body: {**body, "whole": True},
    ("InstalmentReduced", 1): lambda body: {**body, "still_planned": 0},
    ("RecordStatus", 1): lambda body: {**body, "benefit": ""},
    ("StatusRecorded", 1): lambda body: {**body, "benefit": ""},
    ("LineClosed", 1): lambda body: {**body, "spent": 0, "queue": "lapse"},
    ("ReleaseBudget", 1): lambda body: {**body, "reach": "line", "still_planned": None},
    ("BudgetReleased", 1): lambda body: {**body, "short": 0, "ceilings": []},
    ("SpendBudget", 1): lambda body: {**body, "kind": "paid", "key": _attempt(body)},
    ("BudgetSpent", 1): lambda body: {**body, "kind": "paid", "key": _attempt(body)},
    ("ReverseSpending", 1): lambda body: {**body, "key": f"{_attempt(body)} back"},
    ("BudgetSpendingReversed", 1): lambda body: {**body, "key": f"{_attempt(body)} back"},
    ("AdvanceSettled", 1): lambda body: {**body, "line": body["money"]["line"]},
    ("ClawbackOffset", 1): lambda body: {
        **body,
        "line": body["money"]["line"],
        "advance": _advance(body),
        "at_order": False,
    },
    ("ClawbackRecovered", 1): lambda body: {**body, "advance": _advance(body)},
    ("ClawbackWrittenOff", 1): lambda body: {**body, "advance": _advance(body)},
}
"""(type, version) -> the step to version + 1."""


def upcast(name: str, version: int, current: int, body: dict[str, Any]) -> dict[str, Any]:
    """Lift `body` from `version` to `current`.

    Raises: KeyError where a step is missing, so that nothing is read by guess
    """
    for step in range(version, current):
        body = STEPS[name, step](body)
    return body
