"""dead letters: messages that could not be taken in; an administrator opens, corrects, resubmits, closes.

Holds: a letter's content is shown to whoever has opened it for a purpose, behind that fact, and to
       nobody else; what is sent in its place is kept in the vault and leaves behind its fact
"""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.letters import CloseLetter, ReadLetter, ResubmitLetter
from projections.queries import letters
from services.runtime.waiting import wait_for
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.parts.filters import chips, if_set
from services.web.parts.paging import part
from services.web.request.fields import one_of
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

STATES = {
    "open": State(_("待处理"), "amber"),
    "resubmitted": State(_("已重新提交"), "blue"),
    "closed": State(_("已关闭"), "grey"),
}
ACTS = {"read": _("查看"), "resubmitted": _("更正重发"), "closed": _("关闭")}
_WAIT_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.1


def letters_table(visit: Visit, rows: list[letters.LetterRow]) -> PageTable[letters.LetterRow]:
    """Letters as a table; what was in them is not here."""
    columns: list[PageColumn[letters.LetterRow]] = [
        PageColumn(
            _("死信"), lambda r: r.letter, ColumnKind.ID, lambda r: visit.link(_page(r.letter))
        ),
        PageColumn(_("状态"), lambda r: STATES[r.state], ColumnKind.STATE),
        PageColumn(_("错误"), lambda r: r.code, ColumnKind.ID),
        PageColumn(_("字段"), lambda r: r.field or None, ColumnKind.ID),
        PageColumn(_("来源"), lambda r: r.source or None, ColumnKind.ID),
        PageColumn(_("报文编号"), lambda r: r.event or None, ColumnKind.ID),
        PageColumn(_("申请"), lambda r: r.application or None, ColumnKind.ID),
        PageColumn(_("原因"), lambda r: r.reason, wide_only=True),
        PageColumn(_("时间"), lambda r: r.received_at, ColumnKind.MOMENT),
    ]
    return PageTable("dead-letters", _("坏报文"), columns, rows, {}, _("没有无法读取的报文。"))


def _page(letter: str) -> str:
    return f"/dead-letters/of/{letter}"


@router.get("/dead-letters")
async def dead_letters(
    visit: Arrived, code: str = "", state: str = "", csv: str | None = None
) -> Response:
    """Show what could not be taken in, why, and how it stands."""
    one_of("state", state, STATES)
    table = letters_table(visit, await letters.rows(visit.db, code, state))
    if csv:
        return visit.csv(table)
    codes = await letters.codes(visit.db)
    return visit.page(
        "dead_letters.html",
        translate("坏报文 {n} 条", n=figures.count(sum(n for _code, n in codes))),
        table=part(visit, table, lambda r: r.letter),
        codes=[(c, n, visit.here(code=c)) for c, n in codes],
        states=[(said, visit.here(state=name)) for name, said in STATES.items()],
        chips=chips(
            visit,
            code=if_set(code),
            state=if_set(state, translate(STATES[state].word) if state else None),
        ),
    )


async def _shown(visit: Visit, letter: str, content: str | None, command: str = "") -> Response:
    found = await letters.one(visit.db, letter)
    if found is None:
        raise PageRefused(NOT_FOUND)
    return visit.page(
        "letter.html",
        translate("死信 {letter}", letter=letter),
        letter=found,
        state=STATES[found.state],
        acts=[(translate(ACTS[act.act]), act) for act in await letters.acts(visit.db, letter)],
        content=content,
        opened=command,
        act=Act.new,
    )


@router.get("/dead-letters/of/{letter:path}")
async def one(visit: Arrived, letter: str) -> Response:
    """Show one letter without its content, and what was done about it."""
    return await _shown(visit, letter, None)


@router.get("/dead-letters/opened/{command}/{letter:path}")
async def content(visit: Arrived, command: uuid.UUID, letter: str) -> Response:
    """Show what a letter says to whoever has opened it."""
    who = await letters.opened_by(visit.db, letter, str(command))
    found = await letters.one(visit.db, letter)
    if found is None or not who or who != visit.actor.id or visit.sources.fetch_letter is None:
        raise PageRefused(NOT_FOUND)
    opened = await visit.sources.fetch_letter(letter, found.letter_offset)
    text = (opened.letter.value or b"").decode("utf-8", "replace")
    return await _shown(visit, letter, f"{opened.letter.details}\n\n{text}", str(command))


@router.post("/dead-letters/read")
async def read(visit: Arrived, command: Field, letter: Field, purpose: Field) -> Response:
    """Open a letter, for a purpose."""
    body = ReadLetter(letter=letter, purpose=purpose, operator=visit.actor.id)
    back = f"/dead-letters/opened/{command}/{letter}"
    return await send(visit, Act(command, streams.letter(letter), body), back)


@router.post("/dead-letters/close")
async def close(visit: Arrived, command: Field, letter: Field, purpose: Field) -> Response:
    """Close a letter, with a reason."""
    body = CloseLetter(letter=letter, reason=purpose, operator=visit.actor.id)
    return await send(visit, Act(command, streams.letter(letter), body), _page(letter))


@router.post("/dead-letters/resubmit")
async def resubmit(
    visit: Arrived,
    command: Field,
    letter: Field,
    opened: uuid.UUID,
    purpose: Field,
    corrected: Annotated[str, Form(max_length=1_100_000)],
) -> Response:
    """Send a corrected message in a letter's place; it leaves once the act is on the ledger."""
    sources = visit.sources
    who = await letters.opened_by(visit.db, letter, str(opened))
    found = await letters.one(visit.db, letter)
    if found is None or not who or who != visit.actor.id:
        raise PageRefused(NOT_FOUND)
    if sources.vault is None or sources.put_letter is None or sources.fetch_letter is None:
        raise PageRefused(NOT_FOUND)
    value = corrected.strip().encode()
    headers = (await sources.fetch_letter(letter, found.letter_offset)).letter.headers
    digest = await sources.vault.store_file(f"{letter}.json", value, "resubmitted letter", who)
    body = ResubmitLetter(letter=letter, digest=digest, purpose=purpose, operator=who)
    answer = await send(visit, Act(command, streams.letter(letter), body), _page(letter))
    _forget(visit, command)

    async def is_resubmitted() -> bool | None:
        async with sources.pool.acquire(timeout=1) as db:
            if await letters.resubmitted(db, letter, digest):
                return True
            return False if await letters.refused(db, command) else None

    if await wait_for(is_resubmitted, _WAIT_SECONDS, look_again_seconds=_LOOK_AGAIN_SECONDS):
        await sources.put_letter(letter, value, headers)
    return answer


def _forget(visit: Visit, command: str) -> None:
    """What was typed holds identities: the page does not keep it for another try."""
    kept = visit.request.app.state.kept
    if (sent := kept.of(command)) is not None:
        left = tuple(field for field in sent.fields if field[0] != "corrected")
        kept.keep(command, sent._replace(fields=left))
