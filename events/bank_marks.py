"""Bank marks: what a line of the bank says of whose it is, in one writing.

In:   the line's reference and purpose, as the bank wrote them
Out:  the instruction, the batch or the reference by which the books may know it
Holds: a line has one mark at most: its instruction, else its batch, else its reference.
"""

from typing import NamedTuple

from events.ids import batch_in, batch_of, instruction_in, plain_writing

RETURN_WORDS = ("退票", "退汇", "退回")
"""What banks write where money that they had paid comes back."""


class BankMarks(NamedTuple):
    """The marks of one line; `batch` is also the batch of its instruction."""

    instruction: str | None
    batch: str | None
    reference: str
    says_return: bool


def marks_of(reference: str, purpose: str) -> BankMarks:
    """Read the marks of a line."""
    instruction = instruction_in(reference, purpose)
    batch = batch_of(instruction) if instruction else batch_in(reference, purpose)
    says_return = any(word in reference or word in purpose for word in RETURN_WORDS)
    return BankMarks(instruction, batch, "" if batch else plain_writing(reference), says_return)
