"""person links: the same person under two documents; one proposes, another agrees, caps then count both."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.links import JudgeLink, ProposeLink
from projections.queries import links
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field
from services.web.request.visit import Arrived, Visit
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()
PERSON = "p"
"""What the token of a person begins with."""

STATES = {
    "proposed": State(_("待复核"), "amber"),
    "rejected": State(_("不同意关联"), "grey"),
    "confirmed": State(_("已同意，正在移交限额"), "violet"),
    "linked": State(_("已按同一人计"), "blue"),
}


async def _table(visit: Visit, rows: list[links.LinkRow]) -> PageTable[links.LinkRow]:
    names = await visit.names(token for row in rows for token in (row.lead, row.other))

    def person(token: str) -> str:
        who = names.get(token)
        return (
            "***" if who is None else f"{who.name} {who.number} {translate(who.document)}".strip()
        )

    columns: list[PageColumn[links.LinkRow]] = [
        PageColumn(_("一个证件"), lambda r: person(r.lead)),
        PageColumn(_("另一个证件"), lambda r: person(r.other)),
        PageColumn(_("状态"), lambda r: STATES[r.state], ColumnKind.STATE),
        PageColumn(_("依据"), lambda r: r.document),
        PageColumn(_("理由"), lambda r: r.reason),
        PageColumn(_("提出人"), lambda r: r.maker),
        PageColumn(_("复核人"), lambda r: r.checker),
        PageColumn(_("时间"), lambda r: r.told_at, ColumnKind.MOMENT),
    ]
    return PageTable("links", _("同一人关联"), columns, rows, {}, _("没有关联。"))


@router.get("/links")
async def overview(visit: Arrived, application: str = "", csv: str | None = None) -> Response:
    """Show who is linked, and what waits for a second person."""
    rows = await links.rows(visit.db, visit.scope.districts)
    table = await _table(visit, rows)
    if csv:
        return visit.csv(table)
    return visit.page(
        "links.html",
        translate("同一人关联"),
        table=table,
        waiting=[row for row in rows if row.state == "proposed"],
        application=application,
        act=Act.new,
    )


@router.post("/links")
async def propose(
    visit: Arrived,
    command: Field,
    application: Field,
    other: Field,
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Say that the people of two applications are one; another person agrees."""
    first, second = sorted([await _person(visit, application), await _person(visit, other)])
    body = ProposeLink(
        other=streams.beneficiary(second),
        document=document,
        reason=reason,
        maker=visit.actor.id,
    )
    return await send(visit, Act(command, streams.beneficiary(first), body), "/links")


@router.post("/links/judge")
async def judge(
    visit: Arrived,
    command: Field,
    lead: Field,
    other: Field,
    verdict: Annotated[Literal["confirm", "reject"], Form()],
    reason: Field,
) -> Response:
    """Agree that two people are one, or not."""
    body = JudgeLink(
        other=streams.beneficiary(other),
        checker=visit.actor.id,
        verdict=verdict,
        reason=reason,
    )
    return await send(visit, Act(command, streams.beneficiary(lead), body), "/links")


async def _person(visit: Visit, application: str) -> str:
    token = await links.beneficiary(visit.db, application)
    if token is None or not token.startswith(PERSON):
        raise PageRefused(NOT_FOUND)
    return token
