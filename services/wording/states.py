"""states: the words of every state, the hue that says what the reader must do, and the shape.

Holds: green is proved and final, amber wants somebody to act, red is wrong or blocked, violet
       waits for others, blue is on its way, grey has ended without money; never hue alone
"""

from typing import NamedTuple

from services.wording.languages import marked as _

MARKS = {
    "green": "M5 0a5 5 0 1 0 0 10A5 5 0 0 0 5 0Z",
    "amber": "M5 0 10 9.4H0Z",
    "red": "M0 0h10v10H0Z",
    "violet": "M1.5 0h3v10h-3zM6 0h3v10H6z",
    "blue": "M1 0 10 5 1 10Z",
    "grey": "M0 3.5h10v3H0Z",
}
"""The shape of each hue, drawn on a field of ten by ten."""


class State(NamedTuple):
    """A state as people read it."""

    word: str
    tone: str

    @property
    def mark(self) -> str:
        """The path of its shape."""
        return MARKS[self.tone]


APPLICATIONS: dict[str, State] = {
    "filed": State(_("已受理"), "blue"),
    "proposed": State(_("已受理"), "blue"),
    "referred": State(_("转人工"), "amber"),
    "held": State(_("待预算"), "violet"),
    "granted": State(_("已核准"), "blue"),
    "denied": State(_("不予核准"), "grey"),
    "withdrawn": State(_("已撤回"), "grey"),
    "lapsed": State(_("已过期"), "grey"),
    "due": State(_("应付"), "blue"),
    "ordered": State(_("应付"), "blue"),
    "batched": State(_("已制批"), "blue"),
    "sent": State(_("已发送"), "violet"),
    "paid": State(_("已到账"), "blue"),
    "settled": State(_("已到账"), "blue"),
    "proved": State(_("银行已证实"), "green"),
    "owed_back": State(_("已付，全额应追回"), "amber"),
    "taken_back": State(_("已付，已全额收回"), "grey"),
    "returned": State(_("已退回"), "red"),
    "stopped": State(_("已停发"), "grey"),
    "netted": State(_("已抵扣"), "grey"),
    "revoked": State(_("已撤销核准"), "grey"),
    "conflicted": State(_("内容冲突"), "red"),
}

DISBURSEMENTS: dict[str, State] = {
    "ordered": State(_("应付"), "blue"),
    "batched": State(_("已制批"), "blue"),
    "sent": State(_("已发送"), "violet"),
    "settled": State(_("已到账"), "blue"),
    "returned": State(_("已退回"), "red"),
    "netted": State(_("已抵扣"), "grey"),
    "cancelled": State(_("已撤销"), "grey"),
}

AFTER_PAYMENT: dict[str, State] = DISBURSEMENTS | {
    "proved": State(_("银行已证实"), "green"),
    "owed_back": State(_("已付，全额应追回"), "amber"),
    "taken_back": State(_("已付，已全额收回"), "grey"),
}
"""A payment's states with what followed: only a line of the bank's statement makes one green."""

INSTALMENTS: dict[str, State] = {
    "planned": State(_("待比对"), "violet"),
    "waiting": State(_("待证明"), "violet"),
    "contributions": State(_("待缴费证明"), "violet"),
    "days_served": State(_("待服务天数"), "violet"),
}

BATCHES: dict[str, State] = {
    "requested": State(_("制批中"), "blue"),
    "prepared": State(_("待放行"), "amber"),
    "released": State(_("已放行"), "blue"),
    "rejected": State(_("已撤销"), "grey"),
    "writing": State(_("正在写付款文件"), "blue"),
    "unwritten": State(_("付款文件未写出"), "red"),
    "sending": State(_("结果不明"), "red"),
    "sent": State(_("已发送"), "violet"),
    "closed": State(_("已结清"), "blue"),
    "empty": State(_("空批，没有付款"), "grey"),
    "returns_open": State(_("已回盘，有退回未办"), "amber"),
    "proved": State(_("银行已证实"), "green"),
}

LINES: dict[str, State] = {
    "claimed": State(_("已列入"), "blue"),
    "refused": State(_("未列入"), "grey"),
    "freed": State(_("已释放"), "grey"),
    "sent": State(_("已发送"), "violet"),
    "settled": State(_("已到账"), "blue"),
    "proved": State(_("银行已证实"), "green"),
    "returned": State(_("已退回"), "red"),
    "disputed": State(_("金额待查明"), "red"),
}

SUBMISSIONS: dict[str, State] = {
    "open": State(_("办理中"), "blue"),
    "decided": State(_("部分待办"), "violet"),
    "closed": State(_("已办结"), "grey"),
}

SUBMISSION_LINES: dict[str, State] = {
    "": State(_("办理中"), "blue"),
    "granted": State(_("已核准"), "blue"),
    "denied": State(_("不予核准"), "grey"),
    "referred": State(_("转人工"), "amber"),
    "held": State(_("待预算"), "violet"),
    "lapsed": State(_("已过期"), "grey"),
    "withdrawn": State(_("已撤回"), "grey"),
    "revoked": State(_("已撤销"), "grey"),
    "refused": State(_("已退回"), "red"),
    "conflicted": State(_("内容冲突"), "red"),
}

