"""Explain: name what failed, what nobody can tell, and what a person must judge.

In:    a finished case
Out:   Deny or Refer with the nodes it rests on, in the file's order
Holds: only what decides is named: an open leaf below a condition that holds anyway is not.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from policies import trace
from policies.amounts import Plan
from policies.case import Case
from policies.outcomes import Claim, Deny, Payee, PolicyRef, Refer, Seen, Slot
from policies.vocabulary import AllOf, AnyOf, Condition, PayeeBy, PolicyText
from policies.windows import Window

Verdicts = dict[str, bool | None]
Refusal = Literal["CAP_REACHED", "CLAUSE_FAILED"]


class Parts(NamedTuple):
    """What an explanation needs of the policy."""

    ref: PolicyRef
    text: PolicyText
    funds: tuple[str, ...]
    caps: tuple[str, ...]
    amounts: tuple[str, ...]


def denied(parts: Parts, case: Case, room: Sequence[object], plan: Plan | None) -> Deny:
    """Every clause, cap and table that refuses."""
    verdicts = {line.id: line.ok for line in case.trail}
    failing = [name for node in parts.text.when for name in _leaves(node, False, verdicts)]
    full = [name for name, ok in zip(parts.caps, room, strict=True) if ok is False]
    failing += full
    if plan == ():
        failing += [name for name in parts.amounts if verdicts.get(name) is False]
    text = f"{len(failing)}项不符合：{'、'.join(failing)}"
    code: Refusal = "CAP_REACHED" if full else "CLAUSE_FAILED"
    return Deny(parts.ref, code, tuple(failing), text, tuple(case.trail))


def referred(
    parts: Parts,
    case: Case,
    room: Sequence[object],
    plan: Plan | None,
    slots: Iterable[Slot],
    payee: Payee | None,
) -> Refer:
    """What is lacking, and what a person must judge."""
    verdicts = {line.id: line.ok for line in case.trail}
    gaps = {name: case.gaps[name] for name in _open(parts, case, verdicts, room, plan)}
    if payee is None and isinstance(parts.text.payee, PayeeBy):
        gaps["payee"] = ("MISSING_FACT", trace.missing(parts.text.payee.by))
    lacks = {lack for lack, _ in gaps.values()}
    judged = [node.id for node in parts.text.refer if verdicts[node.id]]
    judged += [name for name, ok in zip(parts.caps, room, strict=True) if ok == "judge"]
    texts = [*dict.fromkeys(text for _, text in gaps.values())]
    return Refer(
        parts.ref,
        "MISSING_FACT" if "MISSING_FACT" in lacks else "NOT_STATED" if lacks else "TO_JUDGE",
        (*gaps, *judged),
        "；".join([*texts, *(f"需人工判断：{name}" for name in judged)]),
        None if plan is None else sum(part.amount_fen for part in plan),
        plan or (),
        tuple(slots),
        parts.funds,
        payee,
        tuple(case.trail),
    )


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


def _leaves(node: Condition, verdict: bool | None, verdicts: Verdicts) -> list[str]:
    """The leaves that give a condition this verdict, in the file's order."""
    if verdicts[node.id] is not verdict:
        return []
    if isinstance(node, AllOf | AnyOf):
        return [name for inner in node.of for name in _leaves(inner, verdict, verdicts)]
    return [node.id]


def _open(
    parts: Parts, case: Case, verdicts: Verdicts, room: Sequence[object], plan: Plan | None
) -> Iterable[str]:
    """The nodes whose gaps leave the whole undecided."""
    for node in (*parts.text.when, *parts.text.refer):
        yield from _leaves(node, None, verdicts)
    for name, ok in zip(parts.caps, room, strict=True):
        if ok is None:
            yield name
    if plan is None:
        for doubt in case.doubts:
            for node in parts.text.when:
                yield from _below(node, doubt, verdicts)
        yield from (name for name in parts.amounts if name in case.gaps)


def _below(node: Condition, name: str, verdicts: Verdicts) -> Iterable[str]:
    """The open leaves below a condition that a branch names."""
    if node.id == name:
        yield from _leaves(node, None, verdicts)
    elif isinstance(node, AllOf | AnyOf):
        for inner in node.of:
            yield from _below(inner, name, verdicts)
