"""Application commands: what is asked about one application, named by its number.

In:    messages about an application (reviews, revocations, evidence, …), the token of its person
Out:   commands for that person's stream
Holds: pure; the same message gives the same command with the same id
"""

from datetime import date
from typing import assert_never

from events import streams
from events.advances import GrantAdvance
from events.applications import WithdrawApplication
from events.approvals import ExtendApproval, ReviewApplication, RevokeApproval
from events.contract.inbound.applications import ApplicationWithdrawn
from events.contract.inbound.reader import Inbound
from events.contract.inbound.reviews import (
    AdvanceOrdered,
    ApprovalRevoked,
    PlanExtended,
    ReviewDecided,
)
from events.contract.inbound.status import InstalmentEvidence, PlanEnded
from events.envelope import Asked
from events.ids import application_key, by_message
from events.instalments import EndPlan, RecordEvidence
from events.values import Command
from services.intake.command_ids import command_id
from services.intake.two_person_acts import proposed_if_for_two

AboutApplication = (
    ReviewDecided | ApprovalRevoked | AdvanceOrdered | PlanExtended | PlanEnded | InstalmentEvidence
)
"""The messages that name an application by its number, and wait where it has not come yet."""


def sender_name(inbound: Inbound) -> str:
    """Name who asks: intake, for which message of which system; a refusal is told to it."""
    return by_message(inbound.source, inbound.event)


def beneficiary_command(
    inbound: Inbound,
    token: str,
    command: Command,
    content: str,
    effective_on: date | None = None,
) -> Asked:
    """Address a command to a person's stream; `content` is what makes its id."""
    return Asked(
        command_id(command, content),
        streams.beneficiary(token),
        inbound.at,
        effective_on or inbound.on,
        sender_name(inbound),
        command,
    )


def withdrawal_command(inbound: Inbound, application: str, token: str, reason: str) -> Asked:
    """Ask to withdraw an application."""
    command = WithdrawApplication(application=application, reason=reason)
    return beneficiary_command(inbound, token, command, f"{application}\n{reason}")


def about_application_command(inbound: Inbound, body: AboutApplication, token: str) -> Asked:
    """Ask what a message wants done about an application."""
    command = proposed_if_for_two(inbound, _command(inbound, body))
    content = f"{inbound.source}\n{inbound.event}\n{body.document}"
    return beneficiary_command(inbound, token, command, content)


def application_named(inbound: Inbound) -> str:
    """The key of the application that a withdrawal or another message names."""
    match inbound.body:
        case ApplicationWithdrawn(application=number, line=line):
            return application_key(inbound.source, number, line)
        case (
            ReviewDecided(source=source, application=number, line=line)
            | ApprovalRevoked(source=source, application=number, line=line)
            | AdvanceOrdered(source=source, application=number, line=line)
            | PlanExtended(source=source, application=number, line=line)
            | PlanEnded(source=source, application=number, line=line)
            | InstalmentEvidence(source=source, application=number, line=line)
        ):
            return application_key(source or inbound.source, number, line)
        case other:
            raise AssertionError(f"{type(other).__name__} names no application")


def _command(inbound: Inbound, body: AboutApplication) -> Command:
    application = application_named(inbound)
    match body:
        case ReviewDecided():
            return ReviewApplication(
                application=application,
                verdict=body.verdict,
                reviewer=body.reviewer,
                document=body.document,
                reason=body.reason,
                amount=body.amount_fen,
            )
        case PlanExtended():
            return ExtendApproval(
                application=application,
                reviewer=body.reviewer,
                document=body.document,
                reason=body.reason,
            )
        case PlanEnded():
            return EndPlan(
                application=application,
                ended_on=body.ended_on,
                because=body.because,
                document=body.document,
                source=inbound.source,
            )
        case InstalmentEvidence():
            measure = body.contributed_fen if body.kind == "contributions" else body.days
            return RecordEvidence(
                application=application,
                month=body.month,
                kind=body.kind,
                measure=measure or 0,
                document=body.document,
                source=inbound.source,
            )
        case ApprovalRevoked():
            return RevokeApproval(
                application=application,
                cause=body.cause,
                document=body.document,
                reason=body.reason,
                by=inbound.source,
            )
        case AdvanceOrdered():
            return GrantAdvance(
                application=application,
                rate_bp=body.rate_percent * 100,
                planned=body.planned_fen,
                nets=body.nets,
                programme="",
                settle_by=body.settle_by,
                document=body.document,
                by=inbound.source,
            )
        case _:
            assert_never(body)
