"""plan_lines: what is told of plans, ceilings and spending in an application's trail."""

from events import budgets as b
from events import instalments as i
from events.approvals import (
    ApprovalExtended,
    CeilingStated,
    ExtensionLapsed,
    ExtensionProposed,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
)
from events.deadlines import DeadlineMissed, PaymentLate
from events.promises import PromiseAccepted, PromiseMade, PromiseRefused
from events.values import Fact
from services.wording.budget_line_names import line_name
from services.wording.coded_words import STOPPED
from services.wording.languages import marked as _
from services.wording.languages import translate

BUDGET: tuple[type[Fact], ...] = (
    CeilingStated,
    b.CeilingReached,
    b.BudgetCarried,
    b.BudgetParted,
)
DECISION: tuple[type[Fact], ...] = (
    LaterYearHeld,
    LaterYearCommitted,
    LaterYearLapsed,
    LaterYearDropped,
    ExtensionProposed,
    ApprovalExtended,
    ExtensionLapsed,
    PromiseMade,
    PromiseAccepted,
    PromiseRefused,
    DeadlineMissed,
    PaymentLate,
)
PAYMENT: tuple[type[Fact], ...] = (
    i.EvidenceRecorded,
    i.InstalmentWaits,
    i.InstalmentReduced,
    i.InstalmentCut,
    i.PlanEnded,
    i.ResumptionRaised,
    i.PlanResumed,
    i.PlanKeptStopped,
)
BANK: tuple[type[Fact], ...] = (
    b.BudgetSpent,
    b.BudgetSpendingReversed,
    b.AdvanceEarmarked,
    b.EarmarkFreed,
)


LATE = {
    "undecided": _("尚未办结"),
    "not_ordered": _("尚未确认应付"),
    "not_paid": _("银行尚未付到"),
}
"""How far a claim had come on the day on which it was found to be late."""


def sentence_of(body: Fact) -> tuple[str, int | None, str] | None:
    """Tell one of these facts: words, fen where money is meant, and a tone; None for all others."""
    return _of_lines(body) if isinstance(body, BUDGET + BANK) else _of_plans(body)


def _of_lines(body: Fact) -> tuple[str, int | None, str] | None:
    match body:
        case CeilingStated():
            return translate(_("属于共同上限")), None, ""
        case b.CeilingReached():
            return translate(_("共同上限已满")), None, "red"
        case b.BudgetCarried():
            return translate(_("年度终了，排队结转下一年度")), None, "violet"
        case b.BudgetParted():
            words = translate(_("已占用的年度先核准，本额度的部分在原位接着排队"))
            return words, body.onward.amount, "violet"
        case b.BudgetSpent():
            return translate(_("额度记为已付")), body.amount, ""
        case b.BudgetSpendingReversed():
            return translate(_("额度已付冲回")), body.amount, ""
        case b.AdvanceEarmarked():
            return translate(_("额度中划出预拨")), body.amount, ""
        case b.EarmarkFreed():
            return translate(_("预拨占用的额度归位")), body.amount, ""
        case _:
            return None


def _of_plans(body: Fact) -> tuple[str, int | None, str] | None:
    match body:
        case PromiseMade():
            return translate(_("书面承诺 {n} 项，查收款人信用"), n=len(body.facts)), None, "violet"
        case PromiseAccepted():
            return translate(_("信用等级 {grade}，承诺有效"), grade=body.grade), None, ""
        case PromiseRefused():
            return translate(_("信用等级 {grade}，不适用承诺"), grade=body.grade), None, "amber"
        case DeadlineMissed() | PaymentLate():
            stage = body.stage if isinstance(body, DeadlineMissed) else "not_paid"
            why = translate(LATE[stage])
            words = translate(_("应于 {day} 前拨付到位，已逾期：{why}"), day=body.pay_by, why=why)
            return words, None, "red"
        case LaterYearHeld() | LaterYearCommitted() | LaterYearLapsed() | LaterYearDropped():
            return _of_later_years(body)
        case ExtensionProposed():
            words = translate(_("提请延长，再发 {n} 期"), n=len(body.instalments))
            return words, sum(part.amount for part in body.instalments), ""
        case ApprovalExtended():
            words = translate(_("核准延长，再发 {n} 期"), n=len(body.instalments))
            return words, sum(part.amount for part in body.instalments), ""
        case ExtensionLapsed():
            return translate(_("年度终了，延长未果")), None, ""
        case i.EvidenceRecorded():
            return translate(_("第 {n} 期计发依据已到"), n=body.no), None, ""
        case i.InstalmentWaits():
            return translate(_("第 {n} 期到期，等待计发依据"), n=body.no), None, "amber"
        case i.InstalmentReduced():
            return translate(_("第 {n} 期按依据少于计划"), n=body.no), body.amount, ""
        case i.InstalmentCut():
            words = translate(
                _("第 {n} 期 {month} 按天计 {days} 天：{day} 起{why}"),
                n=body.no,
                month=body.month,
                days=body.days,
                day=body.since,
                why=translate(STOPPED[body.reason]),
            )
            return words, body.amount, ""
        case i.PlanEnded():
            return translate(_("享受期 {day} 提前结束"), day=body.ended_on), None, ""
        case _:
            return _of_resumptions(body)


def _of_later_years(
    body: LaterYearHeld | LaterYearCommitted | LaterYearLapsed | LaterYearDropped,
) -> tuple[str, int | None, str]:
    line = line_name(body.line, "/")
    match body:
        case LaterYearHeld():
            words = translate(
                _("{year} 年度的部分待预算，在 {line} 排队，不影响已占用的部分"),
                year=body.year,
                line=line,
            )
            return words, body.amount, "violet"
        case LaterYearCommitted():
            words = translate(
                _("{year} 年度的部分已由 {line} 占用，{n} 期到期即付"),
                year=body.year,
                line=line,
                n=len(body.instalments),
            )
            return words, body.amount - body.surplus, ""
        case LaterYearLapsed():
            words = translate(
                _("{line} 已关账，{year} 年度的部分没有轮到，停发待决定（{rule}）"),
                year=body.year,
                line=line,
                rule=body.rule,
            )
            return words, body.amount, "red"
        case LaterYearDropped():
            words = translate(_("{year} 年度的部分不再应付，离开队列"), year=body.year)
            return words, body.amount, ""


def _of_resumptions(body: Fact) -> tuple[str, int | None, str] | None:
    match body:
        case i.ResumptionRaised():
            words = translate(_("{day} 起停发事由消失，待决定是否恢复"), day=body.since)
            return words, None, "amber"
        case i.PlanResumed():
            words = translate(_("自 {day} 恢复发放：{reason}"), day=body.since, reason=body.reason)
            return words, None, ""
        case i.PlanKeptStopped():
            return translate(_("不恢复发放：{reason}"), reason=body.reason), None, ""
        case _:
            return None
