"""Facts used: which facts a policy asks for, and whether they exist with the right type.

In:    a policy's text
Out:   the facts in the order in which an application states them; problems by node
"""

from collections.abc import Iterator
from pathlib import Path

from events.application_facts import FactType
from events.application_facts.checking import (
    APPLIED_ON,
    BORN_ON,
    BY_NAME,
    check_facts,
)
from policies.engine.case import MONTH
from policies.engine.nodes import (
    all_conditions,
    amounts,
    conditions,
    named_conditions,
    params,
)
from policies.reference_data.catalogues import lists_with_ages
from policies.vocabulary import (
    Age,
    Amount,
    AmountTable,
    Between,
    Cap,
    Catalogue,
    Compare,
    Condition,
    Count,
    EachMonth,
    EitherOr,
    Flag,
    Located,
    Member,
    Months,
    PayeeBy,
    Per,
    PolicyText,
    Ratio,
    Running,
    SameYear,
    StatedAmount,
    Unique,
    Used,
    Within,
)

_CATALOGUES = Path(__file__).parents[1] / "catalogues"
_CHOICES = frozenset({FactType.ENUM, FactType.ENUMS, FactType.STATUS})
_NUMBERS = frozenset({FactType.WHOLE, FactType.FEN})
_DAYS = frozenset({FactType.DATE})
_WHOLE = frozenset({FactType.WHOLE})
_AS_OF = frozenset({FactType.DATE, FactType.MONTH, FactType.MONTHS})
_KEYS = frozenset(
    {FactType.ENUM, FactType.TEXT, FactType.DATE, FactType.REGION, FactType.MONTH, FactType.WHOLE}
)
_ANY = frozenset(FactType)
_GRANDFATHER: tuple["Use", ...] = (
    ("grandfather", "running.accepted_on", _DAYS, ()),
    ("grandfather", "running.ends_on", _DAYS, ()),
)

Use = tuple[str, str, frozenset[FactType], tuple[str, ...]]
"""The node, the fact, the types that will do, and the values it is compared with."""


def facts_used(text: PolicyText) -> tuple[str, ...]:
    """The facts that a policy may ask for, each once."""
    return tuple(dict.fromkeys(fact for _, fact, _, _ in _uses(text) if fact != APPLIED_ON))


def read_by(node: Condition) -> tuple[str, ...]:
    """The facts that a condition reads."""
    return tuple(dict.fromkeys(fact for _, fact, _, _ in _condition(node)))


def fact_problems(text: PolicyText) -> Iterator[tuple[str, str]]:
    """What is wrong with the facts that a policy names, by node."""
    for node, fact, types, values in _uses(text):
        if fact == APPLIED_ON and FactType.DATE in types:
            continue
        known = BY_NAME.get(fact)
        if known is None:
            yield node, f"没有名为 {fact} 的事实"
        elif known.type not in types:
            yield node, f"{fact} 的类型是 {known.type}，这里要 {'/'.join(sorted(types))}"
        else:
            for value in values:
                if value not in known.values:
                    yield node, f"{fact} 没有“{value}”这个取值"
    yield from _silence_problems(text)
    ids = {node.id for node, _ in conditions([*text.when, *text.given])}
    for name in dict.fromkeys(named_conditions(text)):
        if name not in ids:
            yield "amount", f"when 和 given 下没有名为 {name} 的条件"


def _silence_problems(text: PolicyText) -> Iterator[tuple[str, str]]:
    """Whether silence is about facts that are asked for, and means something that they may say."""
    asked = {APPLIED_ON, *facts_used(text)}
    for rule in text.silence:
        for fact in (rule.fact, *(rule.as_ or ()), *rule.unless):
            if fact not in asked:
                yield "silence", f"没有条件、限额或金额用到 {fact}"
        for fact in rule.only:
            if fact not in BY_NAME:  # it may be one that another version of the programme asks for
                yield "silence", f"没有名为 {fact} 的事实"
        if rule.as_ is None and rule.fact in asked:
            for problem in check_facts({rule.fact: rule.means})[1]:
                yield "silence", str(problem)


