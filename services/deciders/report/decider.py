"""Decide whether a report is issued: once, under the number that follows from what it says."""

from typing import assert_never

from events import reports, streams
from events.envelope import Asked
from events.values import Fact
from services.deciders.refusal import refuse, refuse_first, refuse_same_person
from services.deciders.report.state import ReportState
from services.deciders.stream import Decider, members_of


def decide(report: ReportState, command: reports.ReportCommand, asked: Asked) -> list[Fact]:
    """Answer one request about the report; a repeat changes nothing."""
    match command:
        case reports.IssueReport():
            return _issue(report, command, asked)
        case reports.WithdrawReport():
            return _withdraw(report, command)
        case _:
            assert_never(command)


def _issue(report: ReportState, command: reports.IssueReport, asked: Asked) -> list[Fact]:
    """Refuses: NOT_ITS_NUMBER, NO_FILE, NOT_OVER, TAKEN_BACK (first match wins)"""
    number = reports.number_of(
        command.kind,
        command.form,
        command.parameters,
        command.vector,
        command.rules,
        command.digest,
    )
    another = number != command.number or asked.stream != streams.report(command.number)
    refused = refuse_first(
        command,
        command.number,
        (another, "NOT_ITS_NUMBER", number),
        (not command.files, "NO_FILE", ""),
        # facts of a day may still come while it lasts
        (command.through >= asked.effective_on, "NOT_OVER", command.through.isoformat()),
        (report.state == "withdrawn", "TAKEN_BACK", ""),
    )
    if refused or report.state == "issued":
        return refused
    return [reports.ReportIssued(**dict(command))]


def _withdraw(report: ReportState, command: reports.WithdrawReport) -> list[Fact]:
    """Refuses: NOT_ISSUED, SAME_PERSON (first match wins)"""
    if report.state == "withdrawn":
        return []
    if report.issued is None:
        return refuse(command, "NOT_ISSUED", command.number)
    maker = report.issued.maker
    if refused := refuse_same_person(
        command, maker, command.checker, command.number, command.checker
    ):
        return refused
    return [
        reports.ReportWithdrawn(
            number=command.number, maker=maker, checker=command.checker, reason=command.reason
        )
    ]


def evolve(report: ReportState, fact: reports.ReportFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case reports.ReportIssued():
            report.state, report.issued = "issued", fact
        case reports.ReportWithdrawn():
            report.state = "withdrawn"
        case _:
            assert_never(fact)


DECIDER = Decider[ReportState, reports.ReportCommand, reports.ReportFact](
    kind="report",
    initial=ReportState,
    decide=lambda report, command, asked, policies: decide(report, command, asked),
    evolve=lambda report, fact, recorded: evolve(report, fact),
    commands=members_of(reports.ReportCommand),
    facts=members_of(reports.ReportFact),
)
