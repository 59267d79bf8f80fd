"""refusals: why something was not done, in words: what happened, to what, and what to do.

Holds: every code that a decider may refuse with has its words here, or in `reasons`
"""

from services.web.languages import chosen, translate
from services.web.languages import marked as _
from services.web.reasons import REASONS

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
    "PLAN_ENDED": _("这件申请的享受期已提前结束或停发，不能延长。"),
    "NO_ADVANCE": _("这项政策没有预拨条款，没有办理。"),
    "BEYOND_THE_YEAR": _("预拨超过当年额度中这件申请尚未支付的部分，没有办理。请减少计划全额。"),
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

SHORT: dict[str, str] = {
    "ABOVE_CEILING": "核定金额超过文件规定的最高数额，没有办理。",
    "ALREADY_DENIED": "这件申请已不予核准，没有办理。如有新情况，请另行申请。",
    "ALREADY_GRANTED": "这件申请已核准，不能再更正。确有错误的，请先撤销核准。",
    "ALREADY_PAID": "这一期已付，没有办理。多付的请提出追回。",
    "ALREADY_REVOKED": "这件申请的核准已撤销，没有办理。",
    "ALREADY_USED": "这张培训券已应用，没有办理。",
    "ALREADY_WITHDRAWN": "这件申请已撤回，没有办理。",
    "AMOUNT_DIFFERS": "银行回盘金额与指令金额不同，没有入账。请核对回盘文件。",
    "ANOTHER_FILE": "这一批已按另一份文件发送，没有办理。请核对发件夹。",
    "ANOTHER_INSTRUCTION": "指令号不是这笔付款的最后一次指令，没有办理。请核对指令号。",
    "DISPUTED": "这笔付款银行前后矛盾，查明前不再付。请先登记查明结果。",
    "ENDS_BEFORE_ISSUE": "培训券的有效期早于发放日，没有办理。请核对日期。",
    "EXPIRED": "培训券已失效，这一步没有记入。",
    "EXTENDED": "这个享受期已延长过一次，不能再延长。",
    "HELD": "预算不足，按到达次序排队。",
    "IN_ANOTHER_BATCH": "这笔付款已在另一批中，没有列入。",
    "LAPSED": "预算年度终了，排队未果。可在下一年度重新申请。",
    "LINE_DIFFERS": "同一对账单行号内容不同，以先登记的为准。请核对对账单。",
    "MORE_THAN_COMMITTED": "金额超过已占用的数额，没有办理。",
    "NETTED": "这笔应付已全部抵扣，没有可付的。",
    "NOTHING_TO_RELEASE": "这件申请没有占用这个额度，没有可退的。",
    "NOT_FILED": "没有这件申请，没有办理。请核对申请号。",
    "NOT_OVERDUE": "这笔预拨还没有到应结算日，没有办理。",
    "NOT_PARKED": "这条记录没有停住，不必恢复。",
    "NOT_PAYABLE": "这笔付款不在应付状态，没有列入。",
    "NOT_REFERRED": "这件申请不在转人工状态，没有办理。",
    "NOT_RELEASED": "还没有放行，没有办理。",
    "NOT_RESTING": "这项补贴不按这种依据计发，没有记入。",
    "NOT_SENDING": "这一批不在发送中，没有办理。",
    "NOT_SENT": "这一批还没有发送，不能记银行结果。",
    "NOT_SPENT": "这个额度没有记过这笔已付，没有可冲回的。",
    "NOT_YET_DUE": "这一期还没有到期，没有办理。",
    "NO_AMOUNT": "规则没有给出金额，核准时须填金额。",
    "NO_EXTENSION": "这项补贴不能延长，没有办理。",
    "NO_FUND": "文件没有写明资金，市里确定之前不能核准。",
    "NO_INSTALMENT": "这件申请没有这一期，没有办理。",
    "NO_SUCH_INSTRUCTION": "这一批没有这个指令号，没有入账。请核对回盘文件。",
    "NO_SUCH_LINE": "这一批没有这一行，没有办理。",
    "OPENING_DIFFERS": "期初余额与上月期末不同，没有登记。请核对对账单。",
    "OTHER_CONTENT": "同一编号内容不同，以先到者为准。要改请发更正。",
    "PAID_TWICE": "银行重复支付，多付的转追回。",
    "PAYMENT_UNDER_WAY": "已有一期列入批次或已付，不能撤回。请改用撤销核准。",
    "REVOKED": "核准已撤销。",
    "STALE_CORRECTION": "所更正的内容不是现在的内容，没有办理。请按最新内容更正。",
    "STILL_VALID": "培训券还在有效期内，没有办理。",
    "TOLD_OTHERWISE": "同一步先前报过不同的内容，以先到者为准。",
    "TOO_LATE": "文件已开始发送，来不及拦下。请向银行查询。",
    "UNKNOWN_ADVANCE": "没有这笔预拨，没有办理。",
    "UNKNOWN_DISBURSEMENT": "没有这笔付款，没有办理。请核对支付号。",
    "UNKNOWN_STREAM": "没有这类记录，没有办理。",
    "UNKNOWN_USE": "没有这样的限额，不计入。请核对限额名称和期间。",
    "UNKNOWN_VOUCHER": "没有这张培训券，没有办理。请核对券号。",
    "WITHDRAWN": "这件申请已撤回，没有办理。",
    "WRONG_HOLDER": "培训券不在这个人名下，没有办理。",
    "WRONG_STEP": "培训券的步骤或日期先后不对，没有记入。",
}
"""What upstream, the bank or the clerk is told; staff meet these in trails and in a terminal. Under
the English switch they go by their code."""


def refused(command: str, code: str, text: str = "") -> str:
    """Say a refusal of a command in the language of this request."""
    own = IMPORT_REFUSALS if command.endswith("Import") else {}
    if said := own.get(code) or REFUSALS.get(code):
        return translate(said)
    if chosen() == "en":
        return text or code.replace("_", " ").capitalize()
    return text or words_of(code) or code


def words_of(code: str) -> str:
    """Say a code of a refusal, a denial or a referral in Chinese; empty for one that has no words."""
    return (
        REFUSALS.get(code)
        or SHORT.get(code)
        or REASONS.get(code)
        or IMPORT_REFUSALS.get(code)
        or ""
    )
