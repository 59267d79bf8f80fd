"""One employer's batch, as it stands."""

from dataclasses import dataclass, field
from typing import Literal

from events.submissions import (
    AcceptedLine,
    RefusedLine,
    SubmissionLineAnswered,
    SubmissionOpened,
)

State = Literal["none", "open", "decided", "closed"]

WAITING = ("referred", "held")
"""Answers that a person or money will still change."""


def label_of(no: int, line: str) -> str:
    """Name a line: by the sender's number, or by its place where that cannot be read."""
    return line or f"#{no}"


@dataclass(slots=True)
class SubmissionState:
    """The batch's lines and their answers; `pending` have none yet, `waiting` not their last."""

    state: State = "none"
    round: int = 0
    opened: SubmissionOpened | None = None
    accepted: dict[str, AcceptedLine] = field(default_factory=dict)
    refused: dict[str, RefusedLine] = field(default_factory=dict)
    conflicting: dict[tuple[str, str], AcceptedLine] = field(default_factory=dict)
    answers: dict[str, SubmissionLineAnswered] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)

    def open(self, fact: SubmissionOpened) -> None:
        """Fold a batch, or what a later message adds."""
        self.opened = self.opened or fact
        self.state, self.round = "open", fact.round
        for line in fact.accepted:
            label = label_of(line.no, line.line)
            self.refused.pop(label, None)
            self.accepted[label] = line
            answer = self.answers.get(label)
            if answer is None:
                self.pending.add(label)
            elif answer.outcome in WAITING:
                self.waiting.add(label)
        for refused in fact.refused:
            self.refused[label_of(refused.no, refused.line)] = refused
        for line in fact.conflicting:
            self.conflicting[line.line, line.digest] = line

    def answer(self, label: str, fact: SubmissionLineAnswered) -> None:
        """Fold an answer; one that comes before its batch waits for it."""
        self.answers[label] = fact
        self.pending.discard(label)
        if fact.outcome in WAITING and label in self.accepted:
            self.waiting.add(label)
        else:
            self.waiting.discard(label)
