"""sending: what staff do becomes a command; the page tells what came of it once it is read back.

In:   a form with its command id
Out:  a command on `commands`, then a page that never claims success before the fact is there
Holds: the id is the form's, so a double post or a resend asks the same thing once more, and
       the stream answers it once
"""

import re
import secrets
import string
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from starlette.responses import RedirectResponse, Response

from events.codec import Unwritable, encode_command
from events.contract.inbound.private import names_a_person
from events.envelope import Asked
from events.invariants import BrokenInvariant
from events.proposals import ProposeAct
from events.proposing import proposed
from events.senders import not_allowed
from events.values import Command
from projections.queries import recorded_facts
from projections.queries.command_answers import all_answered
from services.runtime.errors import NotConfigured
from services.runtime.postgres import sight
from services.runtime.waiting import wait_for
from services.streams.authority import code_missing
from services.web.acts.forms import KeptForms, sent_of, typed
from services.web.acts.keeping import keep
from services.web.request import csrf
from services.web.request.fields import NotUnderstood
from services.web.request.visit import Visit
from services.wording import figures
from services.wording.languages import translate

_LOOK_AGAIN_SECONDS = 0.05
_AT = re.compile(r"\$\.([A-Za-z0-9_]+)")
_ID = string.digits + string.ascii_uppercase
_A_WEEK = timedelta(days=7)


class Act(NamedTuple):
    """One thing asked of one stream."""

    command: str
    stream: str
    body: Command

    @staticmethod
    def new() -> str:
        """Mint the command id that a form carries."""
        return str(uuid.uuid4())

    @staticmethod
    def of_today() -> str:
        """Mint a command id that carries its instant (UUID version 7, RFC 9562)."""
        at, random = time.time_ns() // 1_000_000, secrets.randbits(74)
        high, low = random >> 62, random & ((1 << 62) - 1)
        return str(uuid.UUID(int=at << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


def batch_number(command: str) -> str:
    """Mint the number of the batch that a form asks for: ``B`` + yymmdd + four places.

    It is a function of the form's own id, which carries its day: a number that somebody else made
    up never gets in, and one form makes one batch however often it is sent.

    Raises: NotUnderstood when the id is none of `Act.of_today`, or older than a week
    """
    try:
        minted = uuid.UUID(command)
        milliseconds = minted.int >> 80 if minted.version == 7 else 0
        at = datetime.fromtimestamp(
            milliseconds / 1000, UTC
        )  # up to the year 10889: no day of ours
    except ValueError as error:
        raise NotUnderstood("command", translate("已失效")) from error
    age = datetime.now(UTC) - at
    if not timedelta(minutes=-1) < age < _A_WEEK:
        raise NotUnderstood("command", translate("已失效"))
    digest, places = int.from_bytes(sha256(minted.bytes).digest()), ""
    for _place in range(4):
        digest, place = divmod(digest, len(_ID))
        places += _ID[place]
    return f"B{at.astimezone(figures.SHANGHAI):%y%m%d}{places}"


async def propose(visit: Visit, act: Act, back: str) -> Response:
    """Ask for an act that takes two people: it is done when another person confirms it."""
    body = proposed(act.body, act.command, visit.actor.id)
    return await send(visit, Act(act.command, act.stream, body), back)


async def send(visit: Visit, act: Act, back: str) -> Response:
    """Send a command, wait a little for its answer, and go to the page that tells it.

    Raises: NotUnderstood when the form's id is none, or has been used for something else, and
            where a reason or a document's number names a person
    """
    try:
        command = str(uuid.UUID(act.command))
    except ValueError as error:
        raise NotUnderstood("command", translate("已失效")) from error
    kept: KeptForms = visit.request.app.state.kept
    route = getattr(visit.request.scope.get("route"), "path", "")
    sent = sent_of(
        visit.actor.id,
        act.stream,
        route,
        visit.link(visit.request.url.path),
        [(name, value) for name, value in await typed(visit.request) if name != csrf.FIELD],
    )
    before = kept.of(command)
    other = before is not None and (before.stream, before.digest) != (act.stream, sent.digest)
    if other or await recorded_facts.used_elsewhere(visit.db, command, act.stream):
        raise NotUnderstood("command", translate("已用过，请核对后再次提交"))
    _names_nobody(act.body)
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
        visit.visitor.authority,
    )
    if why := not_allowed("web", asked):
        raise BrokenInvariant(why)
    if code_missing(asked):
        return await _code_first(visit, back)
    await visit.sources.send([(act.stream, written(asked))])
    kept.keep(command, sent)
    await answered(visit, [command])
    answer = visit.link(f"/commands/{command}", back=back)
    return RedirectResponse(answer, status_code=303)


async def _code_first(visit: Visit, back: str) -> Response:
    """Ask for a code; the form stands there again afterwards, and nothing is sent by itself."""
    entrance, session = visit.sources.sign_in, visit.visitor.session
    kept = None
    if entrance is not None and session is not None:
        kept = await keep(visit.request, entrance, session.user, visit.link(back))
    return RedirectResponse(visit.link("/confirm-code", back=kept or back), status_code=303)


def _names_nobody(body: Command) -> None:
    """Refuse an id or a card number in a reason or a document's number; it would stay for ever.

    Raises: NotUnderstood, which does not repeat it
    """
    inner = body.body.items() if isinstance(body, ProposeAct) else ()
    for field, text in (*body, *inner):
        if field not in ("reason", "purpose", "document", "supersedes") or not isinstance(
            text, str
        ):
            continue
        if names_a_person(text, words=field in ("reason", "purpose")):
            raise NotUnderstood(field, translate("含有身份号码或卡号，请删去"))


def written(asked: Asked) -> bytes:
    """Write a command.

    Raises: NotUnderstood with the field that its contract does not let pass
    """
    try:
        return encode_command(asked)
    except Unwritable as error:
        found = _AT.search(str(error))
        raise NotUnderstood(found[1] if found else "command", translate("写法不对")) from error


async def answered(visit: Visit, commands: Sequence[str]) -> bool:
    """Wait a little for an answer to each command, outside the snapshot that the form was read in."""
    seconds = visit.sources.wait_seconds
    if not commands or not seconds:
        return False

    async def look() -> bool | None:
        # whether, and not with what: an answer may be about a person whom others know too
        with sight.seeing(sight.EVERYTHING):
            async with visit.sources.pool.acquire(timeout=1) as db:
                return await all_answered(db, commands) or None

    return bool(await wait_for(look, seconds, look_again_seconds=_LOOK_AGAIN_SECONDS))
