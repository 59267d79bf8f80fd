"""commands: what became of something that was asked: the fact, the refusal, or still under way."""

import uuid
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import Response

from events.control import CommandRefused, CommandSetAside
from projections.queries import recorded_facts
from services.web.acts.forms import KeptForms, filled
from services.web.acts.sending import Act
from services.web.request.fields import NotUnderstood
from services.web.request.scope import inside
from services.web.request.visit import Arrived
from services.wording.fact_names import fact_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.refusals import refused

router = APIRouter()

DONE = {
    "LinkProposed": _("已提出关联，待他人复核。"),
    "LinkRejected": _("已记录不同意关联。"),
    "LinkConfirmed": _("已同意关联，正在移交限额使用情况。"),
    "DifferenceAssigned": _("已指定核查人。"),
    "DifferenceExplained": _("已登记说明；两边一致之前，差异仍在。"),
    "DifferenceEntryProposed": _("已登记处理建议；入账另行办理。"),
    "SampleDrawn": _("已登记抽查样本。"),
    "ItemConcluded": _("已记录结论。"),
    "SampleClosed": _("抽查已办结。"),
    "LetterRead": _("已记录查看，可返回查看内容。"),
    "LetterResubmitted": _("已重新提交，正在受理。"),
    "LetterClosed": _("已关闭。"),
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
    "ActProposed": _("已提出，待另一人确认后办理。"),
    "ActConfirmed": _("两人确认，已办理。"),
    "ActRejected": _("已记录不同意，没有办理。"),
    "DisclosurePrepared": _("已提交，等待另一人公布。"),
    "DisclosurePublished": _("已向公众公布。"),
    "DisclosureRejected": _("已退回提交人，没有公布。"),
    "DisclosureTakenDown": _("已撤下，公众不再看到。"),
    "ObjectionRaised": _("已登记异议，有关款项暂缓，等待另一人认定。"),
    "ObjectionResolved": _("已记录认定。"),
    "StatementHeld": _("已提交，等待另一人收下；收下前不计入账。"),
    "StatementReleased": _("已收下，正在登记。"),
    "StatementRejected": _("已退回。"),
    "ImportHeld": _("已提交，等待另一人放行；放行前不计入限额。"),
    "ImportReleased": _("已放行，正在逐行计入限额。"),
    "ApplicationsHeld": _("已提交，等待另一人放行；放行前不报送。"),
    "ApplicationsReleased": _("已放行，正在逐件报送。"),
    "ApplicationsRejected": _("已退回提交人，更正后可重新提交。"),
    "ImportRejected": _("已退回提交人，更正后可重新提交。"),
    "UserAdded": _("已增加用户，可在该用户的页上给出首次口令。"),
    "RolesGranted": _("角色已改，从下一次打开页面起生效。"),
    "UserSuspended": _("已停用，会话已结束。"),
    "UserReinstated": _("已恢复。"),
    "CredentialReset": _("已记录重置。"),
    "ReportIssued": _("报表已签发。"),
    "ReportWithdrawn": _("报表已作废，签发时的数字仍可核验。"),
}


class CommandProgress(NamedTuple):
    """How far an act has come: a title, a word for its tone, and what there is to say."""

    title: str
    tone: str
    words: str
    waits: bool = False


UNKNOWN = CommandProgress(
    _("没有这个命令"),
    "amber",
    _("账上没有它的答复，本系统启动以来也没有发出过它。若是此前提交的，请打开相应记录查看。"),
)
UNDER_WAY = CommandProgress(
    _("已提交，办理中"),
    "blue",
    _("命令已收到，正在排队，可以离开本页；结果会出现在相应记录里。"),
    waits=True,
)
ASIDE = CommandProgress(
    _("暂缓办理"), "amber", _("这条命令暂时无法判断，已转系统管理员，没有写入结果。")
)
REPEAT = CommandProgress(
    _("此前已办理，没有变化"),
    "blue",
    _("同一件事此前已经办理，这次提交没有改变任何内容。"),
)


@router.get("/commands/{command}")
async def answer(
    visit: Arrived, command: uuid.UUID, back: Annotated[str, Query()] = "/"
) -> Response:
    """Tell what became of a command; what was typed stands there again when it was not done."""
    if not inside(back):
        raise NotUnderstood("back", translate("不在本系统内"), back)
    facts = await recorded_facts.of_command(visit.db, str(command))
    kept: KeptForms = visit.request.app.state.kept
    sent = kept.of(str(command))
    refusal = next((f.body for f in facts if isinstance(f.body, CommandRefused)), None)
    repeat = not facts and await recorded_facts.was_repeat(visit.db, str(command))
    if refusal is not None:
        words = refused(refusal.command, refusal.code, refusal.text)
        progress = CommandProgress(_("没有办理"), "amber", words)
    elif any(isinstance(f.body, CommandSetAside) for f in facts):
        progress = ASIDE
    elif facts:
        done = DONE.get(facts[0].type)
        progress = CommandProgress(
            _("已记账"), "blue", translate(done) if done else fact_name(facts[0].type)
        )
    elif repeat:
        progress = REPEAT
    else:
        progress = UNDER_WAY if sent else UNKNOWN
    form = None
    if refusal is not None and sent and sent.fields and sent.actor == visit.actor.id:
        form = filled(
            sent.route,
            sent.action,
            sent.fields,
            visit.cities.accounts.values(),
            command=Act.new(),
        )
    answer = visit.page(
        "answer.html",
        translate("办理结果"),
        command=str(command),
        facts=facts,
        progress=progress,
        code_needed=refusal is not None and refusal.code == "CODE_NEEDED",
        form=form,
        back=visit.link(back),
        again=visit.here(),
    )
    if progress is UNKNOWN:
        answer.status_code = HTTPStatus.NOT_FOUND
    return answer
