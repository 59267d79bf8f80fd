"""fact_words: what every fact, and every word of a fact, is called on the screen and in a terminal.

Holds: every type of fact has a name here, every coded field of one has words for all its values;
       under the English switch a fact goes by the name that it has in the ledger
"""

import re
from collections.abc import Mapping

from services.web.languages import chosen, translate
from services.web.languages import marked as _
from services.web.money_back_lines import CAUSES
from services.web.states import DISPUTES

FACTS: dict[str, str] = {
    "ApplicationFiled": "受理",
    "ApplicationCorrected": "更正",
    "ApplicationWithdrawn": "撤回",
    "WithdrawalAsked": "请求撤回",
    "ApplicationConflicted": "内容冲突",
    "ApprovalProposed": "条件符合，占用限额，申请预算",
    "ApprovalDenied": "不予核准",
    "ApprovalReferred": "转人工",
    "ApprovalGranted": "核准",
    "ApprovalHeld": "待预算",
    "ApprovalLapsed": "预算年度结束，未办",
    "ApprovalWithdrawn": "核准撤回，限额与预算退还",
    "CommitmentDeclined": "迟到的预算答复，已退还",
    "BudgetCommitted": "预算占用",
    "BudgetPassedOn": "本资金不足，转下一资金",
    "CeilingReached": "共同上限已满",
    "BudgetQueued": "预算排队",
    "BudgetDequeued": "预算出队",
    "BudgetReleased": "预算退还",
    "InstalmentDue": "到期应付",
    "InstalmentStopped": "停发",
    "DisbursementOrdered": "列入支付",
    "BatchRequested": "申请制批",
    "BatchLineClaimed": "批次确认此笔",
    "BatchLineRefused": "批次未能列入此笔",
    "BatchPrepared": "批次制成",
    "BatchReleased": "批次放行",
    "BatchRejected": "批次退回",
    "BatchSending": "批次开始发送",
    "BatchSent": "批次已发送银行",
    "BatchResultRecorded": "收到银行结果",
    "BatchClosed": "批次办结",
    "DisbursementBatched": "制批",
    "DisbursementSent": "已发送",
    "DisbursementSettled": "已到账",
    "DisbursementReturned": "银行退回",
    "DisbursementCancelled": "应付撤销",
    "DisbursementDisputed": "银行前后矛盾，停付待查",
    "DisputeResolved": "查明结果",
    "OutcomeAsked": "向银行查询结果",
    "OutcomeFound": "查明的结果告知批次",
    "PaymentsKept": "付款已在途，不能撤回",
    "PaymentsGivenUp": "撤销未付",
    "BatchHeld": "批次被拦下",
    "BatchLineTakenOut": "批次撤下此笔",
    "DisbursementRecalled": "要求批次撤下此笔",
    "ApprovalRevoked": "撤销核准",
    "ServiceLeftEarly": "服务期未满离开",
    "AdvanceGranted": "核准预拨",
    "AdvanceOpened": "预拨待结算",
    "AdvanceSettled": "抵减预拨",
    "AccountProposed": "提出账户更正",
    "AccountRejected": "不同意账户更正",
    "AccountChanged": "账户已更正",
    "PaymentsStopped": "停止支付",
    "ClawbackProposed": "提出追回",
    "ClawbackRejected": "不同意追回",
    "ClawbackOrdered": "决定追回",
    "ClawbackOffset": "抵扣",
    "ClawbackRecovered": "收回现金",
    "WriteOffProposed": "提出核销",
    "WriteOffRejected": "不同意核销",
    "ClawbackWrittenOff": "已核销",
    "SubmissionOpened": "收到批量申报",
    "SubmissionLineAnswered": "批量申报记下本行结果",
    "SubmissionDecided": "批量申报每行都有答复，告知单位",
    "SubmissionClosed": "批量申报全部办结，告知单位",
    "CommandRefused": "未办理",
    "CommandSetAside": "搁置，等待处理",
    "CommandRejected": "搁置后不再办理",
    "CeilingStated": "属于共同上限",
    "ExtensionProposed": "提请延长",
    "ApprovalExtended": "核准延长",
    "ExtensionLapsed": "延长未果",
    "PromiseMade": "书面承诺，查收款人信用",
    "PromiseAccepted": "承诺有效",
    "PromiseRefused": "信用不足，承诺无效",
    "DeadlineMissed": "逾期未拨付",
    "PaymentLate": "逾期未到账",
    "BudgetAllocated": "下达预算额度",
    "BudgetAdjusted": "调整预算额度",
    "AdjustmentProposed": "提出预算调整",
    "AdjustmentRejected": "不同意预算调整",
    "BudgetCarried": "排队结转下一年度",
    "BudgetSpent": "额度记为已付",
    "BudgetSpendingReversed": "额度已付冲回",
    "AdvanceEarmarked": "额度中划出预拨",
    "EarmarkFreed": "预拨占用的额度归位",
    "BudgetAlarmRaised": "预算占用报警",
    "LineClosed": "额度关账",
    "StatusRecorded": "人员状态变化",
    "PriorUseRecorded": "记入历史享受",
    "MemberJoined": "家庭成员加入",
    "MemberLeft": "家庭成员离开",
    "HouseholdChanged": "家庭情况变化",
    "HouseholdNoted": "记下所属家庭",
    "HouseholdInformed": "获知家庭情况变化",
    "CategoryLost": "不再属于该困难类别",
    "VoucherIssued": "发放培训券",
    "VoucherClaimed": "领用培训券",
    "VoucherVerified": "验证培训券",
    "VoucherUsed": "应用培训券",
    "VoucherStepKept": "培训券后一步先到，等待前一步",
    "VoucherStepDropped": "培训券的一步没有记入",
    "VoucherExpired": "培训券失效",
    "ImportHeld": "提交历史享受文件",
    "ImportReleased": "放行历史享受文件",
    "ImportRejected": "退回历史享受文件",
    "ImportDone": "历史享受文件全部计入",
    "EvidenceRecorded": "收到计发依据",
    "InstalmentWaits": "到期，等待计发依据",
    "InstalmentReduced": "按依据少于计划",
    "InstalmentCut": "变化当月按天计，少于计划",
    "PlanEnded": "享受期提前结束",
    "OverpaymentFound": "发现多付",
    "ResumptionRaised": "停发事由已消失，等人决定是否恢复",
    "PlanResumed": "恢复发放",
    "PlanKeptStopped": "不恢复发放",
    "DisbursementClaimRefused": "未能列入批次",
    "DisbursementUnbatched": "退出批次，等待下一批",
    "FraudMarked": "标记骗取、套取",
    "MarkNoted": "以后的申请先由人工复核",
    "CreditGraded": "评定信用等级",
    "StatementOpened": "开始登记对账单",
    "StatementLineRecorded": "登记对账单一行",
    "StatementLineClassified": "认定对账单一行",
    "OpeningBalance": "登记期初余额",
    "StreamResumed": "恢复办理",
}

