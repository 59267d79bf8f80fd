"""acts: what staff do becomes a command; the page tells what came of it once it is read back.

In:   a form with its command id
Out:  a command on `commands`, then a page that never claims success before the fact is there
Holds: the id is the form's, so a double post or a resend asks the same thing once more, and
       the stream answers it once
"""

import asyncio
import secrets
import string
import uuid
from datetime import UTC, date, datetime
from typing import NamedTuple

from starlette.responses import RedirectResponse, Response

from events.codec import encode_command
from events.envelope import Asked
from events.values import Command
from services.runtime.errors import NotConfigured
from services.web import figures
from services.web.errors import NOT_UNDERSTOOD, Refused
from services.web.languages import translate
from services.web.visit import Visit

_LOOK_AGAIN_SECONDS = 0.05
_ID = string.digits + string.ascii_uppercase


_ANSWERED = """SELECT EXISTS (SELECT FROM books.facts WHERE cause = $1::text::uuid)
                   OR EXISTS (SELECT FROM books.unchanged WHERE command = $1::text)"""


class Act(NamedTuple):
    """One thing asked of one stream."""

    command: str
    stream: str
    body: Command

    @staticmethod
    def new() -> str:
        """Mint the command id that a form carries."""
        return str(uuid.uuid4())


def batch_number(on: date) -> str:
    """Mint a batch's number: ``B`` + yymmdd + four places."""
    return f"B{on:%y%m%d}" + "".join(secrets.choice(_ID) for _ in range(4))


async def send(visit: Visit, act: Act, back: str) -> Response:
    """Send a command, wait a little for its answer, and go to the page that tells it."""
    try:
        command = str(uuid.UUID(act.command))
    except ValueError as error:
        raise Refused(NOT_UNDERSTOOD) from error
    if visit.sources.send is None:
        raise NotConfigured("没有连接消息系统，不能办理。", "请联系系统管理员。")
    if visit.scope.historical or not visit.actor.id:
        return visit.page("not_allowed.html", translate("不能办理"), back=visit.link(back))
    now = datetime.now(UTC)
    asked = Asked(
        command,
        act.stream,
        now,
        now.astimezone(figures.SHANGHAI).date(),
        visit.actor.by,
        act.body,
    )
    await visit.sources.send([(act.stream, encode_command(asked))])
    await _answered(visit, command)
    answer = visit.link(f"/commands/{command}", back=back)
    return RedirectResponse(answer, status_code=303)


async def _answered(visit: Visit, command: str) -> bool:
    """Wait for the command's first fact, outside the snapshot that the form was read in."""
    deadline = asyncio.get_running_loop().time() + visit.sources.wait_seconds
    while asyncio.get_running_loop().time() < deadline:
        async with visit.sources.pool.acquire(timeout=1) as db:
            if await db.fetchval(_ANSWERED, command):
                return True
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return False
