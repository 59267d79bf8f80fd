"""Evaluate: answer one claim under one policy version.

In:      a claim, counters
Out:     Grant | Deny | Refer with the whole trail
Refuses: EXCLUDED, CAP_REACHED, CLAUSE_FAILED (first match names the code; `failing` lists all)
Holds:   whatever fails on what is known denies, and every failing node is listed; else whatever
         nobody can tell refers (MISSING_FACT, NOT_STATED); else what a person must judge refers
         (TO_JUDGE); else it is granted. No clock, no randomness, no figure that is not stated.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import cast

from policies.amounts import compile_amount
from policies.bounds import bound_of
from policies.caps import compile_cap
from policies.case import Case, Figures, seen
from policies.compile import compile_condition
from policies.explain import Granted, Parts, denied, referred
from policies.nodes import amount_ids, named_conditions
from policies.outcomes import CeilingUse, Claim, Counters, Grant, Outcome, Payee, PolicyRef, Slot
from policies.sources import compile_advance, compile_ceiling, compile_fund
from policies.vocabulary import PayeeBy, PolicyText
from policies.windows import Window
from policies.words import fraction, round_half_up

Evaluator = Callable[[Claim, Counters], Outcome]


def compile_policy(text: PolicyText, window: Window, ref: PolicyRef, figures: Figures) -> Evaluator:
    """One flat function for one version in one region."""
    noted = frozenset(named_conditions(text))
    checks = tuple(compile_condition(node, figures, noted) for node in text.when)
    given = tuple(compile_condition(node, figures, noted) for node in text.given)
    judged = tuple(compile_condition(node, figures, noted) for node in text.refer)
    caps = tuple(compile_cap(cap, text.family, figures) for cap in text.caps)
    plans, most_of = compile_amount(text.amount, figures), _most(text, figures)
    part = fraction(text.advance.rate) if text.advance else 1
    payee_of = _payee(text.payee)
    funds_of = compile_fund(text.fund)
    shared = tuple(compile_ceiling(ceiling) for ceiling in text.ceilings)
    advance = compile_advance(text.advance, text.family) if text.advance else None
    parts = Parts(
        ref,
        text,
        tuple(cap.id for cap in text.caps),
        frozenset(cap.id for cap in text.caps if cap.kind == "either_or"),
        tuple(ceiling.id for ceiling in text.ceilings),
        tuple(amount_ids(text)),
    )
    need = window.need

    def evaluate(claim: Claim, counters: Counters) -> Outcome:
        case = Case(claim.facts, claim.applied_on, counters)
        case.trail.append(seen(("select", True, case.applied, need)))
        verdicts = [check(case) for check in checks]
        for tell in given:
            tell(case)
        slots: tuple[Slot, ...] = ()
        room: list[object] = []
        for ask in caps:
            ok, taken = ask(case)
            room.append(ok)
            slots += taken
        doubts = [check(case) for check in judged]
        plan = plans(case)
        payee, funds = payee_of(case), funds_of(case)
        is_advance = False
        if advance is not None:
            is_advance, free, plan, slots = advance(case, plan, slots)
            room.append(free)
        ceilings = tuple(take(case, plan or ()) for take in shared)
        if False in verdicts or False in room or plan == ():
            return denied(parts, case, room, plan)
        unknown = plan is None or payee is None or None in verdicts or None in doubts
        unknown = unknown or not funds or None in room or None in ceilings
        if unknown or True in doubts or "judge" in room:
            known = tuple(use for use in ceilings if use is not None)
            most = most_of(case, claim) if plan is None else None
            if most is not None and is_advance:
                most *= part
            most_fen = None if most is None else round_half_up(most)
            granted = Granted(plan, slots, funds, payee, known, is_advance, most_fen)
            return referred(parts, case, room, granted)
        assert plan is not None
        assert payee is not None
        amount = plan[0].amount_fen if len(plan) == 1 else sum(part.amount_fen for part in plan)
        trail = tuple(case.trail)
        return Grant(
            ref,
            amount,
            plan,
            slots,
            funds,
            payee,
            trail,
            cast("tuple[CeilingUse, ...]", ceilings),
            is_advance,
        )

    return evaluate


def _most(text: PolicyText, figures: Figures) -> Callable[[Case, Claim], Fraction | int | None]:
    """What is due at most, looked at without a trace: nothing but a limit is told of it."""
    bound = bound_of(text.amount, figures)

    def most(case: Case, claim: Claim) -> Fraction | int | None:
        aside = Case(claim.facts, claim.applied_on, case.counters)
        aside.noted = case.noted
        return bound(aside)

    return most


def _payee(payee: Payee | PayeeBy) -> Callable[[Case], Payee | None]:
    """Who gets the money, where it depends on a fact."""
    if not isinstance(payee, PayeeBy):
        return lambda _case: payee
    fact, rows, unstated = payee.by, payee.rows, payee.unstated

    def read(case: Case) -> Payee | None:
        value = case.facts.get(fact)
        return unstated if value is None else rows.get(str(value))

    return read
