"""Instructions: the number that a payment carries to the bank and back.

Holds: an instruction is the batch's eleven characters and a line number of five digits.
"""

import re

PATTERN = "B[0-9]{6}[0-9A-Z]{4}[0-9]{5}"
"""How an instruction looks, to Python and to PostgreSQL alike."""

_FOUND = re.compile(PATTERN)


def instruction_in(reference: str, purpose: str) -> str | None:
    """Find the instruction that a bank's line names, in its reference first."""
    found = _FOUND.search(reference) or _FOUND.search(purpose)
    return found.group() if found else None


def batch_of(instruction: str) -> str:
    """Tell the batch that an instruction belongs to."""
    return instruction[:11]
