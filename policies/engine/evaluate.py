"""Evaluate: answer one claim under one policy version.

In:      a claim, counters
Out:     Grant | Deny | Refer with the whole trail
Refuses: EXCLUDED, CAP_REACHED, CLAUSE_FAILED (first match names the code; `failing` lists all)
Holds:   whatever fails on what is known denies, and every failing node is listed; else whatever
         nobody can tell refers (MISSING_FACT, NOT_STATED); else what a person must judge refers
         (TO_JUDGE); else it is granted. No clock, no randomness, no figure that is not stated.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from events.values import ClauseSeen, PolicyRef
from policies.duties import Duties
from policies.duties.months import ByMonth
from policies.engine import trace
from policies.engine.amounts import Plan, Plans, compile_amount
from policies.engine.bounds import bound_of
from policies.engine.caps import compile_cap
from policies.engine.case import Case, Figures
from policies.engine.compile import CompiledConditions
from policies.engine.explain import (
    ADVANCE,
    PolicyParts,
    denied,
    referred,
)
from policies.engine.facts_used import facts_used, read_by
from policies.engine.nodes import (
    all_conditions,
    amount_ids,
    amounts,
    conditions,
    named_conditions,
)
from policies.engine.record import Corrected, corrected
from policies.engine.sources import compile_advance, compile_ceiling, compile_fund
from policies.engine.windows import Window
from policies.vocabulary import Least, Monthly, PayeeBy, Per, PolicyText
from policies.vocabulary.outcomes import (
    BeneficiaryRecord,
    Claim,
    Counters,
    Grant,
    Outcome,
    Payee,
    Slot,
)
from policies.vocabulary.places import FUNDS
from policies.vocabulary.words import fraction, round_half_up

Evaluator = Callable[[Claim, Counters], Outcome]

_grant = partial(tuple.__new__, Grant)


def compile_policy(
    text: PolicyText,
    window: Window,
    ref: PolicyRef,
    figures: Figures,
    regions: Mapping[str, str],
    duties: Duties,
) -> Evaluator:
    """One flat function for one version in one region; `regions` names the regions that are known,
    `duties` say how its programme pays."""
    by_month = duties.months.of(text.policy)
    noted = frozenset(named_conditions(text))
    asked = CompiledConditions(text.when, text.given, text.refer, figures, noted, regions)
    caps = tuple(compile_cap(cap, text.family, figures) for cap in text.caps)
    plans, most_of = compile_amount(text.amount, figures), _most(text, figures)
    if by_month is not None:
        plans = _by_month(by_month, plans, months_at_most(by_month, text))
    monthly = any(isinstance(one, Monthly) for one in amounts(text.amount))
    rate = fraction(text.advance.rate) if text.advance else 1
    settled = None if isinstance(text.payee, PayeeBy) else text.payee
    payee_of = _payee(text.payee)
    sole = () if text.fund.cases else tuple(FUNDS[name] for name in text.fund.is_)
    funds_of = compile_fund(text.fund)
    shared = tuple(compile_ceiling(ceiling) for ceiling in text.ceilings)
    advance = compile_advance(text.advance, text.family) if text.advance else None
    parts = PolicyParts(
        ref,
        text,
        asked,
        (*(cap.id for cap in text.caps), ADVANCE),
        frozenset(cap.id for cap in text.caps if cap.kind == "either_or"),
        ("fund", *(ceiling.id for ceiling in text.ceilings)),
        tuple(amount_ids(text)),
    )
    knowable = frozenset(facts_used(text))
    readers = {node.id: read_by(node) for node, _ in conditions(all_conditions(text))}
    need, look, musts, judges = window.need, asked.look, asked.musts, asked.judges
    split = asked.before_caps if text.refer else None

    def evaluate(claim: Claim, counters: Counters) -> Outcome:
        case = Case(claim.facts, claim.applied_on, counters, claim.record)
        if claim.record is not None:
            case.duties = duties
            correct_by_record(case, claim.record, text.policy, knowable)
        lines, answers = look(case)
        if case.correction is not None:
            lines = naming_the_record(case, case.correction, lines, readers)
        case.trail = [("select", True, case.applied, need), *lines[:split]]
        slots: tuple[Slot, ...] = ()
        room: list[object] = []
        for ask in caps:
            ok, taken = ask(case)
            room.append(ok)
            slots += taken
        if split is not None:
            case.trail += lines[split:]
        plan = plans(case)
        payee, funds = settled or payee_of(case), sole or funds_of(case)
        is_advance = False
        if advance is not None:
            is_advance, free, plan, slots = advance(case, plan, slots)
            room.append(free)
        ceilings = tuple([take(case, plan or ()) for take in shared]) if shared else ()
        must, doubts = musts(answers), judges(answers)
        if False in must or False in room or plan == ():
            return denied(parts, case, (answers, room), plan)
        unknown = plan is None or payee is None or None in must or None in doubts
        unknown = unknown or not funds or None in room or None in ceilings
        if unknown or True in doubts or "judge" in room:
            most = most_of(case, claim) if plan is None and most_of is not None else None
            if most is not None and is_advance:
                most *= rate
            most_fen = None if most is None else round_half_up(most)
            months = tuple(case.by_month) if monthly else ()
            would = plan, slots, funds, payee, ceilings, is_advance, most_fen, months
            return referred(parts, case, (answers, room), would)
        assert plan is not None
        amount = plan[0].amount_fen if len(plan) == 1 else sum([part.amount_fen for part in plan])
        trail = tuple(case.trail)
        return _grant((ref, amount, plan, slots, funds, payee, trail, ceilings, is_advance))

    return evaluate


def _by_month(rule: ByMonth, plans: Plans, most: int | None) -> Plans:
    """Plan by the months claimed what was computed as one amount."""

    def planned(case: Case) -> Plan | None:
        plan = plans(case)
        if not plan:
            return plan
        paid = rule.paid_for(case.facts, case.applied_on, most)
        if paid is None or not paid.months:
            return plan
        return rule.parts(plan[0].amount_fen, paid, case.applied_on, case.by_month)

    return planned


def months_at_most(rule: ByMonth, text: PolicyText) -> int | None:
    """Find for how many of the months that are counted a version pays at most."""
    limits = [
        one.max
        for one in amounts(text.amount)
        if isinstance(one, Per) and one.count == rule.count and one.max is not None
    ]
    return min(limits, default=None)


def _most(
    text: PolicyText, figures: Figures
) -> Callable[[Case, Claim], Fraction | int | None] | None:
    """What is due at most, looked at without a trace: nothing but a limit is told of it; None for
    an amount that has no lower of several, which alone is known in part."""
    if not any(isinstance(one, Least) for one in amounts(text.amount)):
        return None
    bound = bound_of(text.amount, figures)

    def most(case: Case, claim: Claim) -> Fraction | int | None:
        aside = Case(case.facts, claim.applied_on, case.counters, claim.record)
        aside.noted = case.noted
        return bound(aside)

    return most


def correct_by_record(
    case: Case, record: BeneficiaryRecord, programme: str, asked: frozenset[str]
) -> None:
    """Let a case go on with the facts as the ledger's own record has them."""
    correction = corrected(case.duties, record, programme, case.facts, case.applied_on, asked)
    if correction.words:
        case.facts, case.correction = correction.facts, correction


def naming_the_record(
    case: Case,
    correction: Corrected,
    lines: list[ClauseSeen],
    readers: Mapping[str, tuple[str, ...]],
) -> list[ClauseSeen]:
    """Say in the line of each node that reads such a fact what knew better."""
    named: list[ClauseSeen] = []
    for name, ok, saw, need in lines:
        words = [
            correction.words[fact] for fact in readers.get(name, ()) if fact in correction.words
        ]
        if words and ok is not None:
            case.contradicts(name)
            named.append((name, ok, saw, need + trace.on_record("；".join(words))))
        else:
            named.append((name, ok, saw, need))
    return named


def _payee(payee: Payee | PayeeBy) -> Callable[[Case], Payee | None]:
    """Who gets the money, where it depends on a fact."""
    if not isinstance(payee, PayeeBy):
        return lambda _case: payee
    fact, rows, unstated = payee.by, payee.rows, payee.unstated

    def read(case: Case) -> Payee | None:
        value = case.facts.get(fact)
        return unstated if value is None else rows.get(str(value))

    return read
