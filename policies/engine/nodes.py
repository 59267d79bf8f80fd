"""Nodes: everything in a policy that can be seen, by id, and the figures it asks for.

In:    a policy's text
Out:   its nodes in the file's order, for trails, cards, coverage and checks
Holds: an id occurs once in a file.
"""

from collections.abc import Iterator, Mapping

from policies.engine import trace
from policies.engine.explain import ADVANCE
from policies.engine.money import catalogue_figure
from policies.engine.parts import branch_conditions, parts
from policies.engine.trace import Node
from policies.engine.windows import Window
from policies.vocabulary import (
    Age,
    AllOf,
    Amount,
    AmountSum,
    AmountTable,
    AnyOf,
    Between,
    Branch,
    Cap,
    Catalogue,
    Compare,
    Condition,
    Count,
    EitherOr,
    Flag,
    Located,
    Member,
    Monthly,
    Months,
    PolicyText,
    Ratio,
    Running,
    SameYear,
    Standard,
    Times,
    Unique,
    Used,
    Within,
)
from policies.vocabulary.words import Cited, ParamRef


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
            raise ValueError(f"有两处都叫 {node.id}")
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
    for inner in parts(node):
        yield from amounts(inner)


def amount_ids(text: PolicyText) -> Iterator[str]:
    """The ids under which an amount leaves its trail."""
    for amount in amounts(text.amount):
        if isinstance(amount, Monthly):
            yield from (amount.id, f"{amount.id}_months", f"{amount.id}_stop")
        elif not isinstance(amount, Branch | AmountSum):
            yield amount.id


def params(text: PolicyText) -> Iterator[tuple[str, ParamRef]]:
    """Every parameter reference with the id of its node."""
    for node, _ in conditions(all_conditions(text)):
        if isinstance(node, Member | Compare | Ratio | Within) and node.param:
            yield node.id, node.param
    for cap in text.caps:
        if isinstance(cap, Count | Months) and cap.param:
            yield cap.id, cap.param
        for longer in cap.extended if isinstance(cap, Months) else ():
            if longer.param:
                yield cap.id, longer.param
    for amount in amounts(text.amount):
        if isinstance(amount, Monthly):
            yield f"{amount.id}_months", amount.months
            if amount.stop_param:
                yield f"{amount.id}_stop", amount.stop_param
        elif isinstance(amount, Catalogue):
            yield amount.id, ParamRef(of=catalogue_figure(amount))
        elif isinstance(amount, AmountTable | Standard | Times) and amount.param:
            yield amount.id, amount.param


def all_conditions(text: PolicyText) -> list[Condition]:
    """Every condition of a file, also those that choose the version."""
    narrowing = [node for old in text.supersedes for node in old.for_]
    return [*narrowing, *text.when, *text.given, *text.refer]


def named_conditions(text: PolicyText) -> Iterator[str]:
    """The ids of conditions on which something else in the file depends."""
    yield from branch_conditions(text.amount)
    for cap in text.caps:
        if cap.only_if:
            yield cap.only_if
        if isinstance(cap, Months):
            yield from (longer.if_ for longer in cap.extended)
    yield from (case.if_ for case in text.fund.cases)
    if text.advance:
        yield text.advance.if_


def figures_used(text: PolicyText) -> tuple[str, ...]:
    """The names of the dated figures that a policy asks for."""
    return tuple(sorted({ref.of for _, ref in params(text)}))


def _all(text: PolicyText) -> Iterator[Node]:
    inherited: dict[str, str] = {}
    narrowing = [node for old in text.supersedes for node in old.for_]
    for section, roots in (
        ("select", narrowing),
        ("when", text.when),
        ("given", text.given),
        ("refer", text.refer),
    ):
        for node, depth in conditions(roots):
            if isinstance(node, AllOf | AnyOf):
                source = (node.cite or "", "", "")
                inherited.update((inner.id, node.cite) for inner in node.of if node.cite)
            else:
                source = _source(node, text, inherited.get(node.id))
            yield Node(node.id, node.kind, section, depth, _label(node), "", *source)
    if text.grandfather:
        source = _source(text.grandfather, text)
        yield Node("grandfather", "grandfather", "select", 0, "原政策", "", *source)
    for cap in text.caps:
        yield Node(cap.id, cap.kind, "caps", 0, _cap_label(cap), "", *_source(cap, text))
    if text.advance:
        source = _source(text.advance, text)
        yield Node(ADVANCE, "unique", "caps", 0, "预拨", "", *source)
    for ceiling in text.ceilings:
        yield Node(ceiling.id, "ceiling", "caps", 0, "共同上限", "", *_source(ceiling, text))
    if text.fund.cases:
        yield Node("fund", "fund", "fund", 0, "资金", "", *_source(text.fund, text))
    for amount in amounts(text.amount):
        if isinstance(amount, Branch | AmountSum):
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
        case Ratio():
            return f"{trace.label(node.num)}/{trace.label(node.den)}"
        case Age():
            return f"{trace.label(node.as_of)}年龄"
        case Used():
            return "、".join(map(trace.label, node.keys))
        case Member() | Flag() | Compare() | Between() | Located():
            return trace.label(node.fact)


def _cap_label(cap: Cap) -> str:
    match cap:
        case Unique():
            return "、".join(map(trace.label, cap.keys))
        case Months():
            return "享受月数"
        case EitherOr():
            return "不重复享受"
        case Running():
            return trace.label(cap.key)
        case _:
            return "享受次数"
