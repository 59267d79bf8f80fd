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
REFUSALS = {
    "SAME_PERSON": _("您是制单人或提出人，不能复核。请由另一人办理；本次尝试已记录。"),
    "STALE": _("名单或合计与您看到的不同，没有放行。请重新打开批次核对。"),
    "NOT_PREPARED": _("这一批不在待放行状态，没有办理。请重新打开批次查看。"),
    "BATCH_EXISTS": _("这个批次号已用于另一份名单，没有办理。请重新制批。"),
    "EMPTY": _("名单是空的，没有办理。请重新选择到期应付的款项。"),
    "TOO_MANY_LINES": _("名单超过一批的上限，没有办理。请减少笔数后重新制批。"),
    "LINE_TWICE": _("名单中有重复的一笔，没有办理。请重新制批。"),
    "NOT_GRANTED": _("这件申请不在已核准状态，没有办理。"),
    "RATE_TOO_HIGH": _("预拨比例超过上限，没有办理。"),
    "PLANNED_TOO_HIGH": _("计划全额超过核准金额，没有办理。"),
    "TERM_PASSED": _("应结算日已过，没有办理。"),
    "NOTHING_TO_ADVANCE": _("预拨金额为零，没有办理。"),
    "NOTHING_PAID": _("这件申请没有可追回的已付款项，没有办理。"),
    "EXCEEDS_PAID": _("金额超过已付而未追回的数额，没有办理。请核对后重新提出。"),
    "EXCEEDS_DEBT": _("金额超过尚欠的数额，没有办理。请核对后重新登记。"),
    "BELOW_COMMITTED": _("调减后会低于已占用金额，没有办理。"),
    "LINE_CLOSED": _("这个额度已关账，没有办理。"),
    "NOTHING_TO_ADJUST": _("调整金额为零，没有办理。"),
    "DOCUMENT_USED": _("这个文号已用过，没有办理。请核对文号。"),
    "NOT_PROPOSED": _("没有待复核的事项，可能已由他人办理。请刷新查看。"),
    "ALREADY_PROPOSED": _("已有一项核销待复核，没有办理。请先复核那一项。"),
    "UNKNOWN_CLAWBACK": _("没有这个追回编号，没有办理。请核对编号。"),
    "UNDER_WAY": _("新的指令已制批或已发送，须等银行回盘后再办理。"),
    "NO_DISPUTE": _("这一笔没有待查明的矛盾，可能已由他人办理。"),
    "KNOWN": _("银行已回盘，不必再查询。"),
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
