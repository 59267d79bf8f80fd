"""Instructions: how one payment order to a bank is named, and what its name tells.

Holds: an instruction's id is its batch's number and its line's number in it, 16 characters of
       digits and capitals, so it survives whole in a bank's shortest reference field.
"""

import re

from events.canonical import is_number

BATCH_LENGTH = 11
"""Characters of a batch's number: ``B``, yymmdd, four places."""

LINE_DIGITS = 5
"""Digits of a line's number in its batch."""

BATCH_PATTERN = r"B[0-9]{6}[0-9A-Z]{4}"
PATTERN = BATCH_PATTERN + rf"[0-9]{{{LINE_DIGITS}}}"

_FOUND = re.compile(PATTERN)


def is_batch_number(text: str) -> bool:
    """Tell whether this is a batch's number as we give them out."""
    return re.fullmatch(BATCH_PATTERN, text) is not None


def instruction_id(batch: str, line_no: int) -> str:
    """Name the instruction of a batch's line."""
    return f"{batch}{line_no:0{LINE_DIGITS}d}"


def batch_of(instruction: str) -> str:
    """Tell the batch by an instruction's id alone."""
    return instruction[:BATCH_LENGTH]


def line_no_of(instruction: str) -> int | None:
    """Tell the line's number by an instruction's id, None where its end is no number."""
    number = instruction[-LINE_DIGITS:]
    return int(number) if is_number(number) else None


def instruction_in(reference: str, purpose: str) -> str | None:
    """Find the instruction that a bank's line names, in its reference first."""
    found = _FOUND.search(reference) or _FOUND.search(purpose)
    return found.group() if found else None
