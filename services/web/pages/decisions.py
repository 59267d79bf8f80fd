"""decisions: judge what was referred, take a grant back, pay a share ahead, mark and grade; each act with the actor's name."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.advances import GrantAdvance
from events.approvals import ReviewApplication, RevokeApproval
from events.payees import GradeCredit, MarkFraud
from projections.queries import application_detail as one
from projections.queries import clawbacks
from services.web.acts.sending import Act, propose, send
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import DocumentTyped, Field, Note, OnDay
from services.web.request.visit import Arrived, Visit
from services.wording.act_names import CAUSES
from services.wording.languages import translate

router = APIRouter()
REVOKED_FOR = ("administrative_error", "fraud", "not_entitled")


async def _found(visit: Visit, application: str) -> one.ApplicationFound:
    found = await one.application_found(visit.db, visit.scope, application)
    if found is None:
        raise PageRefused(NOT_FOUND)
    return found


def _back(application: str) -> str:
    return f"/applications/{segment(application)}"


@router.get("/decisions/new")
async def forms(visit: Arrived, application: str = "") -> Response:
    """Enter a revocation or an advance for an application, a mark or a grade for its payee."""
    found = await one.application_found(visit.db, visit.scope, application) if application else None
    honesty = await clawbacks.honesty(visit.db, [found.payee]) if found else {}
    return visit.page(
        "decision_new.html",
        translate("审核、撤销核准、预拨、信用"),
        application=application,
        found=found,
        honesty=honesty.get(found.payee) if found else None,
        names=await visit.names([found.payee, found.beneficiary]) if found else {},
        causes={code: CAUSES[code] for code in REVOKED_FOR},
        act=Act.new,
    )


@router.post("/decisions/review")
async def review(
    visit: Arrived,
    command: Field,
    application: Field,
    verdict: Annotated[Literal["approve", "deny"], Form()],
    document: DocumentTyped,
    reason: Field,
    amount: Note = "",
) -> Response:
    """Judge a referred application; an amount is asked only where the rule has none."""
    found = await _found(visit, application)
    fen = typed_yuan("amount", amount) if amount.strip() else None
    body = ReviewApplication(
        application=application,
        verdict=verdict,
        reviewer=visit.actor.id,
        document=document.strip(),
        reason=reason.strip(),
        amount=fen,
    )
    return await send(
        visit, Act(command, streams.beneficiary(found.beneficiary), body), "/tasks/referred"
    )


@router.post("/decisions/revoke")
async def revoke(
    visit: Arrived,
    command: Field,
    application: Field,
    cause: Annotated[Literal["administrative_error", "fraud", "not_entitled"], Form()],
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Propose to take a grant back; another person confirms it."""
    found = await _found(visit, application)
    body = RevokeApproval(
        application=application,
        cause=cause,
        document=document.strip(),
        reason=reason.strip(),
        by=visit.actor.by,
    )
    return await propose(
        visit, Act(command, streams.beneficiary(found.beneficiary), body), _back(application)
    )


@router.post("/decisions/advance")
async def advance(
    visit: Arrived,
    command: Field,
    application: Field,
    rate: Annotated[int, Form(ge=1, le=100)],
    planned: Field,
    nets: Annotated[Literal["claim", "first"], Form()],
    settle_by: OnDay,
    document: DocumentTyped,
) -> Response:
    """Pay a share of the planned amount ahead."""
    found = await _found(visit, application)
    fen = typed_yuan("planned", planned)
    body = GrantAdvance(
        application=application,
        rate_bp=rate * 100,
        planned=fen,
        nets=nets,
        programme="",
        settle_by=settle_by,
        document=document.strip(),
        by=visit.actor.by,
    )
    return await send(
        visit, Act(command, streams.beneficiary(found.beneficiary), body), _back(application)
    )


@router.post("/decisions/fraud")
async def fraud(
    visit: Arrived, command: Field, application: Field, document: DocumentTyped, reason: Field
) -> Response:
    """Propose to mark the payee for fraud."""
    found = await _found(visit, application)
    body = MarkFraud(document=document.strip(), reason=reason.strip(), source=visit.actor.by)
    return await propose(visit, Act(command, streams.payee(found.payee), body), _back(application))


@router.post("/decisions/credit")
async def credit(
    visit: Arrived,
    command: Field,
    application: Field,
    grade: Annotated[Literal["A", "B", "C", "D"], Form()],
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Propose to grade the payee's credit."""
    found = await _found(visit, application)
    body = GradeCredit(
        grade=grade,
        document=document.strip(),
        reason=reason.strip(),
        by=visit.actor.id,
    )
    return await propose(visit, Act(command, streams.payee(found.payee), body), _back(application))
