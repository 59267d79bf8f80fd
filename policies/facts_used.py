"""Facts used: which facts a policy asks for, and whether they exist with the right type.

In:    a policy's text
Out:   the facts in the order in which an application states them; problems by node
"""

from collections.abc import Iterator

from events.fact_names import FactType
from events.facts import APPLIED_ON, BY_NAME
from policies.nodes import amounts, conditions, params
from policies.vocabulary import (
    Between,
    Compare,
    Condition,
    Flag,
    Located,
    Member,
    PayeeBy,
    PolicyText,
    SameYear,
    Table,
    Used,
    Within,
)

_CHOICES = frozenset({FactType.ENUM, FactType.ENUMS, FactType.STATUS})
_NUMBERS = frozenset({FactType.WHOLE, FactType.FEN})
_DAYS = frozenset({FactType.DATE})
_KEYS = frozenset({FactType.ENUM, FactType.TEXT, FactType.DATE, FactType.REGION})

Use = tuple[str, str, frozenset[FactType], tuple[str, ...]]
"""The node, the fact, the types that will do, and the values it is compared with."""


def facts_used(text: PolicyText) -> tuple[str, ...]:
    """The facts that a policy may ask for, each once."""
    return tuple(dict.fromkeys(fact for _, fact, _, _ in _uses(text) if fact != APPLIED_ON))


def fact_problems(text: PolicyText) -> Iterator[tuple[str, str]]:
    """What is wrong with the facts that a policy names, by node."""
    for node, fact, types, values in _uses(text):
        if fact == APPLIED_ON and FactType.DATE in types:
            continue
        known = BY_NAME.get(fact)
        if known is None:
            yield node, f"there is no fact {fact}"
        elif known.type not in types:
            yield node, f"{fact} is {known.type}, this needs {'/'.join(sorted(types))}"
        else:
            for value in values:
                if value not in known.values:
                    yield node, f"{fact} has no value {value}"
    ids = {node.id for node, _ in conditions(text.when)}
    for amount in amounts(text.amount):
        if amount.kind == "branch":
            for case in amount.cases:
                if case.if_ not in ids:
                    yield "amount", f"no condition under when is called {case.if_}"


def _uses(text: PolicyText) -> Iterator[Use]:
    for node, _ in conditions([*text.when, *text.refer]):
        yield from _condition(node)
    for amount in amounts(text.amount):
        if isinstance(amount, Table):
            yield amount.id, amount.by, frozenset({FactType.ENUM}), tuple(amount.rows or ())
    for cap in text.caps:
        if cap.kind == "unique":
            yield from ((cap.id, key, _KEYS, ()) for key in cap.keys)
        elif cap.kind == "count":
            yield cap.id, cap.by, _DAYS, ()
    for name, ref in params(text):
        yield name, ref.as_of, _DAYS, ()
    if isinstance(text.payee, PayeeBy):
        yield "payee", text.payee.by, frozenset({FactType.ENUM}), tuple(text.payee.rows)


def _condition(node: Condition) -> Iterator[Use]:
    match node:
        case Member():
            yield node.id, node.fact, _CHOICES, tuple(node.in_)
            if node.as_of:
                yield node.id, node.fact, frozenset({FactType.STATUS}), ()
                yield node.id, node.as_of, _DAYS, ()
        case Flag():
            yield node.id, node.fact, frozenset({FactType.FLAG}), ()
        case Compare():
            yield node.id, node.fact, _NUMBERS, ()
        case Within():
            yield node.id, node.start, _DAYS, ()
            yield node.id, node.end, _DAYS, ()
        case Between():
            yield node.id, node.fact, _DAYS, ()
        case SameYear():
            yield node.id, node.fact, _DAYS, ()
            yield node.id, node.as_, _DAYS, ()
        case Located():
            yield node.id, node.fact, frozenset({FactType.REGION}), ()
        case Used():
            yield from ((node.id, key, _KEYS, ()) for key in node.keys)
        case _:
            return
