"""How far a bank's file has come."""

from dataclasses import dataclass, field
from typing import Literal

from events.statement_files import StatementHeld

FileState = Literal[
    "new", "held", "rejected", "released", "declined", "taken", "reversing", "reversed"
]


@dataclass(slots=True)
class StatementFileState:
    """One file: who holds it, and which of its parts its months have answered."""

    state: FileState = "new"
    held: StatementHeld | None = None
    checker: str = ""
    attempt: int = 0
    parts: dict[int, str] = field(default_factory=dict)
    months: dict[str, str] = field(default_factory=dict)
    """The months that are asked to take the file back, each with its verdict, empty until it comes."""
