"""The law as data: dated policy versions, and the pure function that applies them."""

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
    PlannedInstalment,
    PolicyRef,
    Refer,
    Seen,
    Slot,
)

__all__ = [
    "Claim",
    "Counters",
    "Deny",
    "Grant",
    "NothingUsed",
    "Outcome",
    "PlannedInstalment",
    "Policies",
    "Policy",
    "PolicyRef",
    "Refer",
    "Seen",
    "Slot",
    "render_trail",
]
