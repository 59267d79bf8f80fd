"""closing words: what stands on the closing list of a month, and how a month stands."""

from services.wording.languages import marked as _
from services.wording.states import State

PERIODS: dict[str, State] = {
    "prepared": State(_("待签结"), "amber"),
    "signed": State(_("已签结"), "green"),
    "rejected": State(_("已退回"), "red"),
    "reopened": State(_("重新打开"), "violet"),
}

CHECKS: dict[str, str] = {
    "books_unbalanced": _("科目余额不平"),
    "statement_missing": _("缺对账单的账户"),
    "statement_days_missing": _("对账单没有到月末、或缺日的账户"),
    "statement_broken": _("期初加流水不等于期末的账户"),
    "unexplained": _("余额调节表调节后仍不符的账户"),
    "treasury_missing": _("应有而没有登记的财政数据"),
    "treasury_differs": _("账面与财政数据不等的项目（拨款、支出、余额）"),
    "treasury_unequal": _("账面与财政数据不等的项目，本市未要求相符"),
    "differences": _("对账差异（笔）"),
    "in_transit": _("已发送、银行未回盘（笔）"),
    "disputes": _("银行结果待查明（笔）"),
    "set_aside": _("停办待处理的记录"),
}
"""By the codes of `events.periods`."""
