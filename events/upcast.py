"""Upcast: bring an old version of a command or fact to today's, one pure step at a time.

Holds: a step turns version n into n+1; the golden files of every version ever written stay readable.
"""

from collections.abc import Callable
from typing import Any

from events.ids import application_of, debt_parts

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _attempt(body: dict[str, Any]) -> str:
    return f"{body['disbursement']} {body['attempt']}"


def _advance(body: dict[str, Any]) -> str:
    """Every debt of an advance was named after its payment."""
    name, due = debt_parts(str(body["clawback"]))
    return name if due == "due" and application_of(name) else ""


def _with_months(body: dict[str, Any]) -> dict[str, Any]:
    """Every part that had a day of its own was of that day's month; the others named none."""
    parts = []
    for part in body["instalments"]:
        own = [{"month": part["due_on"][:7], "amount": part["amount"]}] if part["due_on"] else []
        parts.append({**part, "months": own})
    return {**body, "instalments": parts}


def _at_once(body: dict[str, Any]) -> list[int]:
    """The last parts of a whole term, one a month."""
    first = body["months"] - body["left"] + 1
    return list(range(first, body["months"] + 1)) if body["whole"] else []


def _without_phone(body: dict[str, Any]) -> dict[str, Any]:
    """No application carried a phone then."""
    return {**body, "stated": {**body["stated"], "phone": ""}}


def _judged_by_nobody_known(body: dict[str, Any]) -> dict[str, Any]:
    """Who had judged what is paid did not travel with the payment then."""
    return {**body, "judged_by": []}


def _let_go_by_nobody_known(body: dict[str, Any]) -> dict[str, Any]:
    """Who had let the batch go did not travel with the bank's answer then."""
    return {**body, "prepared_by": "", "released_by": ""}


_WITH_JUDGES = (
    ("InstalmentDue", 2),
    ("AdvanceGranted", 1),
    ("OrderPayment", 1),
    ("OrderAdvance", 1),
    ("DisbursementOrdered", 1),
    ("DisbursementBatched", 1),
    ("AnswerClaim", 1),
    ("BatchLineClaimed", 1),
)
_WITH_TWO_PEOPLE = (("BatchResultRecorded", 1), ("RecordOutcome", 1), ("DisbursementDisputed", 2))

_STATING = (
    "DecideApplication",
    "CorrectApplication",
    "ApplicationReceived",
    "ApplicationFiled",
    "ApplicationCorrected",
    "MoveApplication",
    "ApplicationMoved",
)
"""Commands and facts that carry what an application states."""

STEPS: dict[tuple[str, int], Step] = {
    # nothing followed from it then
    ("UserAdded", 1): lambda body: {**body, "partitions": 0},
    **{(name, 1): _without_phone for name in _STATING},
    **dict.fromkeys(_WITH_JUDGES, _judged_by_nobody_known),
    **dict.fromkeys(_WITH_TWO_PEOPLE, _let_go_by_nobody_known),
    ("ClaimDisbursement", 1): lambda body: {**body, "prepared_by": ""},
    # the bank's own reference of a return was not kept then
    ("DisbursementReturned", 1): lambda body: {**body, "bank_reference": ""},
    # it was taken back with its file then, and never alone
    ("LineClassificationReversed", 1): lambda body: {**body, "reason": "", "stays": False},
    ("CommandRefused", 1): lambda body: {**body, "source": "", "event": ""},
    ("ApprovalHeld", 1): lambda body: {**body, "taken": []},
    ("CloseLine", 1): lambda body: {**body, "queue": "lapse"},
    ("InstalmentStopped", 1): lambda body: {**body, "rule": ""},
    # of no account then: no line knew of advances
    ("InstalmentStopped", 2): lambda body: {**body, "still_planned": 0},
    ("OverpaymentFound", 1): lambda body: {**body, "whole": True},
    ("InstalmentReduced", 1): lambda body: {**body, "still_planned": 0},
    ("ApprovalProposed", 1): _with_months,
    ("ApprovalGranted", 1): _with_months,
    # a claim was granted only when every year had committed its part
    ("ApprovalGranted", 2): lambda body: {**body, "later": []},
    ("AnswerBudget", 1): lambda body: {**body, "ahead": []},
    ("ApprovalWithdrawn", 1): lambda body: {**body, "later": []},
    ("ApprovalRevoked", 1): lambda body: {**body, "later": []},
    ("InstalmentStopped", 3): lambda body: {**body, "committed": True},
    # an attempt had one place in a queue then
    ("ReleaseBudget", 2): lambda body: {**body, "turn": None},
    ("BudgetReleased", 2): lambda body: {**body, "turn": 0},
    ("ExtensionProposed", 1): _with_months,
    ("ApprovalExtended", 1): _with_months,
    # a part had one month then, or none: its plan says which
    ("InstalmentReduced", 2): lambda body: {**body, "month": ""},
    ("InstalmentWaits", 1): lambda body: {**body, "month": ""},
    ("EvidenceRecorded", 1): lambda body: {**body, "month": ""},
    ("InstalmentDue", 1): lambda body: {**body, "months": []},
    ("PlanEnded", 1): lambda body: {**body, "at_once": _at_once(body)},
    ("OverpaymentFound", 2): lambda body: {**body, "months": [], "convention": "", "finding": 1},
    # what was due back was then always by the day; the table of duties names the clause
    ("ServiceLeftEarly", 1): lambda body: {
        **body,
        "manner": "按未服务天数追回",
        "rule": "services/housing",
        "document": "",
    },
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
    ("DisbursementDisputed", 1): lambda body: {
        **body,
        "outcome": "settled",
        "code": "",
        "reason": "",
    },
    ("ClawbackRecovered", 1): lambda body: {**body, "advance": _advance(body)},
    ("ClawbackWrittenOff", 1): lambda body: {**body, "advance": _advance(body)},
}
"""(type, version) -> the step to version + 1."""

_VERSIONS = {name: version + 1 for name, version in sorted(STEPS)}


def version_of(name: str) -> int:
    """Tell the version at which a type is written today: one more than its steps."""
    return _VERSIONS.get(name, 1)


def upcast(name: str, version: int, current: int, body: dict[str, Any]) -> dict[str, Any]:
    """Lift `body` from `version` to `current`.

    Raises: KeyError where a step is missing, so that nothing is read by guess
    """
    for step in range(version, current):
        body = STEPS[name, step](body)
    return body
