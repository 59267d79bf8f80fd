"""The law as data: dated policy versions, and the pure function that applies them."""

from policies.outcomes import (
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
from policies.registry import Policies, Policy
from policies.trace import render_trail

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
