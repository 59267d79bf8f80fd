"""Admission: what a message asks of the vault, and which commands follow from the answer.

In:    Inbound messages, VaultAnswer answers
Out:   VaultRequest, then Asked commands (or Rejected, when the answer shows that none can follow)
Holds: pure; the same message and answer give the same commands with the same ids, so whatever is
       sent twice is decided once; no identity leaves.
"""

from datetime import date

import orjson

from events import streams
from events.advances import GrantAdvance
from events.application_facts.checking import OTHER_NAME
from events.applications import (
    CorrectApplication,
    DecideApplication,
    ReportConflict,
    Stated,
    WithdrawApplication,
)
from events.approvals import ExtendApproval, ReviewApplication, RevokeApproval
from events.codec import body_json
from events.contract.inbound.applications import AccountCorrected, ApplicationWithdrawn
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message
from events.contract.inbound.rejections import Code, Problem, Rejected
from events.contract.inbound.reviews import (
    AdvanceOrdered,
    ApprovalRevoked,
    PlanExtended,
    ReviewDecided,
)
from events.contract.inbound.status import InstalmentEvidence, PlanEnded
from events.contract.inbound.submissions import Submitted
from events.envelope import Asked
from events.ids import application_key, by_message, named_id
from events.instalments import EndPlan, RecordEvidence
from events.submissions import DIGEST_LENGTH, AcceptedLine, OpenSubmission, RefusedLine
from events.values import Arrival, Command
from services.intake.others import addressed
from services.intake.payee_facts import with_payee
from services.intake.two_names import for_two
from services.intake.waiting import in_order, note_of
from services.runtime.vault.requests import (
    FindApplication,
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    RegisterParty,
    RegisterWithdrawal,
    VaultAnswer,
    VaultRequest,
)

OfApplication = (
    ReviewDecided | ApprovalRevoked | AdvanceOrdered | PlanExtended | PlanEnded | InstalmentEvidence
)
"""What is told of an application by its number."""

_NAMESPACE = bytes.fromhex("6f3c2f0e54c15d0a9d533a1f6f0a2f11")


def wanted_of(inbound: Inbound, message: Message) -> VaultRequest | None:
    """What the vault must answer before this message can become commands; None for nothing."""
    match inbound.body:
        case Claim() as claim:
            if claim.replaces:
                return RegisterCorrection(claim.key, claim.beneficiary, claim.payee, claim.account)
            return RegisterApplication(
                claim.key, claim.digest, claim.beneficiary, claim.payee, claim.account
            )
        case ApplicationWithdrawn() as withdrawn:
            note = {"reason": withdrawn.reason, "at": inbound.at, "on": inbound.on}
            return RegisterWithdrawal(_key(inbound), orjson.dumps(note).decode())
        case (
            ReviewDecided()
            | ApprovalRevoked()
            | AdvanceOrdered()
            | PlanExtended()
            | PlanEnded()
            | InstalmentEvidence()
        ):
            return FindApplication(_key(inbound), *note_of(inbound, message))
        case Submitted() as submitted:
            return RegisterParty(submitted.employer) if submitted.employer else None
        case AccountCorrected() if inbound.party and inbound.account:
            return RegisterAccount(inbound.party, inbound.account)
        case _:
            return RegisterParty(inbound.party) if inbound.party else None


def commands_for(
    inbound: Inbound, admitted: VaultAnswer, message: Message
) -> list[Asked] | Rejected:
    """Turn an answered message into commands for the streams.

    Refuses: TOO_MANY_WAITING (for one application that has not come)
    """
    match inbound.body:
        case Claim() as claim:
            return _claim_commands(inbound, claim, admitted, _arrival(inbound, message))
        case ApplicationWithdrawn() as withdrawn:
            if not admitted.registered_token:
                return []  # the register keeps it until its application comes
            return [_withdraw(inbound, _key(inbound), admitted.registered_token, withdrawn.reason)]
        case (
            ReviewDecided()
            | ApprovalRevoked()
            | AdvanceOrdered()
            | PlanExtended()
            | PlanEnded()
            | InstalmentEvidence() as told
        ):
            if admitted.registered_token:
                return [_review(inbound, told, admitted.registered_token)]
            if admitted.is_waiting:
                return []  # the register keeps it until its application comes
            return Rejected((Problem(Code.TOO_MANY_WAITING, "data.application"),))
        case Submitted() as submitted:
            return [_open(inbound, submitted, admitted.token, _arrival(inbound, message))]
        case _:
            stream, asked_for, on = addressed(inbound, admitted.token, admitted.account_token)
            command = for_two(inbound, asked_for)
            content = body_json(command).decode()
            identity = _id(command, f"{inbound.source}\n{inbound.event}\n{stream}\n{content}")
            return [Asked(identity, stream, inbound.at, on, by(inbound), command)]


def by(inbound: Inbound) -> str:
    """Name who asks: intake, for which message of which system; a refusal is told to it."""
    return by_message(inbound.source, inbound.event)


def _arrival(inbound: Inbound, message: Message) -> Arrival:
    return Arrival(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        event=inbound.event,
    )


