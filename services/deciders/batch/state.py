"""One payment batch, as it stands."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

from events.batches import BatchLine, BatchRequested

State = Literal[
    "none", "requested", "prepared", "released", "rejected", "sending", "sent", "closed"
]
Outcome = tuple[str, str, int]
"""(settled or returned, bank reference, fen)"""


@dataclass(slots=True)
class BatchState:
    """The batch's list and how far it has come; `judged_by` are the people who have judged what a line
    pays, of those lines that people have judged."""

    state: State = "none"
    requested: BatchRequested | None = None
    lines: dict[int, BatchLine] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    digest: str = ""
    total: int = 0
    checker: str = ""
    held: str = ""
    file_digest: str = ""
    sending_on: date = date.max
    outcomes: dict[int, list[Outcome]] = field(default_factory=dict)
    judged_by: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_judged(self) -> bool:
        """Tell whether a second person has let the list go, or turned it down."""
        return self.state in ("released", "sending", "sent", "closed", "rejected")

    def answered(self, line_no: int) -> bool:
        """Tell whether the bank has said what became of a line, with the line's own amount."""
        amount = self.lines[line_no].amount
        return any(paid == amount for _, _, paid in self.outcomes.get(line_no, []))

    def in_order(self) -> tuple[BatchLine, ...]:
        """List the claimed lines by number."""
        return tuple(line for _, line in sorted(self.lines.items()))


def digest_of(lines: tuple[BatchLine, ...]) -> str:
    """SHA-256 over the list in order: whoever releases names exactly these payments."""
    digest = sha256()
    for line in lines:
        text = (
            f"{line.line_no}|{line.payee}|{line.disbursement}|{line.instruction}|"
            f"{line.account}|{line.amount}\n"
        )
        digest.update(text.encode())
    return digest.hexdigest()
