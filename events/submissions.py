"""Submissions: an employer's batch of applications, and what became of its lines, told as one."""

from datetime import date
from typing import Literal

from events.values import ApplicationKey, Arrival, Command, Fact, Fen, PolicyRef, Value

Answer = Literal["granted", "denied", "referred", "held", "lapsed", "withdrawn", "revoked"]
Ending = Literal[
    "granted",
    "denied",
    "referred",
    "held",
    "lapsed",
    "withdrawn",
    "revoked",
    "refused",
    "conflicted",
]
DIGEST_LENGTH = 16
"""How much of a line's digest a submission keeps: enough to tell one content from another."""


class AcceptedLine(Value):
    """A line that became an application of its own: its place in the message, its own number."""

    no: int
    line: str
    digest: str


class RefusedLine(Value):
    """A line that could not be taken; `line` is empty where not even its number could be read."""

    no: int
    line: str
    code: str
    field: str


class OpenSubmission(Command):
    """A batch has come in: these lines are being decided, those were refused at the door."""

    submission: ApplicationKey
    programme: str
    region: str
    applied_on: date
    channel: str
    employer: str
    accepted: tuple[AcceptedLine, ...]
    refused: tuple[RefusedLine, ...]
    arrived: Arrival


class ReportLine(Command):
    """How a line's application stands, by the `seq`-th fact of its beneficiary's history."""

    application: ApplicationKey
    seq: int
    outcome: Answer
    amount: Fen | None
    code: str
    failing: tuple[str, ...]
    policy: PolicyRef | None


class SubmissionOpened(Fact):
    """A batch, or what a later message of the same number adds to it.

    `conflicting` are lines whose number came before with other content; the first one stands.
    """

    submission: ApplicationKey
    round: int
    programme: str
    region: str
    applied_on: date
    channel: str
    employer: str
    accepted: tuple[AcceptedLine, ...]
    refused: tuple[RefusedLine, ...]
    conflicting: tuple[AcceptedLine, ...]
    arrived: Arrival


class SubmissionLineAnswered(Fact):
    """One line's application was decided, or decided anew."""

    application: ApplicationKey
    seq: int
    outcome: Answer
    amount: Fen | None
    code: str
    failing: tuple[str, ...]
    policy: PolicyRef | None


class LineResult(Value):
    """What became of one line; `line` is the sender's number, or ``#`` and its place."""

    no: int
    line: str
    outcome: Ending
    amount: Fen | None


class LineReason(Value):
    """One reason, and the lines that share it, by their place among the results (from 0)."""

    outcome: Ending
    code: str
    field: str
    failing: tuple[str, ...]
    policy: PolicyRef | None
    lines: tuple[int, ...]


class SubmissionDecided(Fact):
    """Every line has its answer; `waiting` of them wait for a person or for money."""

    submission: ApplicationKey
    round: int
    programme: str
    region: str
    employer: str
    waiting: int
    granted: int
    granted_amount: Fen
    lines: tuple[LineResult, ...]
    reasons: tuple[LineReason, ...]


class SubmissionClosed(Fact):
    """The last line that had waited is decided for good."""

    submission: ApplicationKey
    round: int
    programme: str
    region: str
    employer: str
    granted: int
    granted_amount: Fen
    lines: tuple[LineResult, ...]
    reasons: tuple[LineReason, ...]


SubmissionCommand = OpenSubmission | ReportLine
SubmissionFact = SubmissionOpened | SubmissionLineAnswered | SubmissionDecided | SubmissionClosed
