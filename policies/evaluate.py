"""Evaluate: answer one claim under one policy version.

In:      a claim, counters
Out:     Grant | Deny | Refer with the whole trail
Refuses: CAP_REACHED, CLAUSE_FAILED (first match names the code; `failing` lists all of both)
Holds:   whatever fails on what is known denies, and every failing node is listed; else whatever
         nobody can tell refers (MISSING_FACT, NOT_STATED); else what a person must judge refers
         (TO_JUDGE); else it is granted. No clock, no randomness, no figure that is not stated.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from policies import trace
from policies.amounts import Plan, Plans, compile_amount
from policies.caps import Ask, compile_cap
from policies.compile import Case, Check, Figures, compile_condition, seen
from policies.outcomes import (
    Claim,
    Counters,
    Deny,
    Grant,
    Outcome,
    Payee,
    PolicyRef,
    Refer,
    Seen,
    Slot,
)
from policies.places import FUNDS
from policies.vocabulary import AllOf, AnyOf, Condition, PayeeBy, PolicyText
from policies.windows import Window

Evaluator = Callable[[Claim, Counters], Outcome]


class Parts(NamedTuple):
    """A policy version, compiled for one region."""

    ref: PolicyRef
    when: tuple[Condition, ...]
    refer: tuple[Condition, ...]
    checks: tuple[Check, ...]
    judged: tuple[Check, ...]
    caps: tuple[Ask, ...]
    cap_ids: tuple[str, ...]
    plans: Plans
    funds: tuple[str, ...]
    payee: Payee | PayeeBy


def compile_policy(text: PolicyText, window: Window, ref: PolicyRef, figures: Figures) -> Evaluator:
    """One flat function for one version in one region."""
    parts = Parts(
        ref,
        tuple(text.when),
        tuple(text.refer),
        tuple(compile_condition(node, figures) for node in text.when),
        tuple(compile_condition(node, figures) for node in text.refer),
        tuple(compile_cap(cap, text.family, figures) for cap in text.caps),
        tuple(cap.id for cap in text.caps),
        compile_amount(text.amount, figures),
        tuple(FUNDS[name] for name in text.fund.is_),
        text.payee,
    )
    checks, judged, caps, plans = parts.checks, parts.judged, parts.caps, parts.plans
    need = window.need
    funds, fixed_payee = parts.funds, parts.payee if isinstance(parts.payee, str) else None

    def evaluate(claim: Claim, counters: Counters) -> Outcome:
        case = Case(claim.facts, claim.applied_on, counters)
        case.trail.append(seen(("select", True, case.applied, need)))
        verdicts = [check(case) for check in checks]
        slots: list[Slot] = []
        room: list[object] = []
        for ask in caps:
            ok, slot = ask(case)
            room.append(ok)
            if slot is not None:
                slots.append(slot)
        doubts = [check(case) for check in judged]
        plan = plans(case)
        payee = fixed_payee or _payee(parts.payee, case)
        if False in verdicts or False in room or plan == ():
            return _deny(parts, case, room, plan)
        if plan is None or payee is None or None in verdicts or "judge" in room or None in room:
            return _refer(parts, case, room, plan, slots, payee)
        if True in doubts or None in doubts:
            return _refer(parts, case, room, plan, slots, payee)
        amount = plan[0].amount_fen if len(plan) == 1 else sum(part.amount_fen for part in plan)
        return Grant(ref, amount, plan, tuple(slots), funds, payee, tuple(case.trail))

    return evaluate


def _payee(payee: Payee | PayeeBy, case: Case) -> Payee | None:
    """Who gets the money, where it depends on a fact."""
    if not isinstance(payee, PayeeBy):
        return payee
    value = case.facts.get(payee.by)
    return None if value is None else payee.rows.get(str(value))


def _deny(parts: Parts, case: Case, room: Sequence[object], plan: Plan | None) -> Deny:
    full = [name for name, ok in zip(parts.cap_ids, room, strict=True) if ok is False]
    clauses = [name for node in parts.when for name in _failing(node, case)]
    amounts = [] if plan != () else _amount_failures(parts, case)
    failing = (*clauses, *full, *amounts)
    return Deny(
        parts.ref,
        "CAP_REACHED" if full else "CLAUSE_FAILED",
        failing,
        f"不符合{len(failing)}项：{'、'.join(failing)}",
        tuple(case.trail),
    )


def _refer(
    parts: Parts,
    case: Case,
    room: Sequence[object],
    plan: Plan | None,
    slots: Iterable[Slot],
    payee: Payee | None,
) -> Refer:
    """Say what nobody can tell, or what a person must judge."""
    open_ids = [
        *(name for node in (*parts.when, *parts.refer) for name in _open(node, case)),
        *(name for name, ok in zip(parts.cap_ids, room, strict=True) if ok is None),
        *(name for doubt in case.doubts for name in _open_by_id(parts.when, doubt, case)),
        *(_amount_gaps(parts, case) if plan is None else ()),
    ]
    gaps = {name: case.gaps[name] for name in open_ids if name in case.gaps}
    if payee is None and isinstance(parts.payee, PayeeBy):
        gaps["payee"] = ("MISSING_FACT", trace.missing(parts.payee.by))
    codes = {code for code, _ in gaps.values()}
    judged = [node.id for node in parts.refer if case.results[node.id]]
    judged += [name for name, ok in zip(parts.cap_ids, room, strict=True) if ok == "judge"]
    texts = list(dict.fromkeys(text for _, text in gaps.values()))
    texts += [f"需人工判断：{name}" for name in judged]
    return Refer(
        parts.ref,
        "MISSING_FACT" if "MISSING_FACT" in codes else "NOT_STATED" if codes else "TO_JUDGE",
        (*gaps, *judged),
        "；".join(texts),
        None if plan is None else sum(part.amount_fen for part in plan),
        plan or (),
        tuple(slots),
        parts.funds,
        payee,
        tuple(case.trail),
    )


def _failing(node: Condition, case: Case) -> list[str]:
    """The leaves that make a condition fail, in the file's order."""
    if case.results[node.id] is not False:
        return []
    if isinstance(node, AllOf | AnyOf):
        return [name for inner in node.of for name in _failing(inner, case)]
    return [node.id]