STOPPED: dict[str, str] = {
    "employed": _("已就业"),
    "unemployed": _("已失业"),
    "deceased": _("已死亡"),
    "retired": _("已退休"),
    "left": _("已迁出"),
    "receiving": _("领取其他待遇"),
    "not_receiving": _("停止领取其他待遇"),
    "excluded": _("不重复享受"),
    "household": _("家庭已移出零就业家庭"),
    "ended": _("享受期已结束"),
    "nothing_due": _("当月无应付金额"),
}
"""Why an instalment is not paid; the first words are also those of a person's status."""

EVIDENCE = {"contributions": _("实际缴费"), "days_served": _("实际见习天数")}
GRADES = {"A": _("A 高"), "B": _("B 一般"), "C": _("C 低"), "D": _("D 骗取后")}
OUTCOMES = {"settled": _("已到账"), "returned": _("已退回")}
ANSWERS = {
    "granted": _("已核准"),
    "denied": _("不予核准"),
    "referred": _("转人工"),
    "held": _("待预算"),
    "lapsed": _("已过期"),
    "withdrawn": _("已撤回"),
    "revoked": _("已撤销核准"),
}
PAYMENT_KINDS = {"benefit": _("补贴"), "advance": _("预拨"), "bank": _("银行多付")}
SPENDING = {"paid": _("银行已付"), "kept": _("抵扣欠款"), "advanced": _("抵减预拨")}
FREEING = {
    "own_instalment": _("在本申请抵减"),
    "elsewhere": _("另行结清或收回"),
    "no_plan": _("单独核准的预拨"),
}
LINE_KINDS = {
    "payment": _("付款"),
    "funds_received": _("拨款到账"),
    "interest": _("利息"),
    "fee": _("手续费"),
    "refund": _("退款"),
    "other": _("其他"),
}

