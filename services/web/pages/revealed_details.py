"""revealed details: one detail of an application's people in full, for a purpose that is on record first.

Holds: what is masked is opened behind the fact that allows it, for whoever asked, in the session in
       which it was asked, for a minute; the page that shows it is never kept
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from events import streams
from events.looks import Detail, DetailRevealed, RevealDetail
from projections.queries import looks, recorded_facts
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

PURPOSES = (
    _("核实身份"), _("联系申请人"), _("更正账户"), _("审计抽查"), _("信访答复"), _("其他"),
)  # fmt: skip
"""What people look for; who says something else writes it."""

_SHOWN_FOR = timedelta(seconds=60)


class _Detail(NamedTuple):
    """One thing that can be asked for: its name in a form, what it is, and whose."""

    name: str
    words: str
    detail: Detail
    token: str
    party: str


def why_of(purpose: str, more: str) -> str:
    """What for, in one sentence."""
    return f"{purpose}：{more}" if more else purpose


def session_of(visit: Visit) -> str:
    """The public number of this session; empty where nobody signs in."""
    return visit.visitor.session.session if visit.visitor.session else ""


async def _details(visit: Visit, key: str) -> list[_Detail]:
    """What of an application is masked on its page.

    Raises: PageRefused
    """
    found = await looks.tokens_of(visit.db, key)
    if found is None:
        raise PageRefused(NOT_FOUND)
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
        details=await _details(visit, key),
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
    details = {one.name: one for one in await _details(visit, key)}
    wanted = details[one_of("detail", detail or "-", details)]
    tokens = await looks.tokens_of(visit.db, key)
    assert tokens is not None
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


async def at_once(visit: Visit, answer: Response, command: str, page: str) -> Response:
    """Go on to the page behind a fact where the ledger has it already; else to its answer."""
    if not isinstance(answer, RedirectResponse) or not visit.sources.wait_seconds:
        return answer
    async with visit.sources.pool.acquire(timeout=1) as db:
        facts = await recorded_facts.of_command(db, command)
    if not any(fact.stream == streams.looks(visit.actor.id) for fact in facts):
        return answer
    if any(fact.type == "CommandRefused" for fact in facts):
        return answer
    return RedirectResponse(visit.link(page), status_code=303)


@router.get("/applications/{key}/reveal/{command}")
async def shown(visit: Arrived, key: str, command: uuid.UUID) -> Response:
    """Show the detail, to whoever asked for it, in the same session, for a minute."""
    facts = await recorded_facts.of_command(visit.db, str(command))
    allowed = [(f, f.body) for f in facts if isinstance(f.body, DetailRevealed)]
    if not allowed:
        return RedirectResponse(
            visit.link(f"/commands/{command}", back=visit.request.url.path), status_code=303
        )
    ((fact, body),) = allowed
    mine = (body.user, body.session, body.application) == (visit.actor.id, session_of(visit), key)
    if not mine:
        raise PageRefused(NOT_FOUND)
    left = fact.recorded_at + _SHOWN_FOR - datetime.now(UTC)
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
        at=fact.recorded_at,
    )
    answer.headers["Cache-Control"] = "no-store"
    if value is not None:
        answer.headers["Refresh"] = f"{int(left.total_seconds()) + 1}; url={again}"
    return answer
