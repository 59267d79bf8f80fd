"""clawback acts: propose a debt, order it, take cash, give it up; each takes two people."""

from typing import Annotated, Literal, cast

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.clawbacks import (
    Cause,
    JudgeClawback,
    JudgeWriteOff,
    ProposeClawback,
    ProposeWriteOff,
    RecordRecovery,
)
from events.values import Command
from projections.queries import clawbacks
from services.web.acts.sending import Act, send
from services.web.acts.sending import propose as propose_act
from services.web.pages.clawbacks import path_of
from services.web.request.fields import one_of
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import DocumentTyped, Field, Note, OnDay
from services.web.request.visit import Arrived, Visit
from services.wording.act_names import CAUSES
from services.wording.languages import translate

router = APIRouter()

Judged = Annotated[Literal["confirm", "reject"], Form()]


ASKED_BY_STAFF = ("fraud", "not_entitled", "administrative_error")


@router.get("/clawbacks/new")
async def propose_form(visit: Arrived, application: str = "") -> Response:
    """Enter what is due back of an application."""
    paid = await clawbacks.paid_to(visit.db, application) if application else []
    return visit.page(
        "clawback_new.html",
        translate("提出追回"),
        application=application,
        paid=paid,
        names=await visit.names(payee for payee, _amount in paid),
        causes={code: CAUSES[code] for code in ASKED_BY_STAFF},
        act=Act.new,
    )


@router.post("/clawbacks")
async def propose(
    visit: Arrived,
    command: Field,
    payee: Field,
    application: Field,
    cause: Annotated[Literal["fraud", "not_entitled", "administrative_error"], Form()],
    document: DocumentTyped,
    reason: Field,
    amount: Note = "",
    floor: Note = "",
) -> Response:
    """Propose a clawback; another person orders it."""
    name = f"ZH-{command.partition('-')[0]}"
    asked = typed_yuan("amount", amount) if amount.strip() else None
    kept = typed_yuan("floor", floor) if floor.strip() else 0
    paid = await clawbacks.paid_to(visit.db, application)
    one_of("payee", payee, [whom for whom, _amount in paid])
    body = ProposeClawback(
        clawback=name,
        application=application,
        cause=cast("Cause", cause),
        document=document.strip(),
        reason=reason.strip(),
        maker=visit.actor.id,
        amount=asked,
        floor=kept,
    )
    return await send(visit, Act(command, streams.payee(payee), body), path_of(payee, name))


async def _known(visit: Visit, payee: str, clawback: str) -> None:
    """See that the books have a debt, so that no history is begun by an address.

    Raises: PageRefused
    """
    if await clawbacks.one(visit.db, payee, clawback) is None:
        raise PageRefused(NOT_FOUND)


async def _send(visit: Visit, command: str, payee: str, clawback: str, body: Command) -> Response:
    await _known(visit, payee, clawback)
    return await send(visit, Act(command, streams.payee(payee), body), path_of(payee, clawback))


@router.post("/clawbacks/{payee}/{clawback}/judge")
async def judge(
    visit: Arrived, payee: str, clawback: str, command: Field, verdict: Judged, reason: Note = ""
) -> Response:
    """Order what was proposed, or turn it down."""
    body = JudgeClawback(
        clawback=clawback, checker=visit.actor.id, verdict=verdict, reason=reason.strip()
    )
    return await _send(visit, command, payee, clawback, body)


@router.post("/clawbacks/{payee}/{clawback}/recovered")
async def recovered(
    visit: Arrived,
    payee: str,
    clawback: str,
    command: Field,
    amount: Field,
    received_on: OnDay,
    bank_account: Field,
    bank_reference: Field,
) -> Response:
    """Propose to record cash that came in; another person confirms it."""
    await _known(visit, payee, clawback)
    fen = typed_yuan("amount", amount)
    body = RecordRecovery(
        clawback=clawback,
        amount=fen,
        received_on=received_on,
        bank_account=bank_account,
        bank_reference=bank_reference.strip(),
        source=visit.actor.by,
    )
    return await propose_act(
        visit, Act(command, streams.payee(payee), body), path_of(payee, clawback)
    )


@router.post("/clawbacks/{payee}/{clawback}/write-off")
async def write_off(
    visit: Arrived,
    payee: str,
    clawback: str,
    command: Field,
    amount: Field,
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Propose to give a debt up."""
    fen = typed_yuan("amount", amount)
    body = ProposeWriteOff(
        clawback=clawback,
        amount=fen,
        document=document.strip(),
        reason=reason.strip(),
        maker=visit.actor.id,
    )
    return await _send(visit, command, payee, clawback, body)


@router.post("/clawbacks/{payee}/{clawback}/write-off/judge")
async def judge_write_off(
    visit: Arrived, payee: str, clawback: str, command: Field, verdict: Judged, reason: Note = ""
) -> Response:
    """Give a debt up, or not."""
    body = JudgeWriteOff(
        clawback=clawback, checker=visit.actor.id, verdict=verdict, reason=reason.strip()
    )
    return await _send(visit, command, payee, clawback, body)
