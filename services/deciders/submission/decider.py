"""Decide when a batch is decided: each line taken has an answer, each other one was refused."""

from dataclasses import replace
from typing import assert_never

from events import submissions
from events.ids import line_of
from events.values import Fact
from services.deciders.stream import Decider, members_of
from services.deciders.submission.results import closed, decided
from services.deciders.submission.state import WAITING, SubmissionState, label_of


def decide(submission: SubmissionState, command: submissions.SubmissionCommand) -> list[Fact]:
    """Answer a batch, or a report on one of its lines; nothing is refused.

    Holds: a repeat changes nothing; a report that is older than the one before says nothing new
    """
    match command:
        case submissions.OpenSubmission():
            return _open(submission, command)
        case submissions.ReportLine():
            return _report(submission, command)
        case _:
            assert_never(command)


def _open(submission: SubmissionState, command: submissions.OpenSubmission) -> list[Fact]:
    """Take what is new in a message: lines not known, or refused before and right now."""
    accepted: list[submissions.AcceptedLine] = []
    conflicting: list[submissions.AcceptedLine] = []
    for line in command.accepted:
        known = submission.accepted.get(label_of(line.no, line.line))
        if known is None:
            accepted.append(line)
        elif known.digest != line.digest and (line.line, line.digest) not in submission.conflicting:
            conflicting.append(line)
    refused = [line for line in command.refused if _is_new(submission, line)]
    if not accepted and not conflicting and not refused:
        return []
    opened = submissions.SubmissionOpened(
        submission=command.submission,
        round=submission.round + 1,
        programme=command.programme,
        region=command.region,
        applied_on=command.applied_on,
        channel=command.channel,
        employer=command.employer,
        accepted=tuple(accepted),
        refused=tuple(refused),
        conflicting=tuple(conflicting),
        arrived=command.arrived,
    )
    after = _copy(submission)
    after.open(opened)
    return [opened] if after.pending else [opened, decided(after)]


def _is_new(submission: SubmissionState, line: submissions.RefusedLine) -> bool:
    label = label_of(line.no, line.line)
    known = submission.refused.get(label)
    if known is None:
        return label not in submission.accepted
    return (known.code, known.field) != (line.code, line.field)


def _report(submission: SubmissionState, command: submissions.ReportLine) -> list[Fact]:
    label = line_of(command.application)
    earlier = submission.answers.get(label)
    if earlier is not None and command.seq <= earlier.seq:
        return []
    answered = submissions.SubmissionLineAnswered(**dict(command))
    last = submission.pending <= {label} if submission.state == "open" else False
    ends = command.outcome not in WAITING and submission.waiting == {label}
    if last and label in submission.accepted:
        return [answered, decided(_answered(submission, label, answered))]
    if ends and submission.state == "decided":
        return [answered, closed(_answered(submission, label, answered))]
    return [answered]


def _answered(
    submission: SubmissionState, label: str, fact: submissions.SubmissionLineAnswered
) -> SubmissionState:
    after = _copy(submission)
    after.answer(label, fact)
    return after


def _copy(submission: SubmissionState) -> SubmissionState:
    return replace(
        submission,
        accepted=dict(submission.accepted),
        refused=dict(submission.refused),
        conflicting=dict(submission.conflicting),
        answers=dict(submission.answers),
        pending=set(submission.pending),
        waiting=set(submission.waiting),
    )


def evolve(submission: SubmissionState, fact: submissions.SubmissionFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case submissions.SubmissionOpened():
            submission.open(fact)
        case submissions.SubmissionLineAnswered():
            submission.answer(line_of(fact.application), fact)
        case submissions.SubmissionDecided():
            submission.state = "decided" if fact.waiting else "closed"
        case submissions.SubmissionClosed():
            submission.state = "closed"
        case _:
            assert_never(fact)


DECIDER = Decider[SubmissionState, submissions.SubmissionCommand, submissions.SubmissionFact](
    kind="submission",
    initial=SubmissionState,
    decide=lambda submission, command, asked, policies: decide(submission, command),
    evolve=lambda submission, fact, recorded: evolve(submission, fact),
    commands=members_of(submissions.SubmissionCommand),
    facts=members_of(submissions.SubmissionFact),
)
