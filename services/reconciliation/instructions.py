"""Instructions: the number that a payment carries to the bank and back, found in a bank's line."""

import re

from events.instructions import PATTERN, batch_of

__all__ = ["PATTERN", "batch_of", "instruction_in"]

_FOUND = re.compile(PATTERN)


def instruction_in(reference: str, purpose: str) -> str | None:
    """Find the instruction that a bank's line names, in its reference first."""
    found = _FOUND.search(reference) or _FOUND.search(purpose)
    return found.group() if found else None
