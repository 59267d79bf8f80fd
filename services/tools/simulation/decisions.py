"""Decisions: what became of each application in a simulation, one line each, with its clauses.

In:   the facts and refusals that `simulate` prints, in order
Out:  one object an application: outcome, amount, and every clause that decided, with its quote
Holds: the last word counts: an application that was held and then granted is granted
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from events.values import PolicyRef
from policies.engine import trace
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import TrailLine
from services.wording.cited_figures import cited_figures


class ClaimMade(NamedTuple):
    """Where and on which day a claim was made."""

    on: date
    region: str


_OUTCOMES = {
    "ApprovalProposed": "proposed",
    "ApprovalGranted": "granted",
    "ApprovalHeld": "held",
    "ApprovalDenied": "denied",
    "ApprovalReferred": "referred",
    "ApprovalLapsed": "lapsed",
    "ApprovalWithdrawn": "withdrawn",
    "ApprovalRevoked": "revoked",
    "ApplicationWithdrawn": "withdrawn",
}


_OF_A_LATER_YEAR = {
    "LaterYearHeld": "held",
    "LaterYearCommitted": "committed",
    "LaterYearLapsed": "lapsed",
    "LaterYearDropped": "not due",
}

_ANSWERS = ("proposed", "denied", "referred")


def decisions(items: Iterable[dict[str, Any]], policies: Policies) -> Iterator[dict[str, Any]]:
    """Tell the outcome of every application, in the order in which they were first decided.

    Shape:  ``{application, outcome, amount_fen, instalments, policy, code, failing, text, trail,
            figures}``,
            ``due`` and ``stopped`` for what the file's days brought, ``later_years`` (year,
            amount_fen, state) for what later budgets pay of a plan, `conflicts` (how often the id
            came with other content) and `refused` (what was asked about it in vain) where there are
            any; a refused message is told where it stands, with its problems
    """
    found: dict[str, dict[str, Any]] = {}
    applied: dict[str, ClaimMade] = {}
    for item in items:
        if stated := item.get("body", {}).get("stated"):
            applied[item["body"]["application"]] = ClaimMade(
                date.fromisoformat(stated["applied_on"]), stated["region"]
            )
        if item["type"] == "MessageRefused":
            found[f"message {len(found)}"] = {"outcome": "message refused", **item}
            continue
        if item["type"] in ("InstalmentDue", "InstalmentStopped"):
            _add_instalment(found.get(item["body"]["application"], {}), item)
            continue
        outcome, body = _OUTCOMES.get(item["type"]), item["body"]
        if state := _OF_A_LATER_YEAR.get(item["type"]):
            _tell_of_a_year(found.get(body["application"], {}), body, state)
            continue
        if outcome is None:
            _note(found, item["type"], body)
            continue
        decision = found.setdefault(body["application"], {"application": body["application"]})
        decision["outcome"] = outcome
        judged = ("amount_fen", "instalments", "code", "text", "failing")
        for name in judged if outcome in _ANSWERS else ():  # what was answered before is over
            decision.pop(name, None)
        decision |= _details(body, policies)
        decision |= _figures(body, policies, applied.get(body["application"]))
    yield from found.values()


def _add_instalment(decision: dict[str, Any], item: dict[str, Any]) -> None:
    """Tell what fell due on which day, and what was stopped and why."""
    body = item["body"]
    instalment = {"no": body["no"], "on": item["effective_on"], "amount": body["amount"]}
    if item["type"] == "InstalmentDue":
        decision.setdefault("due", []).append(instalment)
    else:
        decision.setdefault("stopped", []).append({**instalment, "reason": body["reason"]})


def _tell_of_a_year(decision: dict[str, Any], body: dict[str, Any], state: str) -> None:
    """Tell what became of a later year's part of a plan."""
    amount = body["amount"] - body.get("surplus", 0)
    told = {"year": body["year"], "amount_fen": amount, "state": state}
    years = {one["year"]: one for one in decision.get("later_years", ())}
    decision["later_years"] = list((years | {body["year"]: told}).values())


def _note(found: dict[str, dict[str, Any]], kind: str, body: dict[str, Any]) -> None:
    """Add to an application what was said of it without changing it."""
    if kind == "ApplicationConflicted" and (decision := found.get(body["application"])):
        decision["conflicts"] = decision.get("conflicts", 0) + 1
    elif kind == "CommandRefused" and (decision := found.get(body["about"])):
        why = {name: body[name] for name in ("command", "code", "text")}
        decision.setdefault("refused", []).append(why)


def _figures(
    body: dict[str, Any], policies: Policies, applied: ClaimMade | None
) -> dict[str, list[str]]:
    """Cite the figures that a decision went by: value, first day and document of each."""
    ref = body.get("policy")
    if not ref or not body.get("trail") or applied is None:
        return {}
    text = policies.bundle_of(PolicyRef(**ref), applied.region)
    lines = cited_figures(text, applied.on, policies.written.declared) if text else []
    return {"figures": lines} if lines else {}


def _details(body: dict[str, Any], policies: Policies) -> dict[str, Any]:
    decision: dict[str, Any] = {}
    if "amount" in body:
        decision["amount_fen"] = body["amount"]
    if body.get("instalments"):
        decision["instalments"] = body["instalments"]
    for name in ("code", "text", "failing"):
        if name in body:
            decision[name] = body[name]
    policy = body.get("policy")
    if policy:
        decision["policy"] = f"{policy['programme']}/{policy['jurisdiction']}-{policy['version']}"
    if policy and "trail" in body:
        nodes = policies.policy(policy["content_hash"]).nodes
        lines = [TrailLine(*line) for line in body["trail"]]
        known = {**trace.BESIDE, **nodes}
        decision["trail"] = [
            trace.render_line(known[one.id], one) for one in lines if one.id in known
        ]
    return decision
