"""matching words: what the steps and the rules of the matching are called."""

from services.wording.languages import marked as _

STEPS: dict[str, str] = {
    "by_hand": _("两人手工勾对的"),
    "by_line": _("账面取自该流水行的"),
    "taken_back": _("账面取自流水又撤销的"),
    "by_batch": _("整批一行：同批次、同方向，合计相等"),
    "by_instruction": _("同指令、同金额"),
    "by_reference": _("同银行流水号、同金额，相差不过若干天"),
    "by_split": _("一笔多行：同指令、同方向，合计相等"),
    "by_reversal": _("银行自己冲正：同编号、同金额，一进一出"),
    "by_batch_left": _("整批一行：余下的，合计相等"),
    "by_batch_net": _("整批一行：余下的进出相抵后相等"),
    "by_reference_sum": _("同银行流水号、同方向，合计相等，首末不过若干天"),
    "by_return": _("退票：写明退回、同金额，互为唯一，相差不过若干天"),
}
"""The steps of `projections.matching.steps`, as accountants say them."""

RULES: dict[str, str] = {
    "manual": _("手工"),
    "line": _("取自流水"),
    "batch": _("批次"),
    "instruction": _("指令"),
    "reference": _("银行流水号"),
    "split": _("一笔多行"),
    "reversal": _("冲正"),
    "return": _("退票"),
}
"""By which rule something is matched."""
