"""Clauses: the clauses of a decision with their verbatim text, as the version that decided has them."""

from collections.abc import Mapping

from events.contract.outbound import Clause
from events.values import ClauseSeen, PolicyRef
from policies.engine.registry import Policies
from policies.engine.trace import Node


def policy_name(policy: PolicyRef) -> str:
    """Name a version of a rule, with the beginning of its content hash."""
    return f"{policy.programme}/{policy.jurisdiction}-{policy.version}@{policy.content_hash[:12]}"


def quoted_clauses(
    policy: PolicyRef | None,
    nodes: tuple[str, ...],
    trail: tuple[ClauseSeen, ...],
    policies: Policies,
) -> tuple[Clause, ...]:
    """Quote the clauses that stand at these nodes of a policy; what the trail says they need."""
    if policy is None:
        return ()
    try:
        known: Mapping[str, Node] = policies.policy(policy.content_hash).nodes
    except KeyError:  # decided by a version that this release no longer ships
        known = {}
    needs = {node: need.lstrip("，") for node, _, _, need in trail}
    return tuple(_quoted(node, known.get(node), needs.get(node, "")) for node in nodes)


def _quoted(name: str, node: Node | None, need: str) -> Clause:
    if node is None:
        return Clause(node=name, cite="", quote="", need=need)
    return Clause(node=name, cite=node.cite, quote=node.quote, need=need or node.need)
