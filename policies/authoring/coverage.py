"""Coverage: what the golden cases have shown of each policy, and what they have not.

In:    the policies, and the results of the golden cases
Out:   every sight still missing, by policy and node
Holds: covered means: every node seen true and seen false; every boundary seen from both sides,
       one day, one month or one use apart; every listed value and every row of a table by itself.
"""

from collections.abc import Iterable
from typing import NamedTuple

from policies.authoring.golden import Result
from policies.authoring.sights import Sights, sights_of
from policies.engine.versions import Policy
from policies.vocabulary.outcomes import Deny, TrailLine
from policies.vocabulary.places import lies_in


class Missed(NamedTuple):
    """Something that no golden case shows yet."""

    policy: str
    node: str
    sight: str


class Coverage(NamedTuple):
    """How many sights there are, and which of them no case shows."""

    sights: dict[str, int]
    missed: list[Missed]


def coverage(policies: Iterable[Policy], results: Iterable[Result]) -> Coverage:
    """Compare what cases have seen with what there is to see of some versions."""
    lines_of: dict[str, dict[str, Sights]] = {}
    results = list(results)
    for result in results:
        if result.outcome.policy is not None:
            nodes = lines_of.setdefault(result.outcome.policy.content_hash, {})
            for line in result.outcome.trail:
                nodes.setdefault(line[0], []).append(TrailLine(*line))
    sights: dict[str, int] = {}
    missed: list[Missed] = []
    for policy in policies:
        known = {**lines_of.get(policy.content_hash, {}), "select": _days(policy, results)}
        wanted = list(sights_of(policy))
        sights[policy.name] = len(wanted)
        missed += [
            Missed(policy.name, node, name)
            for node, name, shown in wanted
            if not shown(known.get(node, []))
        ]
    return Coverage(sights, missed)


def _days(policy: Policy, results: Iterable[Result]) -> Sights:
    """On which days cases met this version, and on which another one or none."""
    return [
        TrailLine("select", _decides(policy, result), result.claim.applied_on.isoformat(), "")
        for result in results
        if result.claim.programme == policy.text.policy
        and lies_in(result.claim.region, policy.text.jurisdiction)
    ]


def _decides(policy: Policy, result: Result) -> bool:
    outcome = result.outcome
    if outcome.policy is None or outcome.policy.content_hash != policy.content_hash:
        return False
    return not (isinstance(outcome, Deny) and outcome.code == "NO_POLICY")
