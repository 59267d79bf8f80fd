"""Amounts: compute what is due, and in which parts.

In:    the amount of a policy, the dated figures of one region, a case
Out:   the payment plan; empty where nothing is due; None where no source gives the figure
Units: fen, exact fractions of it until the end
Holds: rounding is nobody's business but this module's, once, at the end, half up; every part of
       an amount leaves a line of the trail, and one month's lines stand for all that equal it.
"""

from collections.abc import Callable
from functools import partial

from policies.duties.months import day_after
from policies.engine.case import Case, Figures, read_figure
from policies.engine.exact import Money, words
from policies.engine.money import branch, money_of
from policies.engine.parts import leaves
from policies.vocabulary import (
    Amount,
    Branch,
    Monthly,
)
from policies.vocabulary.calendar import add_months, months_from
from policies.vocabulary.outcomes import AT_GRANT, PlanPart
from policies.vocabulary.words import round_half_up

Plan = tuple[PlanPart, ...]
Plans = Callable[[Case], Plan | None]

_instalment = partial(tuple.__new__, PlanPart)


def compile_amount(node: Amount, figures: Figures) -> Plans:
    """The function from a case to its payment plan."""
    match node:
        case Monthly():
            return _monthly(node, figures)
        case Branch() if any(isinstance(inner, Monthly) for inner in leaves(node)):
            return branch(
                tuple((case.if_, compile_amount(case.then, figures)) for case in node.cases),
                compile_amount(node.else_, figures),
            )
        case _:
            return _at_once(money_of(node, figures))


def _at_once(money: Money) -> Plans:
    """One instalment on the day of the grant; plans are shared, as they are immutable."""
    known: dict[int, Plan] = {0: ()}

    def plans(case: Case) -> Plan | None:
        exact = money(case)
        if exact is None:
            return None
        fen = round_half_up(exact)
        plan = known.get(fen)
        if plan is None:
            plan = (PlanPart(1, fen, AT_GRANT),)
            if len(known) < _KNOWN_PLANS:
                known[fen] = plan
        return plan

    return plans


_KNOWN_PLANS = 1024


def _monthly(node: Monthly, figures: Figures) -> Plans:
    """Equal months from the first one on, none after the stop; each is due when it is over."""
    name, rate_of = node.id, money_of(node.rate, figures)
    months_of = read_figure(node.months, figures)
    stop_of = read_figure(node.stop_param, figures) if node.stop_param else None
    later = node.starts == "month_after_application"
    fixed_stop = node.stop or "9999-12"

    def plans(case: Case) -> Plan | None:
        rate = rate_of(case)
        count = months_of(case, f"{name}_months")
        stop = fixed_stop if stop_of is None else stop_of(case, f"{name}_stop")
        first = add_months(case.applied_on, 1) if later else case.applied_on
        if count is None or stop is None:
            case.by_month = dict.fromkeys(months_from(first, 1), 1)
            return None
        due = [month for month in months_from(first, int(str(count))) if month <= str(stop)]
        case.by_month = dict.fromkeys(due, 1)
        if rate is None:
            return None
        saw = f"{due[0]}至{due[-1]}共{len(due)}个月" if due else "没有可发月份"
        need = f"每月{words(rate)}，最多{count}个月，最晚{stop}"
        case.trail.append((name, bool(due), saw, need))
        fen = round_half_up(rate)
        return tuple(
            [
                _instalment((no, fen, day_after(month).isoformat(), ((month, fen),)))
                for no, month in enumerate(due, 1)
            ]
        )

    return plans
