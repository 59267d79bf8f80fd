"""Manual matches: which movements of the books and lines of the bank two people say belong together.

Holds: a match by hand says of each member what it is and how much; it counts only while books and
       bank have every member with just that amount, on this account, and both sides sum to the same
Source: docs/adr/0051-a-match-by-hand-is-a-fact-of-two-people.md
"""

from typing import Annotated

from msgspec import Meta

from events.values import Command, Fact, SignedFen, Value

MOST_MEMBERS = 500
"""How many members one side of a match by hand may have."""

MatchNumber = Annotated[int, Meta(ge=1)]
"""Number of a match by hand, counted through its account and never used again."""


class MatchedMovement(Value):
    """A movement of the books: the fact that it books; positive came in."""

    movement: Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    amount: SignedFen


class MatchedLine(Value):
    """A line of the bank in its month; positive came in."""

    month: Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    line: Annotated[str, Meta(min_length=1, max_length=200)]
    amount: SignedFen


Movements = Annotated[tuple[MatchedMovement, ...], Meta(max_length=MOST_MEMBERS)]
Lines = Annotated[tuple[MatchedLine, ...], Meta(max_length=MOST_MEMBERS)]


class MakeManualMatch(Command):
    """Two people say that these movements are these lines."""

    bank_account: str
    movements: Movements
    lines: Lines
    reason: Annotated[str, Meta(max_length=500)]


class UndoManualMatch(Command):
    """Two people take back a match by hand; its members are matched by the rules again."""

    bank_account: str
    number: MatchNumber
    reason: Annotated[str, Meta(max_length=500)]


class ManualMatchMade(Fact):
    """These movements are these lines, until it is undone."""

    bank_account: str
    number: MatchNumber
    movements: Movements
    lines: Lines
    reason: str


class ManualMatchUndone(Fact):
    """A match by hand no longer holds; it says once more what it was."""

    bank_account: str
    number: MatchNumber
    movements: Movements
    lines: Lines
    reason: str


ManualMatchCommand = MakeManualMatch | UndoManualMatch
ManualMatchFact = ManualMatchMade | ManualMatchUndone
