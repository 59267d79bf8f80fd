"""Differences: what people say of a difference between books and bank: whose it is, why, what is to do.

Holds: nothing said here makes two sides equal; a difference goes when a line, a match, a
       classification, a reversal or a recovery makes them so, and what was said of it stays
Source: docs/adr/0050-a-difference-is-work-until-its-sides-are-equal.md
"""

from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta

from events.values import Command, Fact, SignedFen, Value

DifferenceNumber = Annotated[str, Meta(pattern=r"^D-[0-9a-f]{12}$")]
"""Number of a difference: a digest of the account and of the first member of each side."""

ProposedEntry = Literal[
    "funds_received",
    "interest",
    "fee",
    "correction",
    "bank_result",
    "recovery",
    "reverse_statement",
    "wait_for_bank",
]
"""What would make both sides equal: the first four classify the line."""

Evidence = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")]
"""SHA-256 of a file that the vault keeps; empty for none."""


def number_of(account: str, movement: str, month: str, line: str) -> str:
    """Name a difference by its account, its first movement, and its first line with its month."""
    text = "\n".join((account, movement, month if line else "", line))
    return f"D-{sha256(text.encode()).hexdigest()[:12]}"


class SeenDifference(Value):
    """A difference as it stood before whoever wrote about it.

    Shape: `movement` is a fact of the books, `month` and `line` a line of the bank; a side that has
           nothing is empty
    Units: `amount` is bank − books
    """

    account: str
    movement: str
    month: str
    line: str
    kind: str
    amount: SignedFen
    since: date

    @property
    def number(self) -> str:
        """The number that follows from what it is about."""
        return number_of(self.account, self.movement, self.month, self.line)


class AssignDifference(Command):
    """Somebody is to find out; `after` is how many notes whoever asks has seen."""

    number: DifferenceNumber
    seen: SeenDifference
    after: Annotated[int, Meta(ge=0)]
    owner: Annotated[str, Meta(max_length=80)]
    reason: Annotated[str, Meta(max_length=500)]
    operator: str


class ExplainDifference(Command):
    """Why both sides differ, by which evidence, and until when they are to agree."""

    number: DifferenceNumber
    seen: SeenDifference
    after: Annotated[int, Meta(ge=0)]
    reason: Annotated[str, Meta(max_length=500)]
    evidence: Evidence = ""
    expected_on: date | None = None
    operator: str


class ProposeDifferenceEntry(Command):
    """Which entry or step would make both sides equal; it is done elsewhere, by its own rules."""

    number: DifferenceNumber
    seen: SeenDifference
    after: Annotated[int, Meta(ge=0)]
    entry: ProposedEntry
    fund: str = ""
    district: str = ""
    reason: Annotated[str, Meta(max_length=500)]
    operator: str


class DifferenceAssigned(Fact):
    """A difference has an owner from now on."""

    number: DifferenceNumber
    seen: SeenDifference
    after: int
    owner: str
    reason: str
    operator: str


class DifferenceExplained(Fact):
    """A difference has an explanation; it stays a difference."""

    number: DifferenceNumber
    seen: SeenDifference
    after: int
    reason: str
    evidence: str
    expected_on: date | None
    operator: str


class DifferenceEntryProposed(Fact):
    """What would close a difference is on record; nothing is booked by it."""

    number: DifferenceNumber
    seen: SeenDifference
    after: int
    entry: ProposedEntry
    fund: str
    district: str
    reason: str
    operator: str


DifferenceCommand = AssignDifference | ExplainDifference | ProposeDifferenceEntry
DifferenceFact = DifferenceAssigned | DifferenceExplained | DifferenceEntryProposed