def _open(node: Condition, case: Case) -> list[str]:
    """The leaves that leave a condition undecided."""
    if case.results[node.id] is not None:
        return []
    if isinstance(node, AllOf | AnyOf):
        return [name for inner in node.of for name in _open(inner, case)]
    return [node.id]


def _open_by_id(nodes: Iterable[Condition], name: str, case: Case) -> list[str]:
    """The undecided leaves below a condition named by a branch."""
    found: list[str] = []
    for node in nodes:
        if node.id == name:
            found += _open(node, case)
        elif isinstance(node, AllOf | AnyOf):
            found += _open_by_id(node.of, name, case)
    return found


def _others(parts: Parts, case: Case) -> set[str]:
    return {*case.results, *parts.cap_ids, "select"}


def _amount_failures(parts: Parts, case: Case) -> list[str]:
    others = _others(parts, case)
    return [line.id for line in case.trail if line.ok is False and line.id not in others]


def _amount_gaps(parts: Parts, case: Case) -> list[str]:
    others = _others(parts, case)
    return [name for name in case.gaps if name not in others]


def no_policy(ref: PolicyRef | None, window: Window | None, claim: Claim) -> Deny:
    """No version covers the day: name the window that has ended or not begun."""
    if ref is None or window is None:
        return Deny(None, "NO_POLICY", (), f"没有 {claim.programme} 在该地区的政策", ())
    state = "已截止" if window.to and window.to < claim.applied_on else "尚未开始"
    text = f"受理期限{window.need}{state}，申请日期 {claim.applied_on}"
    trail = (Seen("select", False, claim.applied_on.isoformat(), window.need),)
    return Deny(ref, "NO_POLICY", ("select",), text, trail)


def two_versions(refs: Sequence[PolicyRef], claim: Claim) -> Refer:
    """More than one version covers the day: a person must say which one counts."""
    names = tuple(f"{ref.jurisdiction}-{ref.version}" for ref in refs)
    text = f"{claim.applied_on} 有{len(names)}个版本同时适用：{'、'.join(names)}"
    return Refer(None, "TWO_VERSIONS", names, text, None, (), (), (), None, ())
