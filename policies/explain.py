"""Explain: name what failed, what nobody can tell, and what a person must judge.

In:    a finished case
Out:   Deny or Refer with the nodes it rests on, in the file's order
Holds: only what decides is named: an open leaf below a condition that holds anyway is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from policies import trace
from policies.amounts import Plan
from policies.case import Case
from policies.outcomes import CeilingUse, Claim, Deny, Payee, PolicyRef, Refer, Seen, Slot
from policies.vocabulary import AllOf, AnyOf, Condition, PayeeBy, PolicyText
from policies.windows import Window

Verdicts = dict[str, bool | None]
Refusal = Literal["EXCLUDED", "CAP_REACHED", "CLAUSE_FAILED"]
Undecided = Literal["MISSING_FACT", "NOT_STATED"]

_UNTOLD = ("MISSING_FACT", "")
"""Why a cap cannot tell that notes nothing itself: a condition that it names cannot."""

ADVANCE = "advance"
"""The cap under which an advance is used up, and the id of its node."""


class Parts(NamedTuple):
    """What an explanation needs of the policy."""

    ref: PolicyRef
    text: PolicyText
    caps: tuple[str, ...]
    exclusions: frozenset[str]
    ceilings: tuple[str, ...]
    amounts: tuple[str, ...]


class Granted(NamedTuple):
    """What the rules would give, as far as they know."""

    plan: Plan | None
    slots: tuple[Slot, ...]
    funds: tuple[str, ...]
    payee: Payee | None
    ceilings: tuple[CeilingUse, ...]
    is_advance: bool
    most_fen: int | None


def denied(parts: Parts, case: Case, room: Sequence[object], plan: Plan | None) -> Deny:
    """Every clause, cap and table that refuses."""
    verdicts = {line.id: line.ok for line in case.trail}
    failing = [name for node in parts.text.when for name in _leaves(node, False, verdicts)]
    full = [name for name, ok in zip(_caps(parts), room, strict=False) if ok is False]
    failing += full
    if plan == ():
        failing += [name for name in parts.amounts if verdicts.get(name) is False]
    text = f"{len(failing)}项不符合：{'、'.join(failing)}"
    code: Refusal = "CAP_REACHED" if full else "CLAUSE_FAILED"
    if not parts.exclusions.isdisjoint(full):
        code = "EXCLUDED"
    return Deny(parts.ref, code, tuple(failing), text, tuple(case.trail))


def referred(
    parts: Parts,
    case: Case,
    room: Sequence[object],
    granted: Granted,
) -> Refer:
    """What is lacking, and what a person must judge."""
    plan, payee = granted.plan, granted.payee
    verdicts = {line.id: line.ok for line in case.trail}
    gaps = {name: case.gaps[name] for name in _open(parts, case, verdicts, room, plan)}
    if payee is None and isinstance(parts.text.payee, PayeeBy):
        gaps["payee"] = ("MISSING_FACT", trace.missing(parts.text.payee.by))
    lacks = {lack for lack, _ in gaps.values()}
    judged = [node.id for node in parts.text.refer if verdicts[node.id]]
    judged += [name for name, ok in zip(_caps(parts), room, strict=False) if ok == "judge"]
    texts = [*dict.fromkeys(text for _, text in gaps.values())]
    uncounted = tuple(
        name
        for name, ok in zip(_caps(parts), room, strict=False)
        if ok is None and case.gaps.get(name, _UNTOLD)[0] != "NOT_STATED"
    )
    return Refer(
        parts.ref,
        "MISSING_FACT" if "MISSING_FACT" in lacks else "NOT_STATED" if lacks else "TO_JUDGE",
        (*gaps, *judged),
        "；".join([*texts, *(f"需人工判断：{name}" for name in judged)]),
        None if plan is None else sum(part.amount_fen for part in plan),
        plan or (),
        granted.slots,
        granted.funds,
        payee,
        tuple(case.trail),
        granted.ceilings,
        granted.is_advance,
        uncounted,
        granted.most_fen,
    )


def _caps(parts: Parts) -> tuple[str, ...]:
    """The ids in the order in which their room was asked."""
    return (*parts.caps, ADVANCE)


def no_policy(ref: PolicyRef | None, window: Window | None, claim: Claim) -> Deny:
    """No version covers the day: name the window that has ended or not begun."""
    if ref is None or window is None:
        return Deny(None, "NO_POLICY", (), f"没有 {claim.programme} 在该地区的政策", ())
    state = "已截止" if window.to and window.to < claim.applied_on else "尚未开始"
    text = f"受理期限{window.need}{state}，申请日期 {claim.applied_on}"
    trail = (Seen("select", False, claim.applied_on.isoformat(), window.need),)
    return Deny(ref, "NO_POLICY", ("select",), text, trail)


def two_versions(
    refs: Sequence[PolicyRef], claim: Claim, lacking: Mapping[str, str] | None = None
) -> Refer:
    """More than one version covers the day: a person must say which one counts, or state what
    tells whom the narrower one concerns."""
    if lacking:
        words = "；".join(dict.fromkeys(lacking.values()))
        trail = tuple(Seen(name, None, None, text) for name, text in lacking.items())
        about = tuple(lacking)
        return _undecided(refs[-1], about, words, trail)
    names = tuple(f"{ref.jurisdiction}-{ref.version}" for ref in refs)
    text = f"{claim.applied_on} 有{len(names)}个版本同时适用：{'、'.join(names)}"
    return Refer(None, "TWO_VERSIONS", names, text, None, (), (), (), None, ())


def keeping_unknown(ref: PolicyRef, fact: str) -> Refer:
    """A running benefit whose version depends on a fact that was not stated."""
    return _keeping(ref, "MISSING_FACT", trace.missing(fact))


def kept_text_unknown(ref: PolicyRef, accepted: date) -> Refer:
    """A running benefit that goes on under a text that is not among these files."""
    text = f"{accepted} 受理时的原政策未收录，继续按原政策享受的需人工判断"
    return _keeping(ref, "NOT_STATED", text)


def _keeping(ref: PolicyRef, code: Undecided, text: str) -> Refer:
    line = Seen("grandfather", None, None, text)
    return _undecided(ref, ("grandfather",), text, (line,), code)


def _undecided(
    ref: PolicyRef,
    about: tuple[str, ...],
    text: str,
    trail: tuple[Seen, ...],
    code: Undecided = "MISSING_FACT",
) -> Refer:
    """Which version counts is not known, and so neither its caps."""
    return Refer(ref, code, about, text, None, (), (), (), None, trail, uncounted=about)


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
    for name, ok in zip(_caps(parts), room, strict=False):
        if ok is None and name in case.gaps:
            yield name
    for doubt in dict.fromkeys(case.doubts):
        for node in (*parts.text.when, *parts.text.given):
            yield from _below(node, doubt, verdicts)
    yield from (name for name in ("fund", *parts.ceilings) if name in case.gaps)
    if plan is None:
        yield from (name for name in parts.amounts if name in case.gaps)


def _below(node: Condition, name: str, verdicts: Verdicts) -> Iterable[str]:
    """The open leaves below a condition that a branch names."""
    if node.id == name:
        yield from _leaves(node, None, verdicts)
    elif isinstance(node, AllOf | AnyOf):
        for inner in node.of:
            yield from _below(inner, name, verdicts)
