"""Money: what each kind of amount comes to, exactly.

In:    an amount of a policy, the dated figures of one region, a case
Out:   fen or an exact fraction of it; 0 where nothing is due; None where nobody can tell
Holds: every part of an amount leaves a line of the trail.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar, assert_never, cast

from policies.engine import trace
from policies.engine.case import Case, Figures, read_figure
from policies.engine.exact import Money, words
from policies.engine.monthly_rate import sum_over_months
from policies.vocabulary import (
    Amount,
    AmountSum,
    AmountTable,
    Branch,
    Catalogue,
    EachMonth,
    Flat,
    Least,
    Monthly,
    Per,
    Standard,
    StatedAmount,
    Times,
    Unresolved,
)
from policies.vocabulary.words import ParamRef, fraction

_T = TypeVar("_T")


def branch(
    cases: tuple[tuple[str, Callable[[Case], _T | None]], ...], other: Callable[[Case], _T | None]
) -> Callable[[Case], _T | None]:
    def choose(case: Case) -> _T | None:
        for condition, then in cases:
            holds = case.noted[condition]
            if holds:
                return then(case)
            if holds is None:
                case.doubts.append(condition)
                return None
        return other(case)

    return choose


def money_of(node: Amount, figures: Figures) -> Money:
    match node:
        case Flat():
            return _flat(node)
        case AmountTable():
            return _table(node, figures)
        case Standard():
            return _standard(node, figures)
        case StatedAmount():
            return _stated(node)
        case Unresolved():
            return _unresolved(node)
        case AmountSum():
            return _sum(tuple(money_of(inner, figures) for inner in node.of))
        case Least():
            return _least(node, tuple(money_of(inner, figures) for inner in node.of))
        case Times():
            return _times(node, money_of(node.of, figures), figures)
        case Per():
            return _per(node, money_of(node.of, figures))
        case EachMonth():
            return sum_over_months(node, money_of(node.rate, figures), figures)
        case Catalogue():
            return _catalogue(node, figures)
        case Branch():
            return branch(
                tuple((case.if_, money_of(case.then, figures)) for case in node.cases),
                money_of(node.else_, figures),
            )
        case Monthly():
            raise ValueError("按月计的金额只能单独写，或写在最外层的分支里")
        case _:
            assert_never(node)


def _flat(node: Flat) -> Money:
    fen = node.value * 100
    line = (node.id, True, "定额", trace.yuan(fen))

    def money(case: Case) -> int | None:
        case.trail.append(line)
        return fen

    return money


def _standard(node: Standard, figures: Figures) -> Money:
    name, read, label = node.id, read_figure(node.param, figures), figures[node.param.of].label

    def money(case: Case) -> int | None:
        fen: int | None = read(case, name)  # type: ignore[assignment]  # money is whole
        if fen is None:
            return None
        case.trail.append((name, True, label, trace.yuan(fen)))
        return fen

    return money


def _table(node: AmountTable, figures: Figures) -> Money:
    name, fact = node.id, node.by
    fixed = {key: yuan * 100 for key, yuan in node.rows.items()} if node.rows else None
    read: Callable[[Case, str], dict[str, int] | None] | None = (
        read_figure(node.param, figures) if node.param else None  # type: ignore[assignment]
    )

    def money(case: Case) -> int | None:
        value = case.facts.get(fact)
        if value is None:
            case.lacks(name, fact)
            return None
        rows = fixed if read is None else read(case, name)
        if rows is None:
            return None
        fen = rows.get(str(value), 0)
        need = trace.yuan(fen) if fen else f"标准只列{'、'.join(rows)}"
        case.trail.append((name, fen > 0, value, need))
        return fen

    return money


def _stated(node: StatedAmount) -> Money:
    name, fact = node.id, node.fact
    label = trace.label(fact)

    def money(case: Case) -> int | None:
        fen: int | None = case.facts.get(fact)  # type: ignore[assignment]  # money is whole
        if fen is None:
            case.lacks(name, fact)
            return None
        case.trail.append((name, fen != 0, label, trace.yuan(fen)))
        return fen

    return money


def _unresolved(node: Unresolved) -> Money:
    def money(case: Case) -> None:
        case.gap(node.id, "NOT_STATED", node.reason)

    return money


def _sum(of: tuple[Money, ...]) -> Money:
    def money(case: Case) -> Fraction | int | None:
        values = [part(case) for part in of]
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    return money


def _least(node: Least, of: tuple[Money, ...]) -> Money:
    name = node.id

    def money(case: Case) -> Fraction | int | None:
        values = [part(case) for part in of]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        least = min(known)
        place = known.index(least) + 1
        case.trail.append((name, least > 0, f"第{place}项{words(least)}", "取其低者"))
        return least

    return money


def _times(node: Times, of: Money, figures: Figures) -> Money:
    name, fixed = node.id, fraction(node.by) if node.by else None
    read: Callable[[Case, str], Fraction | None] | None = (
        read_figure(node.param, figures) if node.param else None  # type: ignore[assignment]
    )

    def money(case: Case) -> Fraction | int | None:
        base = of(case)
        by = fixed if read is None else read(case, name)
        if base is None or by is None:
            return None
        exact = _product(base, by)
        case.trail.append((name, base > 0, f"{words(base)}×{by}", words(exact)))
        return exact

    return money


def _product(base: Fraction | int, by: Fraction) -> Fraction | int:
    """A part of an amount, whole where it comes out whole, which most do and costs a tenth."""
    if isinstance(base, int):
        whole, rest = divmod(base * by.numerator, by.denominator)
        if not rest:
            return whole
    return base * by


def _per(node: Per, of: Money) -> Money:
    name, fact, most, unit = node.id, node.count, node.max, trace.unit(node.count)
    limit = "" if most is None else f"，最多{most}{unit}"

    def money(case: Case) -> Fraction | int | None:
        rate = of(case)
        count = case.facts.get(fact)
        if count is None:
            case.lacks(name, fact)
            return None
        if rate is None:
            return None
        stated: int = count  # type: ignore[assignment]  # what is counted is whole
        paid = stated if most is None else min(stated, most)
        need = f"每{unit or '项'}{words(rate)}{limit}"
        case.trail.append((name, paid > 0, stated, need))
        return rate * paid

    return money


def _catalogue(node: Catalogue, figures: Figures) -> Money:
    """A cell of a table: blank is denied, a row that is not there is not stated."""
    name, row_fact, column_fact = node.id, node.row, node.column
    label = figures[catalogue_figure(node)].label
    read = read_figure(ParamRef(of=catalogue_figure(node)), figures)

    def money(case: Case) -> int | None:
        row, column = case.facts.get(row_fact), case.facts.get(column_fact)
        if row is None or column is None:
            case.lacks(name, row_fact if row is None else column_fact)
            return None
        table = cast("dict[str, dict[str, int]] | None", read(case, name))
        if table is None:
            return None
        cells = table.get(str(row))
        if cells is None:
            case.gap(name, "NOT_STATED", f"《{label}》没有 {row}，标准未列")
            return None
        fen = cells.get(str(column), 0)
        need = trace.yuan(fen) if fen else f"该职业只列{'、'.join(cells)}"
        case.trail.append((name, fen > 0, f"{row}/{column}", need))
        return fen

    return money


def catalogue_figure(node: Catalogue) -> str:
    """The name under which a catalogue stands among the figures."""
    return f"catalogue.{node.of}"
