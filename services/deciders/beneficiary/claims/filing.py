"""Decide what an application is: new, a repeat, a correction, taken back, or in conflict."""

from typing import assert_never

from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    CorrectApplication,
    DecideApplication,
    ReportConflict,
    WithdrawalAsked,
    WithdrawApplication,
)
from events.values import Fact
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.refusal import refuse

FilingCommand = DecideApplication | CorrectApplication | WithdrawApplication | ReportConflict
FilingFact = ApplicationFiled | ApplicationCorrected | ApplicationWithdrawn | ApplicationConflicted


def decide(
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    command: FilingCommand,
) -> list[Fact]:
    """Answer with what becomes of the claim itself; whether money is due is approvals' part.

    Refuses: ALREADY_WITHDRAWN, ALREADY_REVOKED, ALREADY_GRANTED, STALE_CORRECTION,
             ALREADY_DENIED  (first match wins)
    Holds: a repeat of any content already seen is answered with nothing; a claim for which
           payments are ordered is taken back when the payee's books have given them up
    """
    match command:
        case DecideApplication():
            return _file(applications, command)
        case CorrectApplication():
            return _correct(applications, approvals, command)
        case WithdrawApplication():
            return _withdraw(applications, approvals, instalments, command)
        case ReportConflict():
            return _conflict(applications, command)
        case _:
            assert_never(command)


def _file(applications: Applications, command: DecideApplication) -> list[Fact]:
    claim = applications.filed.get(command.application)
    if claim is not None:
        known = (command.application, command.digest) in applications.conflicts
        if known or command.digest in claim.digests:
            return []
        return [
            ApplicationConflicted(
                application=command.application,
                digest=command.digest,
                stands=claim.digest,
                other_person=False,
                arrived=command.arrived,
            )
        ]
    filed = ApplicationFiled(
        application=command.application,
        digest=command.digest,
        stated=command.stated,
        arrived=command.arrived,
    )
    return [filed, *_that_waited(applications, command.application, command.digest)]


def _that_waited(
    applications: Applications, application: str, digest: str
) -> list[ApplicationCorrected]:
    """Apply the corrections that waited for this content, each for the one before."""
    applied: list[ApplicationCorrected] = []
    waiting = list(applications.waiting(application))
    claim = applications.filed.get(application)
    made = () if claim is None else claim.corrections
    while early := next((fact for fact in waiting if fact.replaces == digest), None):
        waiting.remove(early)
        if (early.replaces, early.digest) not in made:
            applied.append(early.model_copy(update={"before_filing": False}))
            digest = early.digest
    return applied


def _correct(
    applications: Applications, approvals: Approvals, command: CorrectApplication
) -> list[Fact]:
    claim = applications.filed.get(command.application)
    waiting = applications.waiting(command.application)
    this = (command.replaces, command.digest)
    if any(this == (early.replaces, early.digest) for early in waiting):
        return []
    if claim is None:
        return [_corrected(command, before_filing=True)]
    if this in claim.corrections or command.digest == claim.digest:
        return []
    if claim.withdrawn:
        return refuse(command, "ALREADY_WITHDRAWN", command.application)
    if approvals.is_revoked(command.application):
        return refuse(command, "ALREADY_REVOKED", command.application)
    if approvals.is_granted(command.application):
        return refuse(command, "ALREADY_GRANTED", command.application)
    if command.replaces != claim.digest:
        return refuse(command, "STALE_CORRECTION", command.application)
    later = _that_waited(applications, command.application, command.digest)
    return [_corrected(command, before_filing=False), *later]


def _withdraw(
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    command: WithdrawApplication,
) -> list[Fact]:
    claim = applications.filed.get(command.application)
    if claim is None:
        if command.application in applications.withdrawn_early:
            return []
        return [_withdrawn(command, before_filing=True)]
    if claim.withdrawn:
        return []
    if approvals.is_revoked(command.application):
        return refuse(command, "ALREADY_REVOKED", command.application)
    if approvals.is_denied(command.application):
        return refuse(command, "ALREADY_DENIED", command.application)
    approval = approvals.by_application.get(command.application)
    if instalments.is_being_paid(command.application) and approval and approval.proposed:
        payee = approval.proposed.payee
        return [
            WithdrawalAsked(application=command.application, reason=command.reason, payee=payee)
        ]
    return [_withdrawn(command, before_filing=False)]


def _conflict(applications: Applications, command: ReportConflict) -> list[Fact]:
    claim = applications.filed.get(command.application)
    stands = "" if claim is None else claim.digest
    if (command.application, command.digest) in applications.conflicts:
        return []
    if claim is not None and command.digest in claim.digests and not command.other_person:
        return []
    return [
        ApplicationConflicted(
            application=command.application,
            digest=command.digest,
            stands=stands,
            other_person=command.other_person,
            arrived=command.arrived,
        )
    ]


def _corrected(command: CorrectApplication, *, before_filing: bool) -> ApplicationCorrected:
    return ApplicationCorrected(
        application=command.application,
        replaces=command.replaces,
        digest=command.digest,
        stated=command.stated,
        arrived=command.arrived,
        before_filing=before_filing,
    )


def _withdrawn(command: WithdrawApplication, *, before_filing: bool) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(
        application=command.application, reason=command.reason, before_filing=before_filing
    )


def evolve(applications: Applications, fact: FilingFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case ApplicationFiled():
            applications.filed_as(fact)
        case ApplicationCorrected():
            applications.corrected_to(fact)
        case ApplicationWithdrawn():
            applications.withdrawn(fact)
        case ApplicationConflicted():
            applications.conflicted(fact)
        case _:
            assert_never(fact)
