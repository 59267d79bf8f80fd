"""Evaluate: answer one claim under one policy version.

In:      a claim, counters
Out:     Grant | Deny | Refer with the whole trail
Refuses: CAP_REACHED, CLAUSE_FAILED (first match names the code; `failing` lists all of both)
Holds:   whatever fails on what is known denies, and every failing node is listed; else whatever
         nobody can tell refers (MISSING_FACT, NOT_STATED); else what a person must judge refers
         (TO_JUDGE); else it is granted. No clock, no randomness, no figure that is not stated.
"""

from collections.abc import Callable

from policies.amounts import branch_conditions, compile_amount
from policies.caps import compile_cap
from policies.case import Case, Figures, seen
from policies.compile import compile_condition
from policies.explain import Parts, denied, referred
from policies.nodes import amount_ids
from policies.outcomes import Claim, Counters, Grant, Outcome, Payee, PolicyRef, Slot
from policies.places import FUNDS
from policies.vocabulary import PayeeBy, PolicyText
from policies.windows import Window

Evaluator = Callable[[Claim, Counters], Outcome]


def compile_policy(text: PolicyText, window: Window, ref: PolicyRef, figures: Figures) -> Evaluator:
    """One flat function for one version in one region."""
    noted = frozenset(branch_conditions(text.amount))
    checks = tuple(compile_condition(node, figures, noted) for node in text.when)
    judged = tuple(compile_condition(node, figures, noted) for node in text.refer)
    caps = tuple(compile_cap(cap, text.family, figures) for cap in text.caps)
    plans = compile_amount(text.amount, figures)
    payee_of = _payee(text.payee)
    funds = tuple(FUNDS[name] for name in text.fund.is_)
    parts = Parts(ref, text, funds, tuple(cap.id for cap in text.caps), tuple(amount_ids(text)))
    need = window.need

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
        payee = payee_of(case)
        if False in verdicts or False in room or plan == ():
            return denied(parts, case, room, plan)
        unknown = plan is None or payee is None or None in verdicts or None in doubts
        if unknown or None in room or True in doubts or "judge" in room:
            return referred(parts, case, room, plan, slots, payee)
        assert plan is not None
        assert payee is not None
        amount = plan[0].amount_fen if len(plan) == 1 else sum(part.amount_fen for part in plan)
        return Grant(ref, amount, plan, tuple(slots), funds, payee, tuple(case.trail))

    return evaluate


def _payee(payee: Payee | PayeeBy) -> Callable[[Case], Payee | None]:
    """Who gets the money, where it depends on a fact."""
    if not isinstance(payee, PayeeBy):
        return lambda _case: payee
    fact, rows = payee.by, payee.rows

    def read(case: Case) -> Payee | None:
        value = case.facts.get(fact)
        return None if value is None else rows.get(str(value))

    return read
