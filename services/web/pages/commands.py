"""commands: what became of something that was asked: the fact, the refusal, or still under way."""

import re
import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from events.control import CommandRefused, CommandSetAside
from services.web.errors import NOT_FOUND, Refused
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.queries import trail
from services.web.visit import Arrived

router = APIRouter()

DONE = {
    "BatchRequested": _("已受理制批，正在逐笔占用名单。"),
    "BatchReleased": _("已放行。"),
    "BatchRejected": _("已退回制单人，名单中的款项可重新制批。"),
    "ImportHeld": _("已提交，等待另一人放行；放行前不计入限额。"),
    "ImportReleased": _("已放行，正在逐行计入限额。"),
    "ImportRejected": _("已退回提交人，更正后可重新提交。"),
}
REFUSALS = {
    "SAME_PERSON": _("您是这一批的制单人，不能放行。请由另一名复核员办理；本次尝试已记录。"),
    "STALE": _("名单或合计与您看到的不同，没有放行。请重新打开批次核对。"),
    "NOT_PREPARED": _("这一批不在待放行状态，没有办理。请重新打开批次查看。"),
    "BATCH_EXISTS": _("这个批次号已用于另一份名单，没有办理。请重新制批。"),
    "EMPTY": _("名单是空的，没有办理。请重新选择到期应付的款项。"),
    "TOO_MANY_LINES": _("名单超过一批的上限，没有办理。请减少笔数后重新制批。"),
    "LINE_TWICE": _("名单中有重复的一笔，没有办理。请重新制批。"),
}
IMPORT_REFUSALS = {
    "SAME_PERSON": _("您是这份文件的提交人，不能放行或退回。请由另一人办理；本次尝试已记录。"),
    "STALE": _("名单与您看到的不同，没有放行。请重新打开核对。"),
    "NOT_HELD": _("这份文件不在待放行状态，没有办理。请重新打开查看。"),
}
_INSIDE = re.compile(r"/(?!/)[A-Za-z0-9/_.:#@$,%-]*")


@router.get("/commands/{command}")
async def answer(
    visit: Arrived, command: uuid.UUID, back: Annotated[str, Query()] = "/"
) -> Response:
    """Tell what became of a command."""
    if not _INSIDE.fullmatch(back):
        raise Refused(NOT_FOUND)
    facts = await trail.of_command(visit.db, str(command))
    refusal = next((f.body for f in facts if isinstance(f.body, CommandRefused)), None)
    repeat = not facts and await trail.was_repeat(visit.db, str(command))
    aside = any(isinstance(f.body, CommandSetAside) for f in facts)
    words = ""
    if refusal is not None:
        known = IMPORT_REFUSALS if refusal.command.endswith("Import") else REFUSALS
        words = translate(known.get(refusal.code, refusal.text or refusal.code))
    elif facts:
        words = translate(DONE.get(facts[0].type, facts[0].type))
    return visit.page(
        "answer.html",
        translate("办理结果"),
        command=str(command),
        facts=facts,
        refusal=refusal,
        aside=aside,
        repeat=repeat,
        words=words,
        back=visit.link(back),
        again=visit.here(),
        knows=("back",),
    )