CLAWBACKS: dict[str, State] = {
    "proposed": State(_("待复核"), "violet"),
    "rejected": State(_("未同意"), "grey"),
    "open": State(_("应收"), "amber"),
    "partly": State(_("部分收回"), "blue"),
    "recovered": State(_("已收回"), "blue"),
    "offset": State(_("已抵扣"), "grey"),
    "written_off": State(_("已核销"), "grey"),
}

DISPUTES: dict[str, State] = {
    "settled_after_return": State(_("退回后又称已付"), "red"),
    "settled_twice": State(_("重复支付"), "red"),
    "amount_differs": State(_("金额与指令不同"), "red"),
}

PROPOSALS: dict[str, State] = {
    "proposed": State(_("待复核"), "violet"),
    "confirmed": State(_("已确认"), "grey"),
    "rejected": State(_("未同意"), "grey"),
}

DISCLOSURES: dict[str, State] = {
    "waiting": State(_("待复核"), "amber"),
    "shown": State(_("公示中"), "violet"),
    "over": State(_("公示期满"), "grey"),
    "replaced": State(_("已换下一期"), "grey"),
    "rejected": State(_("已退回"), "red"),
    "taken_down": State(_("已撤下"), "grey"),
}

OBJECTIONS: dict[str, State] = {
    "open": State(_("有异议"), "amber"),
    "upheld": State(_("异议成立"), "red"),
    "dismissed": State(_("异议不成立"), "grey"),
}

PRIOR_USE_FILES: dict[str, State] = {
    "held": State(_("待放行"), "amber"),
    "released": State(_("已放行"), "blue"),
    "rejected": State(_("已退回"), "red"),
    "done": State(_("已计入"), "grey"),
}

REPORTS: dict[str, State] = {
    "issued": State(_("已签发"), "blue"),
    "withdrawn": State(_("已作废"), "grey"),
}

STATEMENT_FILES: dict[str, State] = {
    "held": State(_("待收下"), "amber"),
    "released": State(_("正在登记"), "blue"),
    "rejected": State(_("已退回"), "red"),
    "taken": State(_("已登记"), "blue"),
    "declined": State(_("与已登记的不符"), "red"),
    "reversing": State(_("正在撤销"), "violet"),
    "reversed": State(_("已撤销"), "grey"),
}

STATEMENT_LINES: dict[str, State] = {
    "missing": State(_("已登记，文件里没有"), "red"),
    "new": State(_("新的一行"), "blue"),
    "other_words": State(_("已登记，文字不同"), "amber"),
    "known": State(_("已登记"), "grey"),
}
"""How a line of a bank's file stands beside the record."""

PRIOR_USE_ROWS: dict[str, State] = {
    "accepted": State(_("可导入"), "blue"),
    "doubtful": State(_("存疑"), "amber"),
    "refused": State(_("退回"), "red"),
    "twice": State(_("本文件内重复"), "grey"),
    "known": State(_("台账已有"), "grey"),
}

APPLICATION_FILES: dict[str, State] = {
    "held": State(_("待放行"), "amber"),
    "released": State(_("已放行"), "blue"),
    "rejected": State(_("已退回"), "red"),
    "published": State(_("已报送"), "grey"),
}

APPLICATION_FILE_ROWS: dict[str, State] = {
    "taken": State(_("可报送"), "blue"),
    "refused": State(_("退回"), "red"),
    "conflicting": State(_("台账已有，内容不同"), "amber"),
    "twice": State(_("本文件内重复"), "grey"),
    "known": State(_("台账已有"), "grey"),
}

RESULT_ROWS: dict[str, State] = {
    "refused": State(_("未入账"), "red"),
    "disputed": State(_("待查明"), "amber"),
    "contradicts": State(_("与先前回盘不同"), "red"),
    "amount": State(_("金额与指令不同"), "red"),
    "new": State(_("可入账"), "blue"),
    "known": State(_("账上已有"), "grey"),
}
"""A bank's line beside the books; what needs a look comes first."""

POSTS: dict[str, State] = {
    "kept": State(_("在岗"), "blue"),
    "new": State(_("新安置"), "blue"),
    "vacated": State(_("腾退"), "grey"),
}

VOUCHERS: dict[str, State] = {
    "unissued": State(_("未见发放"), "amber"),
    "issued": State(_("已发放"), "blue"),
    "claimed": State(_("已领用"), "blue"),
    "verified": State(_("已验证"), "blue"),
    "used": State(_("已应用"), "grey"),
    "expired": State(_("已失效"), "grey"),
}

DIFFERENCE_KINDS: dict[str, str] = {
    "missing_at_bank": _("银行缺这一笔"),
    "unknown_at_bank": _("账上没有这一笔"),
    "amount": _("金额不符"),
    "duplicate": _("重复"),
    "late": _("跨期"),
    "wrong_account": _("串户"),
}

LINE_STATES: dict[str, State] = {
    "matched": AFTER_PAYMENT["proved"],
    "reversed": State(_("银行已冲正"), "grey"),
} | {kind: State(name, "red") for kind, name in DIFFERENCE_KINDS.items()}
"""What the reconciliation says of one line of the bank."""

UNKNOWN_STATE = "grey"


def state_of(states: dict[str, State], code: str) -> State:
    """The words of a code; a code that these pages do not know yet shows as it is."""
    return states.get(code) or State(code, UNKNOWN_STATE)
