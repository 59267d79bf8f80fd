"""clauses: a decision's trail as people read it: every clause with its quote, what was seen,
what was needed.

In:   the trail of a decision, the policy that decided it (by content hash)
Out:  clauses in the order of the policy's file
Holds: a clause under an alternative that another one satisfied is told, and is no failure
"""

from collections.abc import Iterable
from typing import NamedTuple

from events.values import ClauseSeen
from policies.engine import trace
from policies.engine.versions import Policy
from policies.vocabulary.outcomes import TrailLine


class TrailClause(NamedTuple):
    """One clause of a trail; `verdict` is met, failed, open, judge or unused."""

    node: str
    section: str
    depth: int
    verdict: str
    sentence: str
    cite: str
    quote: str
    assume: str
    group: bool = False


_VERDICTS = {"✓": "met", "✗": "failed", "?": "open", "!": "judge"}


def clauses(policy: Policy | None, trail: Iterable[ClauseSeen]) -> list[TrailClause]:
    """Tell every clause of a trail; without its policy's text, what the fact itself carries."""
    seen = {item.id: item for item in (TrailLine._make(entry) for entry in trail)}
    if policy is None:
        return [_bare(item) for item in seen.values()]
    listed = []
    unused_from: int | None = None
    alternatives: list[int] = []
    for node in policy.nodes.values():
        item = seen.pop(node.id, None)
        if item is None:
            continue
        if unused_from is not None and node.depth <= unused_from:
            unused_from = None
        alternatives = [depth for depth in alternatives if depth < node.depth]
        verdict = _VERDICTS[trace.mark(node, item)]
        is_alternative = bool(alternatives) and node.depth == alternatives[-1] + 1
        if unused_from is None and is_alternative and verdict in ("failed", "open"):
            unused_from = node.depth
        if unused_from is not None:
            verdict = "unused"
        if node.kind == "any" and item.ok is True:
            alternatives.append(node.depth)
        listed.append(
            TrailClause(
                node.id,
                node.section,
                node.depth,
                verdict,
                trace.sentence(node, item),
                node.cite.replace("#", " "),
                node.quote,
                node.assume,
                node.kind in ("all", "any"),
            )
        )
    return listed + [_bare(item) for item in seen.values()]


def _bare(item: TrailLine) -> TrailClause:
    verdict = "open" if item.ok is None else "met" if item.ok else "failed"
    if beside := trace.BESIDE.get(item.id):
        said = trace.sentence(beside, item)
        return TrailClause(item.id, "", 0, verdict, said, "", "", "")
    saw = "" if item.saw is None else f"{item.saw}；"
    return TrailClause(item.id, "", 0, verdict, f"{item.id}：{saw}{item.need}", "", "", "")
