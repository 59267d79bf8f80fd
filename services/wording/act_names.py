"""act names: why money is asked back, and what takes two people, in words."""

from services.wording.languages import marked as _

CAUSES: dict[str, str] = {
    "fraud": _("骗取、套取"),
    "not_entitled": _("不符合条件"),
    "administrative_error": _("工作差错"),
    "left_early": _("服务期未满离开"),
    "advance_surplus": _("预拨多于结算"),
    "advance_overdue": _("预拨逾期未结算"),
    "paid_twice": _("银行重复支付"),
}

GROUNDS: dict[str, str] = {
    "not_entitled": _("不符合条件"),
    "amount": _("金额不对"),
    "identity": _("不是本人"),
    "enjoyed_twice": _("重复享受"),
    "debt": _("不应追回"),
    "other": _("其他"),
}
"""What an objection says is wrong."""

DISCLOSURES_OF: dict[str, str] = {
    "grants": _("拟发放名单"),
    "fund_use": _("资金使用情况"),
}
"""What the public is shown."""

ACTS: dict[str, str] = {
    "RevokeApproval": _("撤销核准"),
    "OrderClawback": _("责令退回"),
    "MarkFraud": _("骗取标记"),
    "GradeCredit": _("信用等级"),
    "CloseLine": _("年终关账"),
    "ChangeAccount": _("更正收款账户"),
    "RecordRecovery": _("登记收回"),
    "ResolveDispute": _("登记查明结果"),
    "StateFigure": _("规定参数"),
    "ReverseStatement": _("撤销银行流水文件"),
    "ClassifyStatementLine": _("认定银行流水"),
    "StateTreasuryFigures": _("登记财政数据"),
    "ReverseClassification": _("撤销银行流水的认定"),
    "MakeManualMatch": _("手工勾对"),
    "UndoManualMatch": _("取消手工勾对"),
    "ReopenPeriod": _("重开已签结的月份"),
}
"""What takes two people, as pages call it."""
