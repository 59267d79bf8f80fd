"""revealed details: one detail of an application's people in full, for a purpose that is on record first.

Holds: what is masked is opened behind the fact that allows it, for whoever asked, in the session in
       which it was asked, for a minute; the page that shows it is never kept
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.looks import Detail, DetailRevealed, RevealDetail
from projections.queries import looks
from services.web.acts.looking import PURPOSES, allowing, at_once, session_of, to_its_answer, why_of
from services.web.acts.sending import Act, send
from services.web.request import cookies
from services.web.request.fields import one_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording.coded_words import DETAILS
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

_SHOWN_FOR = timedelta(seconds=60)


class _Detail(NamedTuple):
    """One thing that can be asked for: its name in a form, what it is, and whose."""

    name: str
    words: str
    detail: Detail
    token: str
    party: str


async def _tokens(visit: Visit, key: str) -> looks.Tokens:
    """Whose details an application has.

    Raises: PageRefused
    """
    found = await looks.tokens_of(visit.db, key)
    if found is None:
        raise PageRefused(NOT_FOUND)
    return found


def _details(found: looks.Tokens) -> list[_Detail]:
    """What of an application is masked on its page."""
    own, payee = found.beneficiary, found.payee
    every = [
        _Detail("name", _("受益人姓名或名称"), "name", own, own),
        _Detail("number", _("受益人证件号码"), "number", own, own),
    ]
    if payee and payee != own:
        every += [
            _Detail("payee_name", _("收款人姓名或名称"), "name", payee, payee),
            _Detail("payee_number", _("收款人证件号码"), "number", payee, payee),
        ]
    every += [
        _Detail("account", _("收款账号"), "account", found.account, payee or own),
        _Detail("phone", _("申请人电话"), "phone", found.phone, own),
    ]
    return [one for one in every if one.token]


@router.get("/applications/{key}/reveal")
async def ask(visit: Arrived, key: str) -> Response:
    """Ask which detail, and what for."""
    return visit.page(
        "reveal.html",
        translate("查看个人信息"),
        key=key,
        page=f"/applications/{segment(key)}",
        details=_details(await _tokens(visit, key)),
        purposes=PURPOSES,
        command=Act.new(),
    )


@router.post("/applications/{key}/reveal")
async def reveal(
    visit: Arrived,
    key: str,
    command: Field,
    detail: Annotated[str, Form()],
    purpose: Field,
    more: Note = "",
) -> Response:
    """Put on record who looks at what, and what for; it is shown behind that."""
    tokens = await _tokens(visit, key)
    details = {one.name: one for one in _details(tokens)}
    wanted = details[one_of("detail", detail or "-", details)]
    body = RevealDetail(
        user=visit.actor.id,
        detail=wanted.detail,
        token=wanted.token,
        party=wanted.party,
        application=key,
        region=tokens.region,
        purpose=why_of(purpose, more),
        address=cookies.address_of(visit.request)[:64],
        session=session_of(visit),
    )
    back = f"/applications/{segment(key)}/reveal/{command}"
    answer = await send(visit, Act(command, streams.looks(visit.actor.id), body), back)
    return await at_once(visit, answer, command, back)


@router.get("/applications/{key}/reveal/{command}")
async def shown(visit: Arrived, key: str, command: uuid.UUID) -> Response:
    """Show the detail, to whoever asked for it, in the same session, for a minute."""
    allowed = await allowing(visit, command, DetailRevealed)
    if allowed is None:
        return to_its_answer(visit, command)
    body, at = allowed
    if body.application != key:
        raise PageRefused(NOT_FOUND)
    left = at + _SHOWN_FOR - datetime.now(UTC)
    value = None
    if left > timedelta():
        value = await visit.vault("查看个人信息").reveal(
            body.token, body.detail, body.purpose, visit.actor.id, str(command)
        )
    again = visit.link(f"/applications/{segment(key)}/reveal")
    answer = visit.page(
        "revealed.html",
        translate("查看个人信息"),
        key=key,
        page=visit.link(f"/applications/{segment(key)}"),
        again=again,
        over=left <= timedelta(),
        value=value,
        words=translate(DETAILS[body.detail]),
        look=body,
        at=at,
    )
    answer.headers["Cache-Control"] = "no-store"
    if value is not None:
        answer.headers["Refresh"] = f"{int(left.total_seconds()) + 1}; url={again}"
    return answer
