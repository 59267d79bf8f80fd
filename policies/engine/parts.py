"""Parts: what an amount of a policy is made of.

In:    an amount
Out:   the amounts inside it, and the conditions on which it branches
"""

from collections.abc import Iterator

from policies.vocabulary import (
    Amount,
    AmountSum,
    Branch,
    EachMonth,
    Least,
    Monthly,
    Per,
    Times,
)


def branch_conditions(node: Amount) -> Iterator[str]:
    """The ids of the conditions on which an amount branches."""
    if isinstance(node, Branch):
        yield from (case.if_ for case in node.cases)
    for inner in parts(node):
        yield from branch_conditions(inner)


def parts(node: Amount) -> tuple[Amount, ...]:
    """The amounts directly inside an amount."""
    match node:
        case Branch():
            return (*(case.then for case in node.cases), node.else_)
        case AmountSum() | Least():
            return tuple(node.of)
        case Times() | Per():
            return (node.of,)
        case EachMonth() | Monthly():
            return (node.rate,)
        case _:
            return ()


def leaves(node: Amount) -> Iterator[Amount]:
    """What an amount branches into."""
    if isinstance(node, Branch):
        for inner in parts(node):
            yield from leaves(inner)
    else:
        yield node


def all_parts(node: Amount) -> Iterator[Amount]:
    """An amount and everything inside it."""
    yield node
    for inner in parts(node):
        yield from all_parts(inner)
