"""Explain: name what failed, what nobody can tell, and what a person must judge.

In:    a finished case
Out:   Deny or Refer with the nodes it rests on, in the file's order
Holds: only what decides is named: an open leaf below a condition that holds anyway is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from events.values import ClauseSeen, PolicyRef
from policies.engine import trace
from policies.engine.amounts import Plan
from policies.engine.case import Case
from policies.engine.compile import Answers, CompiledConditions, leaves
from policies.engine.windows import Window
from policies.vocabulary import PayeeBy, PolicyText
from policies.vocabulary.outcomes import (
    CeilingUse,
    Claim,
    Deny,
    Payee,
    Refer,
    Slot,
)

Refusal = Literal["EXCLUDED", "CAP_REACHED", "CONTRADICTED", "CLAUSE_FAILED"]
Undecided = Literal["MISSING_FACT", "NOT_STATED", "CONTRADICTED"]

_BY_WEIGHT: tuple[Undecided, ...] = ("CONTRADICTED", "MISSING_FACT", "NOT_STATED")
"""Which lack names a referral that has several."""

_UNTOLD = ("MISSING_FACT", "")
"""Why a cap cannot tell that notes nothing itself: a condition that it names cannot."""

ADVANCE = "advance"
"""The cap under which an advance is used up, and the id of its node."""

_deny = partial(tuple.__new__, Deny)
_refer = partial(tuple.__new__, Refer)


@dataclass(frozen=True, slots=True)
class PolicyParts:
    """What an explanation needs of the policy; `caps` in the order in which they are asked."""

    ref: PolicyRef
    text: PolicyText
    asked: CompiledConditions
    caps: tuple[str, ...]
    exclusions: frozenset[str]
    sources: tuple[str, ...]
    amounts: tuple[str, ...]


Answered = tuple[Answers, Sequence[object]]
"""What the conditions answered, and what each cap."""

Given = tuple[
    Plan | None,
    tuple[Slot, ...],
    tuple[str, ...],
    Payee | None,
    tuple[CeilingUse | None, ...],
    bool,
    int | None,
    tuple[str, ...],
]
"""What the rules would give, as far as they know: the plan, the slots, the funds, the payee, what
is taken of ceilings, whether it is an advance, what is due at most, and the months to come."""


def denied(parts: PolicyParts, case: Case, answered: Answered, plan: Plan | None) -> Deny:
    """Every clause, cap and table that refuses."""
    answers, room = answered
    failing = leaves(parts.asked.when, False, answers)
    full: list[str] = []
    if False in room:
        full = [name for name, ok in zip(parts.caps, room, strict=False) if ok is False]
        failing += full
    if plan == ():
        verdicts = {line[0]: line[1] for line in case.trail}
        failing += [name for name in parts.amounts if verdicts.get(name) is False]
    text = f"{len(failing)}项不符合：{'、'.join(failing)}"
    code: Refusal = "CAP_REACHED" if full else "CLAUSE_FAILED"
    if not full and not case.contradicted.isdisjoint(failing):
        code = "CONTRADICTED"
        needs = {line[0]: line[3] for line in case.trail}
        text += "。" + "；".join(needs[name] for name in failing if name in case.contradicted)
    if not parts.exclusions.isdisjoint(full):
        code = "EXCLUDED"
    return _deny((parts.ref, code, tuple(failing), text, tuple(case.trail)))


def referred(parts: PolicyParts, case: Case, answered: Answered, given: Given) -> Refer:
    """What is lacking, and what a person must judge."""
    plan, slots, funds, payee, ceilings, is_advance, most_fen, months = given
    answers, room = answered
    gaps = {name: case.gaps[name] for name in _open(parts, case, answered, plan)}
    if payee is None and isinstance(parts.text.payee, PayeeBy):
        gaps["payee"] = ("MISSING_FACT", trace.missing(parts.text.payee.by))
    lacks = [lack for lack, _ in gaps.values()]
    judged = [name for at, name, _ in parts.asked.refer if answers[at]]
    texts = [*dict.fromkeys([text for _, text in gaps.values()])]
    uncounted = []
    if None in room or "judge" in room:
        for name, ok in zip(parts.caps, room, strict=False):
            if ok == "judge":
                judged.append(name)
            elif ok is None and case.gaps.get(name, _UNTOLD)[0] != "NOT_STATED":
                uncounted.append(name)
    return _refer(
        (
            parts.ref,
            next((lack for lack in _BY_WEIGHT if lack in lacks), "TO_JUDGE"),
            (*gaps, *judged),
            "；".join(texts + [f"需人工判断：{name}" for name in judged] if judged else texts),
            None if plan is None else sum([part.amount_fen for part in plan]),
            plan or (),
            slots,
            funds,
            payee,
            tuple(case.trail),
            tuple([use for use in ceilings if use is not None]) if ceilings else (),
            is_advance,
            tuple(uncounted),
            most_fen,
            months,
        )
    )


def _open(parts: PolicyParts, case: Case, answered: Answered, plan: Plan | None) -> Iterable[str]:
    """The nodes whose gaps leave the whole undecided."""
    gaps = case.gaps
    if not gaps:
        return ()
    answers, room = answered
    asked = parts.asked
    found = leaves(asked.when, None, answers) + leaves(asked.refer, None, answers)
    if None in room:
        capped = zip(parts.caps, room, strict=False)
        found += [name for name, ok in capped if ok is None and name in gaps]
    for name in dict.fromkeys(case.doubts):
        found += asked.open_below(name, answers)
    found += [name for name in parts.sources if name in gaps]
    if plan is None:
        found += [name for name in parts.amounts if name in gaps]
    return found


def no_policy(ref: PolicyRef | None, window: Window | None, claim: Claim) -> Deny:
    """No version covers the day: name the window that has ended or not begun."""
    if ref is None or window is None:
        return Deny(None, "NO_POLICY", (), f"没有 {claim.programme} 在该地区的政策", ())
    state = "已截止" if window.to and window.to < claim.applied_on else "尚未开始"
    text = f"受理期限{window.need}{state}，申请日期 {claim.applied_on}"
    trail = (("select", False, claim.applied_on.isoformat(), window.need),)
    return Deny(ref, "NO_POLICY", ("select",), text, trail)


def two_versions(
    refs: Sequence[PolicyRef], claim: Claim, lacking: Mapping[str, str] | None = None
) -> Refer:
    """More than one version covers the day: a person must say which one counts, or state what
    tells whom the narrower one concerns."""
    if lacking:
        words = "；".join(dict.fromkeys(lacking.values()))
        trail = tuple((name, None, None, text) for name, text in lacking.items())
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
    line: ClauseSeen = ("grandfather", None, None, text)
    return _undecided(ref, ("grandfather",), text, (line,), code)


def _undecided(
    ref: PolicyRef,
    about: tuple[str, ...],
    text: str,
    trail: tuple[ClauseSeen, ...],
    code: Undecided = "MISSING_FACT",
) -> Refer:
    """Which version counts is not known, and so neither its caps."""
    return Refer(ref, code, about, text, None, (), (), (), None, trail, uncounted=about)
