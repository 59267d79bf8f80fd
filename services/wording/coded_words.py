"""coded words: what every coded field of a fact says, on the screen and in a terminal.

Holds: every coded field of a fact has words for all its values; an unknown value is shown as it is
"""

from collections.abc import Mapping

from services.wording.act_names import CAUSES, DISCLOSURES_OF, GROUNDS
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DISPUTES

STOPPED: dict[str, str] = {
    "employed": _("已就业"),
    "unemployed": _("已失业"),
    "deceased": _("已死亡"),
    "retired": _("已退休"),
    "left": _("已迁出"),
    "back": _("已迁回"),
    "receiving": _("领取其他待遇"),
    "not_receiving": _("停止领取其他待遇"),
    "excluded": _("不重复享受"),
    "household": _("家庭已移出零就业家庭"),
    "ended": _("享受期已结束"),
    "nothing_due": _("当月无应付金额"),
    "unfunded": _("所属年度终了，没有轮到预算"),
}
"""Why an instalment is not paid; the first words are also those of a person's status."""


EVIDENCE = {"contributions": _("实际缴费"), "days_served": _("实际见习天数")}


GRADES = {"A": _("A 高"), "B": _("B 一般"), "C": _("C 低"), "D": _("D 骗取后")}


CONCLUSIONS = {"sound": _("未见问题"), "doubtful": _("存疑"), "wrong": _("查实有误")}
"""What an inspector found in one application of a sample."""


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
    "correction": _("银行更正"),
}


PROPOSED_ENTRIES = {
    "funds_received": _("认定为拨款到账"),
    "interest": _("认定为利息"),
    "fee": _("认定为手续费"),
    "correction": _("认定为银行更正"),
    "bank_result": _("登记银行结果"),
    "recovery": _("登记收回"),
    "reverse_statement": _("撤销银行流水文件"),
    "wait_for_bank": _("等银行入账"),
}
"""What would make the two sides of a difference equal."""


RULE_TEXT_KINDS = {"policy": _("条文"), "figures": _("参数")}


DETAILS: dict[str, str] = {
    "name": _("姓名或名称"),
    "number": _("证件号码"),
    "account": _("账号"),
    "phone": _("电话"),
}
"""What of a person or unit is shown in full."""

CODED: Mapping[str, Mapping[str, str]] = {
    "RuleTextRecorded.kind": RULE_TEXT_KINDS,
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
    "ObjectionRaised.ground": GROUNDS,
    "ObjectionResolved.verdict": {"upheld": _("异议成立"), "dismissed": _("异议不成立")},
    "DisclosurePrepared.kind": DISCLOSURES_OF,
    "DisclosurePublished.kind": DISCLOSURES_OF,
    "DisputeResolved.verdict": {"paid": _("查明已付"), "not_paid": _("查明未付")},
    "AdvanceGranted.nets": {"claim": _("在本申请抵减"), "first": _("在首次结算抵减")},
    "AdvanceOpened.nets": {"claim": _("在本申请抵减"), "first": _("在首次结算抵减")},
    "BatchResultRecorded.outcome": OUTCOMES,
    "DisbursementDisputed.outcome": OUTCOMES,
    "OutcomeFound.outcome": OUTCOMES,
    "BudgetSpent.kind": SPENDING,
    "EarmarkFreed.by": FREEING,
    "StatementLineClassified.kind": LINE_KINDS,
    "LineClassificationReversed.kind": LINE_KINDS,
    "StatementPartAnswered.verdict": {"taken": _("已登记"), "declined": _("未登记")},
    "StatementReversalAnswered.verdict": {"taken": _("已撤销"), "declined": _("未撤销")},
    "ItemConcluded.conclusion": CONCLUSIONS,
    "DifferenceEntryProposed.entry": PROPOSED_ENTRIES,
    "DetailRevealed.detail": DETAILS,
    "CredentialReset.credential": {"password": _("口令"), "code": _("动态口令的设备")},
}
"""The words of every coded field of a fact, by ``Type.field``."""


def coded(field: str, value: str) -> str:
    """Say a coded field's value, ``InstalmentStopped.reason`` say; an unknown one as it is."""
    return translate(CODED.get(field, {}).get(value, value))
