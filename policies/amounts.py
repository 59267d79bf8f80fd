"""Amounts: compute what is due, and in which parts.

In:    the amount of a policy, the dated figures of one region, a case
Out:   the payment plan; empty where nothing is due; None where no source gives the figure
Units: fen
Holds: rounding is nobody's business but this module's, once, at the end, half up.
"""

from collections.abc import Callable, Iterator
from typing import assert_never, cast

from policies import trace
from policies.calendar import add_months, months_from
from policies.case import Case, Figures, read_figure, seen
from policies.outcomes import AT_GRANT, PlannedInstalment
from policies.vocabulary import Amount, Branch, Flat, Monthly, Standard, Table

Plan = tuple[PlannedInstalment, ...]
Plans = Callable[[Case], Plan | None]
Money = Callable[[Case], int | None]
"""Fen; 0 where nothing is due, None where nobody can tell."""


def compile_amount(node: Amount, figures: Figures) -> Plans:
    """The function from a case to its payment plan."""
    match node:
        case Monthly():
            return _monthly(node, figures)
        case Branch():
            return _branch(
                tuple((case.if_, compile_amount(case.then, figures)) for case in node.cases),
                compile_amount(node.else_, figures),
            )
        case Flat() | Table() | Standard():
            return _at_once(_money(node, figures))
        case _:
            assert_never(node)


def branch_conditions(node: Amount) -> Iterator[str]:
    """The ids of the conditions on which an amount branches."""
    if isinstance(node, Branch):
        for case in node.cases:
            yield case.if_
            yield from branch_conditions(case.then)
        yield from branch_conditions(node.else_)


def _branch(cases: tuple[tuple[str, Plans], ...], other: Plans) -> Plans:
    def plans(case: Case) -> Plan | None:
        for condition, then in cases:
            holds = case.noted[condition]
            if holds:
                return then(case)
            if holds is None:
                case.doubts.append(condition)
                return None
        return other(case)

    return plans


def _at_once(money: Money) -> Plans:
    """One instalment on the day of the grant; plans are shared, as they are immutable."""
    known: dict[int, Plan] = {0: ()}

    def plans(case: Case) -> Plan | None:
        fen = money(case)
        if fen is None:
            return None
        plan = known.get(fen)
        if plan is None:
            plan = known[fen] = (PlannedInstalment(1, fen, AT_GRANT),)
        return plan

    return plans


def _money(node: Amount, figures: Figures) -> Money:
    match node:
        case Flat():
            return _flat(node)
        case Table():
            return _table(node, figures)
        case Standard():
            return _standard(node, figures)
        case Branch() | Monthly():
            raise ValueError(f"a {node.kind} cannot stand inside a monthly rate")
        case _:
            assert_never(node)


def _flat(node: Flat) -> Money:
    fen = node.value * 100
    line = seen((node.id, True, "定额", trace.yuan(fen)))

    def money(case: Case) -> int | None:
        case.trail.append(line)
        return fen

    return money


def _standard(node: Standard, figures: Figures) -> Money:
    name, read, label = node.id, read_figure(node.param, figures), figures[node.param.of].label

    def money(case: Case) -> int | None:
        fen = read(case, name)
        if fen is None:
            return None
        case.trail.append(seen((name, True, label, trace.yuan(cast("int", fen)))))
        return cast("int", fen)

    return money


def _table(node: Table, figures: Figures) -> Money:
    name, fact = node.id, node.by
    fixed = {key: yuan * 100 for key, yuan in node.rows.items()} if node.rows else None
    read = read_figure(node.param, figures) if node.param else None

    def money(case: Case) -> int | None:
        value = case.facts.get(fact)
        if value is None:
            case.lacks(name, fact)
            return None
        rows = fixed if read is None else cast("dict[str, int] | None", read(case, name))
        if rows is None:
            return None
        fen = rows.get(str(value), 0)
        need = trace.yuan(fen) if fen else f"标准只列{'、'.join(rows)}"
        case.trail.append(seen((name, fen > 0, value, need)))
        return fen

    return money


def _monthly(node: Monthly, figures: Figures) -> Plans:
    """Equal months from the first one on, none after the stop."""
    name, rate_of = node.id, _money(node.rate, figures)
    months_of = read_figure(node.months, figures)
    stop_of = read_figure(node.stop_param, figures) if node.stop_param else None
    later = node.starts == "month_after_application"
    fixed_stop = node.stop or "9999-12"

    def plans(case: Case) -> Plan | None:
        rate = rate_of(case)
        count = months_of(case, f"{name}_months")
        stop = fixed_stop if stop_of is None else stop_of(case, f"{name}_stop")
        if rate is None or count is None or stop is None:
            return None
        first = add_months(case.applied_on, 1) if later else case.applied_on
        due = [month for month in months_from(first, int(str(count))) if month <= str(stop)]
        saw = f"{due[0]}至{due[-1]}共{len(due)}个月" if due else "没有可发月份"
        need = f"每月{trace.yuan(rate)}，最多{count}个月，最晚{stop}"
        case.trail.append(seen((name, bool(due), saw, need)))
        return tuple(PlannedInstalment(no, rate, month) for no, month in enumerate(due, 1))

    return plans
