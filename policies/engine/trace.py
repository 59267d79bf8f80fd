"""Trace: say in Chinese what each node needs and what it saw.

In:    the nodes of a policy and the `TrailLine` of an evaluation
Out:   one line per node, with clause and verbatim quote
Holds: one template per kind; the same words serve trails, policy cards and refusals.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import starmap
from typing import NamedTuple, Protocol

from events.application_facts.checking import APPLIED_ON, BY_NAME
from events.money import plain_yuan
from events.values import ClauseSeen
from policies.reference_data.regions import published_regions
from policies.vocabulary.outcomes import TrailLine

JUDGED = "refer"


class Node(NamedTuple):
    """One node of a policy as people read it."""

    id: str
    kind: str
    section: str
    depth: int
    label: str
    need: str
    cite: str
    quote: str
    assume: str


class HasNodes(Protocol):
    """What has nodes by their id: a policy version."""

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes of the version, by id."""


KEPT, KNOWN, PAYEE = "grandfather", "known", "payee"
"""Lines of a trail that no node of the version stands for: they are about the ledger's own record
and about who is paid."""

BESIDE: Mapping[str, Node] = {
    name: Node(name, name, "beside", 0, words, "", "", "", "")
    for name, words in ((KEPT, "在享政策受理日期"), (KNOWN, "台账记录"), (PAYEE, "收款人"))
}


def label(fact: str) -> str:
    """A fact's Chinese name."""
    return "申请日期" if fact == APPLIED_ON else BY_NAME[fact].label


def unit(fact: str) -> str:
    """The unit in which a fact is counted, or nothing."""
    return "" if fact == APPLIED_ON else BY_NAME[fact].unit


def programme(family: str) -> str:
    """A programme that another one names: its id, in the words of the books."""
    return f"〔{family}〕"


@cache
def missing(fact: str) -> str:
    """What is lacking, for the person who must supply it."""
    return f"缺少申报事实：{label(fact)}（{fact}）"


def contradicted(fact: str, words: str) -> str:
    """A fact of which the ledger's own record says otherwise."""
    return f"申报的{label(fact)}与台账记录不符：{words}"


def on_record(words: str) -> str:
    """What the ledger's own record says, beside what a clause needs."""
    return f"（台账记录：{words}）"


def missing_status(fact: str, day: str) -> str:
    """A dated status that says nothing about the day that counts."""
    return f"缺少申报事实：{label(fact)}（{fact}）未说明 {day} 的状态"


def not_stated(figure: str, name: str, day: str) -> str:
    """A figure that no source states."""
    return f"{figure}（{name}）{day} 无规定，待市里确定"


def window(start: str, end: str) -> str:
    """A span of days, both included, open where a side is empty."""
    return f"{start}起" if not end else f"截至{end}" if not start else f"{start}至{end}"


def place(code: str, regions: Mapping[str, str] | None = None) -> str:
    """A region by name and code; `regions` names those that are known, or else what is published."""
    names = published_regions() if regions is None else regions
    return f"{names[code]}（{code}）" if code in names else code


@lru_cache(maxsize=16_384)
def yuan(fen: int) -> str:
    """Money for people: ``1500.00元``."""
    return f"{plain_yuan(fen)}元"


def render_line(node: Node, line: TrailLine) -> str:
    """One node of a trail with its clause."""
    return f"{'  ' * node.depth}{mark(node, line)} {line.id}：{sentence(node, line)}{source(node)}"


def source(node: Node) -> str:
    """The clause and the verbatim quote, or the convention that stands in for it."""
    if node.quote:
        return f" —— {node.cite}「{node.quote}」"
    return f" —— 约定：{node.assume}" if node.assume else ""


def render_trail(policy: HasNodes, trail: Iterable[ClauseSeen]) -> list[str]:
    """Every node that was looked at, in the file's order, with clause and quote."""
    lines = starmap(TrailLine, trail)
    return [render_line(policy.nodes.get(line.id) or BESIDE[line.id], line) for line in lines]


def mark(node: Node, line: TrailLine) -> str:
    """✓ holds, ✗ does not, ? nobody can tell, ! a person must judge."""
    if line.ok is None:
        return "?"
    if node.section == JUDGED:
        return "!" if line.ok else "✓"
    return "✓" if line.ok else "✗"


def sentence(node: Node, line: TrailLine) -> str:
    """What was seen against what was needed, by kind."""
    if line.ok is None and node.kind not in ("all", "any"):
        return line.need
    saw = "、".join(line.saw) if isinstance(line.saw, list) else line.saw
    match node.kind:
        case "all" | "any":
            return line.need
        case "flag":
            return f"{node.label}：{'是' if line.saw else '否'}，应为{line.need}"
        case "within" | "same_year":
            start, _, end = str(saw).partition("/")
            first, _, then = node.label.partition("/")
            return f"{first} {start}，{then} {end}，{line.need}"
        case "count" | "lifetime":
            period, _, limit = line.need.partition("上限")
            return f"{period}已享受{saw}次，上限{limit}"
        case "months":
            return f"累计{saw}个月，{line.need}"
        case "either_or" | "running":
            return f"{saw}，{line.need}"
        case "unique" | "used":
            return f"{saw} {'已' if line.ok == (node.kind == 'used') else '未'}享受，{line.need}"
        case "ratio" | "age":
            return f"{node.label} {saw}，应{line.need}"
        case "compare" if line.need.endswith("元"):
            return f"{node.label} {yuan(int(str(saw)))}，应为{line.need}"
        case _ if node.section == "beside":
            return f"{node.label} {saw}{line.need}"
        case _ if node.section in ("amount", "fund"):
            return f"{saw}，{line.need}"
        case _:
            return f"{node.label} {saw}，应为{line.need}"