def _uses(text: PolicyText) -> Iterator[Use]:
    for node, _ in conditions(all_conditions(text)):
        yield from _condition(node)
    for amount in amounts(text.amount):
        yield from _amount(amount)
    for cap in text.caps:
        yield from _cap(cap)
    for ceiling in text.ceilings:
        yield from ((ceiling.id, key, _KEYS, ()) for key in ceiling.scope)
    if text.advance:
        yield from (("advance", key, _KEYS, ()) for key in text.advance.keys)
    if text.grandfather:
        yield from _GRANDFATHER
        if text.grandfather.optional:
            yield "grandfather", "running.keep", frozenset({FactType.FLAG}), ()
    for name, ref in params(text):
        if ref.as_of != MONTH:
            yield name, ref.as_of, _AS_OF, ()
    for rule in text.silence:
        yield from (("silence", fact, _ANY, ()) for fact in (rule.as_ or ()))
    if isinstance(text.payee, PayeeBy):
        yield "payee", text.payee.by, frozenset({FactType.ENUM}), tuple(text.payee.rows)


def _amount(amount: Amount) -> Iterator[Use]:
    match amount:
        case AmountTable():
            yield amount.id, amount.by, frozenset({FactType.ENUM}), tuple(amount.rows or ())
        case StatedAmount():
            yield amount.id, amount.fact, frozenset({FactType.FEN}), ()
        case Per():
            yield amount.id, amount.count, _WHOLE, ()
        case EachMonth(months=str(months)):
            yield amount.id, months, frozenset({FactType.MONTHS}), ()
        case EachMonth(start=str(start), count=str(count)):
            yield amount.id, start, _AS_OF, ()
            yield amount.id, count, _WHOLE, ()
        case Catalogue():
            yield amount.id, amount.row, _KEYS, ()
            yield amount.id, amount.column, _KEYS, ()
        case _:
            return


def _cap(cap: Cap) -> Iterator[Use]:
    match cap:
        case Unique():
            yield from ((cap.id, key, _KEYS | {FactType.MONTHS}, ()) for key in cap.keys)
        case EitherOr():
            yield from ((cap.id, key, _KEYS, ()) for key in (*cap.keys, *cap.also))
        case Count():
            yield cap.id, cap.by, _DAYS, ()
        case Months():
            yield cap.id, cap.take, _WHOLE | {FactType.MONTHS}, ()
            if cap.without:
                yield cap.id, cap.without, frozenset({FactType.MONTHS}), ()
        case Running():
            yield cap.id, cap.key, _KEYS, ()
            yield cap.id, cap.start, _DAYS, ()
            yield cap.id, cap.end, _DAYS, ()
        case _:
            return


def _condition(node: Condition) -> Iterator[Use]:
    match node:
        case Member():
            yield node.id, node.fact, _CHOICES, tuple(node.in_ or ())
            if node.param is not None and node.param.of in lists_with_ages(_CATALOGUES):
                yield node.id, BORN_ON, _DAYS, ()
            if node.as_of:
                yield node.id, node.fact, frozenset({FactType.STATUS}), ()
                yield node.id, node.as_of, _DAYS, ()
        case Flag():
            yield node.id, node.fact, frozenset({FactType.FLAG}), ()
        case Compare():
            yield node.id, node.fact, _NUMBERS, ()
        case Ratio():
            yield node.id, node.num, _WHOLE | {FactType.FEN}, ()
            yield node.id, node.den, _WHOLE | {FactType.FEN}, ()
        case Age():
            yield node.id, node.born, _DAYS, ()
            yield node.id, node.as_of, _DAYS, ()
        case Within():
            yield node.id, node.start, _DAYS, ()
            yield node.id, node.end, _DAYS, ()
        case Between():
            yield node.id, node.fact, _AS_OF, ()
        case SameYear():
            yield node.id, node.fact, _DAYS, ()
            yield node.id, node.as_, _DAYS, ()
        case Located():
            yield node.id, node.fact, frozenset({FactType.REGION}), ()
        case Used():
            yield from ((node.id, key, _KEYS, ()) for key in node.keys)
        case _:
            return
