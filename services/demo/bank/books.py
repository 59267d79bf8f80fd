"""Bank books: what the invented bank has booked, and what it has booked wrongly."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from events.values import Document

DamageKind = Literal["missing_at_bank", "duplicate", "amount", "unknown_at_bank"]


class Booked(Document):
    """One line of the bank's books; it came in where positive."""

    account: str
    booked_on: date
    amount: int
    reference: str
    purpose: str


class Damage(Document):
    """What is wrong with a statement, and where it must be found."""

    kind: DamageKind
    account: str
    instruction: str | None
    difference: int


class Books(BaseModel):
    """What the bank keeps between two runs."""

    booked: list[Booked] = Field(default_factory=list)
    paid: dict[str, Booked] = Field(default_factory=dict)  # by instruction, on no statement yet
    returned: dict[str, Booked] = Field(default_factory=dict)  # paid, and come back
    seen: set[str] = Field(default_factory=set)
    late: int = 0  # how many came back after they were paid
    unheard: dict[str, dict[str, Any]] = Field(default_factory=dict)  # paid, and not answered
    damages: list[Damage] = Field(default_factory=list)
