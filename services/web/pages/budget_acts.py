"""budget acts: propose an adjustment, agree to it as another person, close a line at year end."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.budgets import CloseLine, ConfirmAdjustment, ProposeAdjustment
from events.values import Command
from policies.duties import shipped
from projections.queries import budgets
from services.web.acts.sending import Act, send
from services.web.acts.sending import propose as propose_act
from services.web.request.fields import NotUnderstood
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import DocumentTyped, Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording.languages import translate

router = APIRouter()


@router.post("/budgets/adjustments")
async def propose(
    visit: Arrived,
    command: Field,
    line: Field,
    direction: Annotated[Literal["more", "less"], Form()],
    amount: Field,
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Propose to raise or lower a line; another person agrees."""
    by = typed_yuan("amount", amount)
    body = ProposeAdjustment(
        document=document.strip(),
        by=by if direction == "more" else -by,
        reason=reason.strip(),
        maker=visit.actor.id,
    )
    return await _send(visit, command, line, body)


@router.post("/budgets/adjustments/judge")
async def judge(
    visit: Arrived,
    command: Field,
    line: Field,
    document: DocumentTyped,
    by: Annotated[int, Form()],
    verdict: Annotated[Literal["confirm", "reject"], Form()],
    reason: Note = "",
) -> Response:
    """Agree to an adjustment, or not."""
    body = ConfirmAdjustment(
        document=document,
        by=by,
        checker=visit.actor.id,
        approve=verdict == "confirm",
        reason=reason.strip(),
    )
    return await _send(visit, command, line, body)


@router.post("/budgets/close")
async def close(visit: Arrived, command: Field, line: Field, document: DocumentTyped) -> Response:
    """Propose to close a line; its fund's rule says what becomes of those who wait."""
    _, name, _, _ = _parts(visit, line)
    body = CloseLine(document=document.strip(), queue=shipped().budgets.at_year_end(name))
    year = await _known(visit, line)
    return await propose_act(visit, Act(command, line, body), f"/budgets?year={year}")


async def _send(visit: Visit, command: str, line: str, body: Command) -> Response:
    year = await _known(visit, line)
    return await send(visit, Act(command, line, body), f"/budgets?year={year}")


async def _known(visit: Visit, line: str) -> int:
    """Tell the year of a line that the books have."""
    year = _parts(visit, line)[3]
    if not await budgets.exists(visit.db, line):
        raise NotUnderstood("line", translate("不在可选范围内"), line)
    return year


def _parts(visit: Visit, line: str) -> tuple[str, str, str, int]:
    """Split a line's name; one outside the visitor's district is not there."""
    try:
        parts = streams.line_parts(line)
    except ValueError as error:
        raise NotUnderstood("line", translate("不在可选范围内"), line) from error
    if streams.kind(line) != "budget" or not visit.scope.holds(parts[2]):
        raise NotUnderstood("line", translate("不在可选范围内"), line)
    return parts
