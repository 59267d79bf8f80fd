"""The law as data: dated policy versions, and the pure function that applies them."""

from events.values import PolicyRef
from policies.engine.registry import Policies
from policies.engine.trace import render_trail
from policies.engine.versions import Policy
from policies.vocabulary.outcomes import (
    Claim,
    Counters,
    Deny,
    Grant,
    NothingUsed,
    Outcome,
    PlanPart,
    Refer,
    Slot,
    TrailLine,
)

__all__ = [
    "Claim",
    "Counters",
    "Deny",
    "Grant",
    "NothingUsed",
    "Outcome",
    "PlanPart",
    "Policies",
    "Policy",
    "PolicyRef",
    "Refer",
    "Slot",
    "TrailLine",
    "render_trail",
]