CODED: Mapping[str, Mapping[str, str]] = {
    "ApprovalRevoked.cause": CAUSES,
    "PaymentsStopped.cause": CAUSES,
    "ClawbackProposed.cause": CAUSES,
    "ClawbackOrdered.cause": CAUSES,
    "ClawbackOrdered.basis": PAYMENT_KINDS,
    "PromiseMade.grades": GRADES,
    "PromiseAccepted.grade": GRADES,
    "PromiseRefused.grade": GRADES,
    "CreditGraded.grade": GRADES,
    "CreditGraded.before": GRADES,
    "DeadlineMissed.stage": {"undecided": _("尚未办结"), "not_ordered": _("尚未确认应付")},
    "SubmissionLineAnswered.outcome": ANSWERS,
    "LineClosed.queue": {"lapse": _("排队的失效"), "carry": _("排队的结转")},
    "StatusRecorded.status": STOPPED,
    "HouseholdInformed.status": STOPPED,
    "VoucherStepKept.step": {"claim": _("领用"), "verify": _("验证"), "use": _("应用")},
    "VoucherStepDropped.step": {"claim": _("领用"), "verify": _("验证"), "use": _("应用")},
    "EvidenceRecorded.kind": EVIDENCE,
    "InstalmentWaits.needs": EVIDENCE,
    "InstalmentReduced.kind": EVIDENCE,
    "PlanEnded.because": {"stable_job": _("实现稳定就业"), "left": _("其他原因离开")},
    "InstalmentStopped.reason": STOPPED,
    "OverpaymentFound.reason": STOPPED,
    "InstalmentCut.reason": STOPPED,
    "ResumptionRaised.stopped_by": STOPPED,
    "ResumptionRaised.status": STOPPED,
    "DisbursementOrdered.kind": PAYMENT_KINDS,
    "DisbursementCancelled.kind": PAYMENT_KINDS,
    "DisbursementDisputed.said": {code: state.word for code, state in DISPUTES.items()},
    "DisputeResolved.verdict": {"paid": _("查明已付"), "not_paid": _("查明未付")},
    "AdvanceGranted.nets": {"claim": _("在本申请抵减"), "first": _("在首次结算抵减")},
    "AdvanceOpened.nets": {"claim": _("在本申请抵减"), "first": _("在首次结算抵减")},
    "BatchResultRecorded.outcome": OUTCOMES,
    "DisbursementDisputed.outcome": OUTCOMES,
    "OutcomeFound.outcome": OUTCOMES,
    "BudgetSpent.kind": SPENDING,
    "EarmarkFreed.by": FREEING,
    "StatementLineClassified.kind": LINE_KINDS,
}
"""The words of every coded field of a fact, by ``Type.field``."""


def fact_name(kind: str) -> str:
    """Name a type of fact."""
    if chosen() == "en":
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()
    return FACTS.get(kind, kind)


def coded(field: str, value: str) -> str:
    """Say a coded field's value, ``InstalmentStopped.reason`` say; an unknown one as it is."""
    return translate(CODED.get(field, {}).get(value, value))
