"""looking: personal data in full is asked for by a command, and shown behind the fact that allows it.

In:   who asks, in which session, what for; the command by which it was asked
Out:  the fact that allows it, or the way to the ledger's answer
Holds: nothing is shown to whoever did not ask, nor in another session than the one in which it was asked
Raises: PageRefused
"""

import uuid
from datetime import datetime
from typing import TypeVar

from starlette.responses import RedirectResponse, Response

from events import streams
from events.looks import DetailRevealed, UnmaskedExported
from projections.queries import recorded_facts
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Visit
from services.wording.languages import marked as _

PURPOSES = (
    _("核实身份"), _("联系申请人"), _("更正账户"), _("审计抽查"), _("信访答复"), _("其他"),
)  # fmt: skip
"""What people look for; who says something else writes it."""

Look = TypeVar("Look", DetailRevealed, UnmaskedExported)


def why_of(purpose: str, more: str) -> str:
    """What for, in one sentence."""
    return f"{purpose}：{more}" if more else purpose


def session_of(visit: Visit) -> str:
    """The public number of this session; empty where nobody signs in."""
    return visit.visitor.session.session if visit.visitor.session else ""


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


async def allowing(
    visit: Visit, command: uuid.UUID, kind: type[Look]
) -> tuple[Look, datetime] | None:
    """The fact that lets this reader see what a command asked for, and when it was recorded; None where
    the ledger has none.

    Raises: PageRefused to whoever did not ask, or asked in another session
    """
    facts = await recorded_facts.of_command(visit.db, str(command))
    found = [(body, fact.recorded_at) for fact in facts if isinstance(body := fact.body, kind)]
    if not found:
        return None
    ((look, at),) = found
    if (look.user, look.session) != (visit.actor.id, session_of(visit)):
        raise PageRefused(NOT_FOUND)
    return look, at


def to_its_answer(visit: Visit, command: uuid.UUID) -> Response:
    """Go to what the ledger has answered, and from there back here."""
    back = visit.request.url.path
    return RedirectResponse(visit.link(f"/commands/{command}", back=back), status_code=303)
