"""Instructions: the number that a payment carries to the bank and back, found in a bank's line."""

from events.ids import INSTRUCTION_PATTERN, batch_of, instruction_in

__all__ = ["INSTRUCTION_PATTERN", "batch_of", "instruction_in"]
