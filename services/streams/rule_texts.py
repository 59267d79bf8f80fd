"""Rule texts: what a decision cites by hash and its partition has not kept yet.

In:   the facts of one command, the texts that the partition has, the policies that it goes by
Out:  RuleTextRecorded, the policy before its figures
Holds: pure; it depends on the partition's own facts and policies alone, so it is found alike again.
       What was decided under other figures than the partition goes by now was kept then
"""

from collections.abc import Iterable

from events.applications import CorrectApplication, DecideApplication
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from events.envelope import Asked, Recorded
from events.rule_texts import RuleTextRecorded
from policies.engine.registry import Policies

FIRST_ORDINAL = 2_000_000
"""Where the ordinals of rule texts begin, so that none of their ids equals another fact's."""

_CITE = frozenset({ApprovalProposed, ApprovalDenied, ApprovalReferred})


def not_kept(
    facts: Iterable[Recorded], asked: Asked, kept: set[str], policies: Policies
) -> list[RuleTextRecorded]:
    """The texts that these facts cite first in their partition; none, as a rule."""
    found: list[RuleTextRecorded] = []
    for recorded in facts:
        fact = recorded.body
        if type(fact) not in _CITE:
            continue
        policy = fact.policy  # type: ignore[attr-defined]
        if policy is None or (policy.bundle_hash in kept and policy.content_hash in kept):
            continue
        assert isinstance(fact, ApprovalProposed | ApprovalDenied | ApprovalReferred)
        text = policies.text_of(policy.content_hash)
        if text is not None and policy.content_hash not in kept:
            found.append(RuleTextRecorded(kind="policy", hash=policy.content_hash, text=text))
        region = _region_of(fact, asked)
        bundle = policies.bundle_of(policy, region) if region else None
        if bundle is not None and policy.bundle_hash not in kept:
            found.append(RuleTextRecorded(kind="figures", hash=policy.bundle_hash, text=bundle))
    return found


def _region_of(fact: ApprovalProposed | ApprovalDenied | ApprovalReferred, asked: Asked) -> str:
    if isinstance(fact, ApprovalProposed):
        return fact.region
    command = asked.body
    if isinstance(command, DecideApplication | CorrectApplication):
        return command.stated.region
    return ""
