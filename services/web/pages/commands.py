"""commands: what became of something that was asked: the fact, the refusal, or still under way."""

import re
import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from events.control import CommandRefused, CommandSetAside
from services.web.errors import NOT_FOUND, Refused
from services.web.fact_words import fact_name
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.queries import trail
from services.web.refusals import refused
from services.web.visit import Arrived

router = APIRouter()

DONE = {
    "CommandRejected": _("已记录不再办理。"),
    "BatchRequested": _("已受理制批，正在逐笔占用名单。"),
    "BatchReleased": _("已放行。"),
    "BatchRejected": _("已退回制单人，名单中的款项可重新制批。"),
    "ApprovalRevoked": _("核准已撤销，未付的不再付，已付的追回。"),
    "AdvanceGranted": _("已核准预拨，等待制批。"),
    "FraudMarked": _("已标记，信用等级降为 D。"),
    "CreditGraded": _("已评定信用等级。"),
    "AccountProposed": _("已提出账户更正，待他人复核。"),
    "AccountRejected": _("已记录不同意更正。"),
    "AccountChanged": _("账户已更正，退回的款项可重新制批。"),
    "ClawbackProposed": _("已提出追回，待他人复核。"),
    "ClawbackRejected": _("已记录不同意追回。"),
    "ClawbackOrdered": _("已决定追回。"),
    "ClawbackRecovered": _("已登记收回。"),
    "WriteOffProposed": _("已提出核销，待他人复核。"),
    "WriteOffRejected": _("已记录不同意核销。"),
    "ClawbackWrittenOff": _("已核销。"),
    "AdjustmentProposed": _("已提出预算调整，待他人复核。"),
    "AdjustmentRejected": _("已记录不同意调整。"),
    "BudgetAdjusted": _("预算额度已调整。"),
    "BudgetCarried": _("已关账，排队的结转下一年度。"),
    "BudgetDequeued": _("已关账，排队的失效。"),
    "LineClosed": _("已关账。"),
    "WithdrawalAsked": _("已请求撤回，未付的撤销后生效。"),
    "OutcomeAsked": _("已记录向银行查询，没有再次发送。"),
    "DisputeResolved": _("已记录查明结果。"),
    "ImportHeld": _("已提交，等待另一人放行；放行前不计入限额。"),
    "ImportReleased": _("已放行，正在逐行计入限额。"),
    "ImportRejected": _("已退回提交人，更正后可重新提交。"),
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
        words = refused(refusal.command, refusal.code, refusal.text)
    elif facts:
        done = DONE.get(facts[0].type)
        words = translate(done) if done else fact_name(facts[0].type)
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
