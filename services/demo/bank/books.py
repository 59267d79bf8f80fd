"""Bank books: what the invented bank has booked, and what it has booked wrongly."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from events.values import Document

BankMistakeKind = Literal["missing_at_bank", "duplicate", "amount", "unknown_at_bank"]


class BankBooking(Document):
    """One line of the bank's books; it came in where positive."""

    account: str
    booked_on: date
    amount: int
    reference: str
    purpose: str


class BankMistake(Document):
    """What is wrong with a statement, and where it must be found."""

    kind: BankMistakeKind
    account: str
    instruction: str | None
    difference: int


class BankBooks(BaseModel):
    """What the bank keeps between two runs; in its file a field has the name of its alias."""

    booked: list[BankBooking] = Field(default_factory=list)
    paid: dict[str, BankBooking] = Field(default_factory=dict)
    """By instruction; on no statement yet."""
    returned: dict[str, BankBooking] = Field(default_factory=dict)
    """By instruction; paid, and come back."""
    paid_instructions: set[str] = Field(default_factory=set, alias="seen")
    late: int = 0
    """How many came back after they were paid."""
    unanswered: dict[str, dict[str, Any]] = Field(default_factory=dict, alias="unheard")
    """By instruction, what the bank would have answered."""
    mistakes: list[BankMistake] = Field(default_factory=list, alias="damages")