def _open(inbound: Inbound, submitted: Submitted, employer: str, arrived: Arrival) -> Asked:
    """Tell a batch of its lines, so that it knows when all of them are decided."""
    accepted = tuple(
        AcceptedLine(no=line.no, line=line.line, digest=line.digest[:DIGEST_LENGTH])
        for line in submitted.lines
        if not line.code
    )
    refused = tuple(
        RefusedLine(no=line.no, line=line.line, code=line.code, field=line.field)
        for line in submitted.lines
        if line.code
    )
    body = OpenSubmission(
        submission=submitted.key,
        programme=submitted.programme,
        region=submitted.region,
        applied_on=submitted.applied_on,
        channel=submitted.channel,
        employer=employer,
        accepted=accepted,
        refused=refused,
        arrived=arrived,
    )
    content = orjson.dumps([submitted.key, submitted.applied_on, *submitted.lines], default=tuple)
    return Asked(
        _id(body, content.decode()),
        streams.submission(submitted.key),
        inbound.at,
        submitted.applied_on,
        by(inbound),
        body,
    )


def _claim_commands(
    inbound: Inbound, claim: Claim, admitted: VaultAnswer, arrived: Arrival
) -> list[Asked]:
    other_person = bool(admitted.registered_token) and admitted.registered_token != admitted.token
    differs = not claim.replaces and admitted.registered_digest != claim.digest
    if other_person or differs:
        body: Command = ReportConflict(
            application=claim.key,
            digest=claim.digest,
            other_person=other_person,
            arrived=arrived,
        )
        return [_asked(inbound, admitted.registered_token, body, claim.key, claim.digest)]
    stated = Stated(
        programme=claim.programme,
        region=claim.region,
        applied_on=claim.applied_on,
        channel=claim.channel,
        payee=admitted.payee_token,
        account=admitted.account_token,
        facts=with_payee(
            claim.programme,
            claim.facts,
            (admitted.token, claim.beneficiary.kind),
            (admitted.payee_token, claim.payee.kind),
        ),
    )
    if admitted.name_differs:
        stated = stated.model_copy(update={"facts": {**stated.facts, OTHER_NAME: True}})
    if claim.replaces:
        body = CorrectApplication(
            application=claim.key,
            replaces=claim.replaces,
            digest=claim.digest,
            stated=stated,
            arrived=arrived,
        )
        digests = f"{claim.replaces}\n{claim.digest}"
        return [_asked(inbound, admitted.token, body, claim.key, digests, claim.applied_on)]
    body = DecideApplication(
        application=claim.key, digest=claim.digest, stated=stated, arrived=arrived
    )
    asked = [_asked(inbound, admitted.token, body, claim.key, claim.digest, claim.applied_on)]
    if admitted.earlier_withdrawal:
        note = orjson.loads(admitted.earlier_withdrawal)
        asked.append(_withdraw(inbound, claim.key, admitted.token, note["reason"]))
    asked.extend(
        _review_kept(note.inbound, admitted.token) for note in in_order(admitted.earlier_messages)
    )
    return asked


def _review_kept(inbound: Inbound, token: str) -> Asked:
    """Ask what has waited for its application, as of the day on which it came."""
    assert isinstance(inbound.body, OfApplication)
    return _review(inbound, inbound.body, token)


def _withdraw(inbound: Inbound, key: str, token: str, reason: str) -> Asked:
    body = WithdrawApplication(application=key, reason=reason)
    return _asked(inbound, token, body, key, reason)


def _review(inbound: Inbound, told: OfApplication, token: str) -> Asked:
    body = for_two(inbound, _judgement(inbound, told))
    return _asked(inbound, token, body, f"{inbound.source}\n{inbound.event}", told.document)


def _judgement(inbound: Inbound, review: OfApplication) -> Command:
    if isinstance(review, PlanExtended):
        return ExtendApproval(
            application=_key(inbound),
            reviewer=review.reviewer,
            document=review.document,
            reason=review.reason,
        )
    if isinstance(review, PlanEnded):
        return EndPlan(
            application=_key(inbound),
            ended_on=review.ended_on,
            because=review.because,
            document=review.document,
            source=inbound.source,
        )
    if isinstance(review, InstalmentEvidence):
        return RecordEvidence(
            application=_key(inbound),
            month=review.month,
            kind=review.kind,
            measure=(review.contributed_fen if review.kind == "contributions" else review.days)
            or 0,
            document=review.document,
            source=inbound.source,
        )
    if isinstance(review, ApprovalRevoked):
        return RevokeApproval(
            application=_key(inbound),
            cause=review.cause,
            document=review.document,
            reason=review.reason,
            by=inbound.source,
        )
    if isinstance(review, AdvanceOrdered):
        return GrantAdvance(
            application=_key(inbound),
            rate_bp=review.rate_percent * 100,
            planned=review.planned_fen,
            nets=review.nets,
            programme="",
            settle_by=review.settle_by,
            document=review.document,
            by=inbound.source,
        )
    return ReviewApplication(
        application=_key(inbound),
        verdict=review.verdict,
        reviewer=review.reviewer,
        document=review.document,
        reason=review.reason,
        amount=review.amount_fen,
    )


def _key(inbound: Inbound) -> str:
    """The key of the application that a withdrawal or review names."""
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


def _asked(
    inbound: Inbound,
    token: str,
    body: Command,
    what: str,
    content: str,
    effective_on: date | None = None,
) -> Asked:
    return Asked(
        _id(body, f"{what}\n{content}"),
        streams.beneficiary(token),
        inbound.at,
        effective_on or inbound.on,
        by(inbound),
        body,
    )


def _id(body: Command, name: str) -> str:
    """A command's id: a UUID version 5 of what it asks, never of when it was asked."""
    return named_id(_NAMESPACE, f"{type(body).__name__}\n{name}".encode())
