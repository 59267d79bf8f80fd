"""Sources: where the money of a grant comes from, and what it shares or pays ahead.

In:    the funds, ceilings and the advance of a policy, a case with its plan
Out:   the funds in order; what is taken of each shared ceiling; the plan of an advance
Units: fen
"""

from collections.abc import Callable

from policies.engine.amounts import Plan
from policies.engine.case import Case, key_of
from policies.engine.explain import ADVANCE
from policies.vocabulary import Advance, Ceiling, Fund
from policies.vocabulary.outcomes import (
    AT_GRANT,
    LIFETIME,
    CeilingUse,
    PlanPart,
    Slot,
)
from policies.vocabulary.places import FUNDS
from policies.vocabulary.words import fraction, round_half_up

Ahead = tuple[bool, bool | None, Plan | None, tuple[Slot, ...]]
"""Whether it is an advance, whether it may be taken, the plan, and the slots it takes."""


def compile_fund(fund: Fund) -> Callable[[Case], tuple[str, ...]]:
    """The funds in order of a case; none where no source states the fund."""
    others = tuple(FUNDS[name] for name in fund.is_)
    if not fund.cases:
        return lambda _case: others
    cases = [(one.if_, tuple(FUNDS[name] for name in one.then)) for one in fund.cases]

    def funds(case: Case) -> tuple[str, ...]:
        for condition, then in cases:
            holds = case.holds(condition)
            if holds is None:
                return ()
            if holds:
                return then or _not_stated(case)
        return others or _not_stated(case)

    return funds


def _not_stated(case: Case) -> tuple[str, ...]:
    case.gap("fund", "NOT_STATED", "文件未规定资金来源，待市里确定")
    return ()


def compile_ceiling(ceiling: Ceiling) -> Callable[[Case, Plan], CeilingUse | None]:
    """What an approval takes of a limit that many share."""
    name, key, yearly = ceiling.id, key_of(tuple(ceiling.scope)), ceiling.period != "lifetime"
    money = ceiling.of == "yuan"
    limit = ceiling.max * 100 if money else ceiling.max

    def take(case: Case, plan: Plan) -> CeilingUse | None:
        scope = key(case, name)
        if scope is None:
            return None
        period = case.applied[:4] if yearly else LIFETIME
        amount = sum(part.amount_fen for part in plan) if money else 1
        return CeilingUse(
            name, scope, period, ceiling.of, amount, limit, ceiling.remainder == "deny"
        )

    return take


def compile_advance(
    advance: Advance, family: str
) -> Callable[[Case, Plan | None, tuple[Slot, ...]], Ahead]:
    """Pay a part of the planned full subsidy now, under a key of its own."""
    condition, key_of_advance = advance.if_, key_of(tuple(advance.keys))
    rate = fraction(advance.rate)

    def ahead(case: Case, plan: Plan | None, slots: tuple[Slot, ...]) -> Ahead:
        if not case.holds(condition):
            known = case.noted[condition] is not None
            return False, True if known else None, plan, slots
        key = key_of_advance(case, ADVANCE)
        if key is None:
            return True, None, plan, slots
        free = not case.counters.key_used(family, ADVANCE, key)
        case.trail.append((ADVANCE, free, key, f"预拨{advance.rate}，结算时抵扣"))
        if plan:
            fen = round_half_up(sum(part.amount_fen for part in plan) * rate)
            plan = (PlanPart(1, fen, AT_GRANT),) if fen else ()
        return True, free, plan, (Slot(ADVANCE, LIFETIME, key),)

    return ahead
