"""Nodes: everything in a policy that can be seen, by id, and the figures it asks for.

In:    a policy's text
Out:   its nodes in the file's order, for trails, cards, coverage and checks
Holds: an id occurs once in a file.
"""

from collections.abc import Iterator, Mapping

from policies import trace
from policies.trace import Node
from policies.vocabulary import (
    AllOf,
    Amount,
    AnyOf,
    Between,
    Branch,
    Cap,
    Compare,
    Condition,
    Flag,
    Located,
    Member,
    Monthly,
    PolicyText,
    SameYear,
    Used,
    Within,
)
from policies.windows import Window
from policies.words import Cited, ParamRef


def nodes_of(text: PolicyText, window: Window) -> dict[str, Node]:
    """Every node of a policy by id.

    Raises: ValueError when two nodes share an id
    """
    found: dict[str, Node] = {}
    select = Node(
        "select", "select", "select", 0, "申请日期", window.need, *_source(text.select, text)
    )
    for node in (select, *_all(text)):
        if node.id in found:
            raise ValueError(f"two nodes are called {node.id!r}")
        found[node.id] = node
    return found


def conditions(nodes: list[Condition], depth: int = 0) -> Iterator[tuple[Condition, int]]:
    """Conditions and all below them, in the file's order, with their depth."""
    for node in nodes:
        yield node, depth
        if isinstance(node, AllOf | AnyOf):
            yield from conditions(node.of, depth + 1)


def amounts(node: Amount) -> Iterator[Amount]:
    """An amount and all below it."""
    yield node
    if isinstance(node, Branch):
        for case in node.cases:
            yield from amounts(case.then)
        yield from amounts(node.else_)
    elif isinstance(node, Monthly):
        yield from amounts(node.rate)


def amount_ids(text: PolicyText) -> Iterator[str]:
    """The ids under which an amount leaves its trail."""
    for amount in amounts(text.amount):
        if isinstance(amount, Monthly):
            yield from (amount.id, f"{amount.id}_months", f"{amount.id}_stop")
        elif not isinstance(amount, Branch):
            yield amount.id


def params(text: PolicyText) -> Iterator[tuple[str, ParamRef]]:
    """Every parameter reference with the id of its node."""
    for node, _ in conditions([*text.when, *text.refer]):
        if isinstance(node, Compare | Within) and node.param:
            yield node.id, node.param
    for cap in text.caps:
        if cap.kind == "count" and cap.param:
            yield cap.id, cap.param
    for amount in amounts(text.amount):
        if isinstance(amount, Monthly):
            yield f"{amount.id}_months", amount.months
            if amount.stop_param:
                yield f"{amount.id}_stop", amount.stop_param
        elif not isinstance(amount, Branch) and amount.kind != "flat" and amount.param:
            yield amount.id, amount.param


def figures_used(text: PolicyText) -> tuple[str, ...]:
    """The names of the dated figures that a policy asks for."""
    return tuple(sorted({ref.of for _, ref in params(text)}))


def _all(text: PolicyText) -> Iterator[Node]:
    inherited: dict[str, str] = {}
    for section, roots in (("when", text.when), ("refer", text.refer)):
        for node, depth in conditions(roots):
            if isinstance(node, AllOf | AnyOf):
                source = (node.cite or "", "", "")
                inherited.update((inner.id, node.cite) for inner in node.of if node.cite)
            else:
                source = _source(node, text, inherited.get(node.id))
            yield Node(node.id, node.kind, section, depth, _label(node), "", *source)
    for cap in text.caps:
        yield Node(cap.id, cap.kind, "caps", 0, _cap_label(cap), "", *_source(cap, text))
    for amount in amounts(text.amount):
        if isinstance(amount, Branch):
            continue
        source = _source(amount, text)
        yield Node(amount.id, amount.kind, "amount", 0, "金额", "", *source)
        if isinstance(amount, Monthly):
            yield Node(f"{amount.id}_months", "figure", "amount", 0, "月数", "", *source)
            yield Node(f"{amount.id}_stop", "figure", "amount", 0, "最晚月份", "", *source)


def _source(cited: Cited, text: PolicyText, above: str | None = None) -> tuple[str, str, str]:
    notes: Mapping[str, str] = {note.id: note.note for note in text.assume}
    note = notes.get(cited.assume, cited.assume) if cited.assume else ""
    return cited.cite or above or text.cite, cited.quote or "", note


def _label(node: Condition) -> str:
    match node:
        case AllOf() | AnyOf():
            return ""
        case Within():
            return f"{trace.label(node.start)}/{trace.label(node.end)}"
        case SameYear():
            return f"{trace.label(node.fact)}/{trace.label(node.as_)}"
        case Used():
            return "、".join(map(trace.label, node.keys))
        case Member() | Flag() | Compare() | Between() | Located():
            return trace.label(node.fact)


def _cap_label(cap: Cap) -> str:
    return "、".join(map(trace.label, cap.keys)) if cap.kind == "unique" else "享受次数"
