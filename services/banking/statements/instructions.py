"""Instructions: the number that a payment carries to the bank and back, found in a bank's line."""

from events.instructions import PATTERN, batch_of, instruction_in

__all__ = ["PATTERN", "batch_of", "instruction_in"]
