"""Codes: every code that anybody is told, with what it means and what to do; they live here alone.

In:    a code of a refusal, a denial, a referral, a stop or a conflict
Out:   its meaning and its remedy in Chinese
Holds: intake's own codes are those of `inbound.rejections`, which stands beside this and is shown on
       the same page; a test finds a code that a decider uses and that is not here
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Coded(NamedTuple):
    """One code: what it means, and what to do."""

    wrong: str
    do: str

    @property
    def text(self) -> str:
        """Both, as whoever asked is told."""
        return f"{self.wrong}。{self.do}。"


REFUSED: Final[Mapping[str, Coded]] = {
    "SAME_PERSON": Coded(
        "您是制单人或提出人，不能复核，也不能入账", "请由另一人办理；本次尝试已记录"
    ),
    "DAY_BEFORE_PAID": Coded("日期早于这笔款项付出之日，没有登记", "请核对日期"),
    "TURNED_DOWN": Coded("复核的人没有同意，没有办理", "请核对文书后另行提出"),
    "NEEDS_TWO_PEOPLE": Coded("这件事须由两人办理，没有办理", "请先提出，再由另一人确认"),
    "BY_RULE_ALONE": Coded("这件事只由台账按规则办理，没有办理", "请改用追回或撤销核准"),
    "NOBODY_NAMED": Coded("没有写明经办人，没有办理", "请写明工号"),
    "NOT_YOURSELF": Coded("经办人不是您本人，没有办理", "请以本人身份办理"),
    "BLANK_DOCUMENT": Coded("文书编号没有内容，没有办理", "请填写文书编号"),
    "BLANK_REASON": Coded("理由没有内容，没有办理", "请写明理由"),
    "BLANK_REFERENCE": Coded("银行流水号没有内容，没有办理", "请填写银行流水号"),
    "ZERO_AMOUNT": Coded("金额为零，没有办理", "请填写金额"),
    "AMOUNT_TOO_LARGE": Coded("金额超过上限，没有办理", "请核对金额和单位"),
    "UNKNOWN_FUND": Coded("没有这项资金，没有办理", "请核对资金代码"),
    "UNKNOWN_DISTRICT": Coded("没有这个区划，没有办理", "请核对区划代码"),
    "OF_ANOTHER_CITY": Coded("这是另一个市的事项，没有办理", "请由该市的人员或报送系统办理"),
    "NOT_SIGNED_IN": Coded(
        "本台账须登录后办理，这件事没有登录凭据，没有办理", "请登录后重新提交；本次尝试已记录"
    ),
    "NOT_YOUR_ROLE": Coded(
        "您的角色不办这件事，没有办理", "请由有这项职责的人办理；本次尝试已记录"
    ),
    "NOT_YOUR_DISTRICT": Coded(
        "这件事不在您的区划内，没有办理", "请由该区划的人员办理；本次尝试已记录"
    ),
    "NOT_YOUR_FUND": Coded(
        "这项资金不归您经办，没有办理", "请由经办该资金的人办理；本次尝试已记录"
    ),
    "CODE_NEEDED": Coded("这件事须当场再输一次动态口令，没有办理", "请输入动态口令后再次提交"),
    "UNKNOWN_USER": Coded("没有这个用户，没有办理", "请先增加用户"),
    "USER_EXISTS": Coded("已有这个用户，没有增加", "请换一个用户名，或改授角色"),
    "NOT_YOUR_OWN_RIGHTS": Coded("不能改自己的权限，没有办理", "请由另一名系统管理员办理"),
    "NO_ROLE": Coded("没有写明角色、区划或资金，没有办理", "请至少写一个角色，及其区划和资金"),
    "TOO_MANY_ROLES": Coded("角色条目过多，没有办理", "请合并区划相同的条目"),
    "UNKNOWN_ROLE": Coded("没有这个角色，没有办理", "请从角色表中选择"),
    "DISTRICT_OUTSIDE": Coded("这个区划不在该用户的工作区划内，没有办理", "请核对区划"),
    "INCOMPATIBLE_ROLES": Coded("这些角色的职责不相容，不能授给同一人", "请分给两人"),
    "INCOMPATIBLE_ACTS": Coded(
        "您在同一件事上办过不相容的一步，没有办理", "请由另一人办理；本次尝试已记录"
    ),
    "WRONG_YEAR": Coded("预算年度不对，没有办理", "请核对年度"),
    "UNKNOWN_ACT": Coded("不是可以提出的事项，没有办理", "请从页面重新提出"),
    "DAY_AHEAD": Coded("日期晚于今天，没有入账", "请核对日期"),
    "DAY_BEFORE_SENT": Coded("银行日期早于这一批的发送日，没有入账", "请核对回盘文件"),
    "WRONG_BATCH_NUMBER": Coded("批次号不是本系统给的编号，没有办理", "请重新制批"),
    "WRONG_ACCOUNT": Coded("这个账户不是本市该资金、该区划在用的账户，没有办理", "请核对账户"),
    "LATER_FILE": Coded("后来收下的另一份流水文件也写有这几天，没有撤销", "请先撤销后一份"),
    "NOT_TAKEN": Coded("这份流水文件没有入账，没有可撤销的", "请重新打开查看"),
    "SUMS_DIFFER": Coded(
        "期初余额加各行不等于银行写明的期末余额，没有入账",
        "请从网银重新导出；已登记的有误，先撤销那一份",
    ),
    "BALANCE_BREAKS": Coded(
        "这一天的期初与前一天的期末不等，没有入账", "请核对两份流水文件，错的一份先撤销"
    ),
    "OUTSIDE_THE_MONTH": Coded("日期不在所报的月份或文件的起止日内，没有入账", "请重新提交文件"),
    "LINE_MISSING": Coded(
        "已登记的一行，这份文件里没有，没有入账", "请从网银重新导出；登记错的，先撤销那一份文件"
    ),
    "PERIOD_TOO_LONG": Coded("一份流水文件超过一年，没有收下", "请按年或按月分别导出"),
    "OPENING_DIFFERS": Coded("期初余额与上月期末不同，没有登记", "请核对对账单"),
    "STALE": Coded("名单或合计与您看到的不同，没有放行", "请重新打开批次核对"),
    "NOT_PREPARED": Coded("这一批不在待放行状态，没有办理", "请重新打开批次查看"),
    "BATCH_EXISTS": Coded("这个批次号已用于另一份名单，没有办理", "请重新制批"),
    "EMPTY": Coded("名单是空的，没有办理", "请重新选择到期应付的款项"),
    "TOO_MANY_LINES": Coded("名单超过一批的上限，没有办理", "请减少笔数后重新制批"),
    "LINE_TWICE": Coded("名单中有重复的一笔，没有办理", "请重新制批"),
    "NOT_GRANTED": Coded("这件申请不在已核准状态，没有办理", "请先查看这件申请的办理结果"),
    "RATE_TOO_HIGH": Coded("预拨比例超过上限，没有办理", "请按文件规定的上限填写"),
    "PLAN_ENDED": Coded("这件申请的享受期已提前结束或停发，不能延长", "如有新情况，请另行申请"),
    "NO_ADVANCE": Coded("这项政策没有预拨条款，没有办理", "请按期拨付"),
    "BEYOND_THE_YEAR": Coded(
        "预拨超过当年额度中这件申请尚未支付的部分，没有办理", "请减少计划全额"
    ),
    "PLANNED_TOO_HIGH": Coded("计划全额超过核准金额，没有办理", "请按核准金额填写"),
    "TERM_PASSED": Coded("应结算日已过，没有办理", "请填写以后的日期"),
    "STOPPED": Coded("这件申请已停发，不能预拨", "恢复发放后可再办理"),
    "NOTHING_TO_ADVANCE": Coded("预拨金额为零，没有办理", "请核对计划全额和比例"),
    "NOTHING_PAID": Coded("这件申请没有可追回的已付款项，没有办理", "请核对申请号"),
    "EXCEEDS_PAID": Coded("金额超过已付而未追回的数额，没有办理", "请核对后重新提出"),
    "EXCEEDS_DEBT": Coded("金额超过尚欠的数额，没有办理", "请核对后重新登记"),
    "BELOW_COMMITTED": Coded("调减后会低于已占用金额，没有办理", "请减少调减金额，或先释放占用"),
    "LINE_CLOSED": Coded("这个额度已关账，没有办理", "请在下一年度的额度办理"),
    "NOTHING_TO_ADJUST": Coded("调整金额为零，没有办理", "请填写要调整的金额"),
    "DOCUMENT_USED": Coded("这个文号已用过，没有办理", "请核对文号"),
    "UNKNOWN_FIGURE": Coded("没有这个参数，没有办理", "请从参数页选择"),
    "WRONG_VALUE": Coded("数值不合这个参数的类型，没有办理", "请按参数页所列类型填写"),
    "ENDS_BEFORE_IT_BEGINS": Coded("截止日早于起始日，没有办理", "请核对日期"),
    "NOTHING_SUPERSEDED": Coded("所列被取代的文件没有规定这些日期的数值，没有办理", "请核对文号"),
    "FIGURE_OVERLAPS": Coded(
        "另一份文件已规定这些日期的数值，没有办理",
        "新规定从较晚的一天起即自动接续；要更正原规定的，请写明所取代的文号",
    ),
    "WRONG_MONTH": Coded("月份写法不对，没有办理", "写法如 2022-08"),
    "TREASURY_MONTH_OPEN": Coded("这个月还没有结束，财政数据没有登记", "请在次月登记"),
    "TREASURY_ROW_TWICE": Coded("同一资金同一区划写了两行，没有登记", "请合并或删去一行"),
    "TREASURY_CORRECTS_NOTHING": Coded(
        "所更正的文书没有登记过这些数字，没有登记", "请核对被更正的文号"
    ),
    "TREASURY_FIGURES_DIFFER": Coded(
        "与已登记的财政数据不同，没有登记", "写明被更正的文号和原因后重新提交"
    ),
    "PERIOD_NOT_OVER": Coded("这个月还没有结束，不能月结", "请在次月办理"),
    "PERIOD_SIGNED": Coded("这个月已签结，没有办理", "确需改动的，请先由两人重新打开"),
    "PERIOD_OUT_OF_ORDER": Coded("月结须逐月办理，没有办理", "请先办理应结的月份"),
    "PERIOD_BEHIND": Coded("所取的账务位置早于上次签结，没有办理", "请重新打开月结页"),
    "PERIOD_DOES_NOT_CARRY": Coded("期初与上月签结的期末不同，没有办理", "请重新打开月结页核对"),
    "PERIOD_UNBALANCED": Coded(
        "科目余额不平，没有办理", "请重新打开月结页；仍不平的，请系统管理员核对账册"
    ),
    "VOUCHERS_HAVE_GAPS": Coded("凭证号不连续，没有办理", "请重新打开月结页"),
    "CHECKS_MISSING": Coded("月结检查项不全，没有办理", "请从月结页或命令重新制单"),
    "PERIOD_BLOCKED": Coded("还有必须先解决的事项，不能月结", "请按月结检查表逐项办理"),
    "OPEN_ITEMS_UNEXPLAINED": Coded("有未了事项而没有写说明，没有办理", "请写明未了事项的情况"),
    "PERIOD_NOT_PREPARED": Coded("这个月没有待签结的月结单，没有办理", "请重新打开月结页查看"),
    "PERIOD_CHANGED": Coded("月结单与您看到的不同，没有签结", "请重新打开月结页核对"),
    "PERIOD_NOT_SIGNED": Coded("这个月没有签结，不必重新打开", "请重新打开月结页查看"),
    "PERIOD_FOLLOWED": Coded("以后的月份已制单或签结，不能打开这个月", "请先退回或打开最后的月份"),
    "NOT_PROPOSED": Coded("没有待复核的事项，可能已由他人办理", "请刷新查看"),
    "ALREADY_PROPOSED": Coded("已有一项核销待复核，没有办理", "请先复核那一项"),
    "WRONG_LIST_NUMBER": Coded("公示编号不是本系统给的编号，没有办理", "请重新生成"),
    "NO_SUCH_PROGRAMME": Coded("没有这个补贴项目，没有办理", "请从清单选择"),
    "NOTHING_TO_LIST": Coded("没有可以公示的，没有办理", "请核对项目、区划和日期"),
    "LIST_TOO_LONG": Coded("名单超过一期的上限，没有办理", "请缩短日期后分期公示"),
    "LISTED_TWICE": Coded("名单中有重复的申请，没有办理", "请重新生成"),
    "TOTAL_DIFFERS": Coded("合计与各行之和不同，没有办理", "请重新生成"),
    "TOO_FEW_PERSONS": Coded("不足五人，不向公众公开", "请与以后的合并公示"),
    "NOT_SET_BY_CITY": Coded("本市还没有规定，不能公示", "请先由市里规定"),
    "ANOTHER_LIST": Coded("与前一期的项目、资金或区划不同，没有办理", "请另编一份公示"),
    "LINE_ADDED": Coded("后一期只能减少，不能增加，没有办理", "请把增加的编入另一份公示"),
    "PERIOD_OVER": Coded("公示期已满，没有办理", "请另编一份公示"),
    "NOT_WAITING": Coded("没有待复核的一期，可能已由他人办理", "请刷新查看"),
    "LIST_CHANGED": Coded("名单与您看到的不同，没有公示", "请重新打开核对"),
    "NOT_SHOWN": Coded("还没有公示过，没有办理", "请核对编号"),
    "UNKNOWN_OBJECTION": Coded("没有这个异议编号，没有办理", "请核对编号"),
    "ALREADY_RESOLVED": Coded("这件异议已认定，没有办理", "如有新情况，请另行登记异议"),
    "UNKNOWN_CLAWBACK": Coded("没有这个追回编号，没有办理", "请核对编号"),
    "UNDER_WAY": Coded("新的指令已制批或已发送，须等银行回盘后再办理", "银行回盘后可再办理"),
    "NO_DISPUTE": Coded("这一笔没有待查明的矛盾，可能已由他人办理", "请刷新查看"),
    "KNOWN": Coded("银行已回盘，不必再查询", "请按银行回盘办理"),
    "NOT_STOPPED": Coded("这件申请没有停发，没有办理", "请查看这件申请的各期"),
    "EXTENSION_WAITS": Coded("这件申请续发的额度还在排队，没有办理", "请等额度有了答复再办理"),
    "NOT_ITS_NUMBER": Coded("报表编号与内容不符，没有签发", "请从报表页重新生成"),
    "NO_FILE": Coded("报表没有文件，没有签发", "请从报表页重新生成"),
    "NOT_OVER": Coded("报表所列期间还没有过完，没有签发", "请在期间结束后的第二天起签发"),
    "TAKEN_BACK": Coded("这份报表已作废，没有再次签发", "账有变动后重新生成，编号随之不同"),
    "NOT_ISSUED": Coded("没有签发过这份报表，没有作废", "请核对编号"),
    "STILL_STOPPED": Coded(
        "停发事由在这一天仍在，或这一天不在停发之后，没有办理", "请核对恢复日期"
    ),
}
"""What staff may be refused; the pages say it in English too."""

OF_IMPORTS: Final[Mapping[str, Coded]] = {
    "SAME_PERSON": Coded("您是这份文件的提交人，不能放行或退回", "请由另一人办理；本次尝试已记录"),
    "STALE": Coded("名单与您看到的不同，没有放行", "请重新打开核对"),
    "NOT_HELD": Coded("这份文件不在待放行状态，没有办理", "请重新打开查看"),
}
"""The same of a file of earlier benefits, or of applications."""

ANSWERED: Final[Mapping[str, Coded]] = {
    "ABOVE_CEILING": Coded("核定金额超过文件规定的最高数额，没有办理", "请按文件规定的数额核定"),
    "ALREADY_DENIED": Coded("这件申请已不予核准，没有办理", "如有新情况，请另行申请"),
    "ALREADY_GRANTED": Coded("这件申请已核准，不能再更正", "确有错误的，请先撤销核准"),
    "ALREADY_PAID": Coded("这一期已付，没有办理", "多付的请提出追回"),
    "ALREADY_REVOKED": Coded(
        "这件申请的核准已撤销，没有办理", "如有新情况，请以新的申请编号另行申请"
    ),
    "ALREADY_USED": Coded("这张培训券已应用，没有办理", "不必再报"),
    "ALREADY_WITHDRAWN": Coded("这件申请已撤回，没有办理", "要再申请，请用新的申请编号"),
    "AMOUNT_DIFFERS": Coded("银行回盘金额与指令金额不同，没有入账", "请核对回盘文件"),
    "ANOTHER_FILE": Coded("这一批已按另一份文件发送，没有办理", "请核对发件夹"),
    "ANOTHER_INSTRUCTION": Coded("指令号不是这笔付款的最后一次指令，没有办理", "请核对指令号"),
    "OBJECTED": Coded("这笔付款有人提出异议，认定前不付", "请先认定异议"),
    "DISPUTED": Coded("这笔付款银行前后矛盾，查明前不再付", "请先登记查明结果"),
    "ENDS_BEFORE_ISSUE": Coded("培训券的有效期早于发放日，没有办理", "请核对日期"),
    "EXPIRED": Coded("培训券已失效，这一步没有记入", "要再用，须由发券单位另发新券"),
    "EXTENDED": Coded("这个享受期已延长过一次，不能再延长", "如有新情况，请另行申请"),
    "FOREIGN_PACKET": Coded(
        "这一包命令没有证明是谁发的，整包没有办理", "请系统管理员查明是谁写入的，见运行页"
    ),
    "HELD": Coded("预算不足，按到达次序排队", "不必重报；额度增加后按次序办理"),
    "IN_ANOTHER_BATCH": Coded("这笔付款已在另一批中，没有列入", "请在那一批查看"),
    "LAPSED": Coded("预算年度终了，排队未果", "可在下一年度重新申请"),
    "LINE_GONE": Coded("对账单上没有这一行，或已撤销，没有认定", "请核对流水行"),
    "LINE_NOT_CLASSIFIED": Coded("这一行没有认定，没有可撤销的", "不必办理"),
    "LINE_CLASSIFIED": Coded("这一行已认定，没有再认定", "不必办理"),
    "LINE_IS_A_PAYMENT": Coded(
        "这一行写有本单位的指令号或批次号，没有认定", "请登记银行结果，或手工勾对"
    ),
    "LINE_DIFFERS": Coded("同一对账单行号内容不同，以先登记的为准", "请核对对账单"),
    "MORE_THAN_COMMITTED": Coded("金额超过已占用的数额，没有办理", "请核对金额"),
    "NETTED": Coded("这笔应付已全部抵扣，没有可付的", "不必办理"),
    "NOTHING_TO_RELEASE": Coded("这件申请没有占用这个额度，没有可退的", "请核对申请号和额度"),
    "NOT_FILED": Coded("没有这件申请，没有办理", "请核对申请号"),
    "NOT_OVERDUE": Coded("这笔预拨还没有到应结算日，没有办理", "请到期后再办理"),
    "HIDDEN_CHARACTER": Coded(
        "文字中含有看不见的字符或控制字符，没有办理", "请删除该字符后重新填写"
    ),
    "DIFFERENCE_WRONG": Coded("差异编号与所写的差异不符，没有登记", "请从差异页面重新办理"),
    "MATCH_OTHER_ACCOUNT": Coded("勾对与所在的账户不符，没有办理", "请从该账户的勾对页面重新办理"),
    "MATCH_ONE_SIDED": Coded("勾对须两边都有，没有办理", "请账面、流水各选至少一笔"),
    "MATCH_NAMED_TWICE": Coded("同一笔在勾对中选了两次，没有办理", "请核对所选"),
    "MATCH_UNEQUAL": Coded("两边合计不等，没有勾对", "差一分也是差异，请核对所选"),
    "MATCH_TAKEN": Coded("所选的已在另一手工勾对中，没有办理", "请先取消那一勾对"),
    "MATCH_UNKNOWN": Coded("该账户没有这一勾对，没有办理", "请核对勾对编号"),
    "DIFFERENCE_NOTED_SINCE": Coded("此后另有人写过，没有覆盖", "请先看新写的，再办理"),
    "SAMPLE_NUMBER_WRONG": Coded("抽查编号与抽样方案不符，没有登记", "请重新抽取"),
    "SAMPLE_EXISTS": Coded(
        "同一方案已抽取过，而这次的名单不同，没有登记",
        "请核对两次所用的账是否相同，见 benefit-ledger verify",
    ),
    "SAMPLE_TOO_LARGE": Coded("抽取的件数不在许可范围内，没有登记", "请减少件数，一次至多五百件"),
    "SAMPLE_ITEM_TWICE": Coded("名单中有重复的申请，没有登记", "请重新抽取"),
    "NO_SAMPLE": Coded("没有这份抽查，没有办理", "请核对抽查编号"),
    "NOT_IN_SAMPLE": Coded("这件申请不在这份抽查中，没有办理", "请核对申请号"),
    "SAMPLE_CLOSED": Coded("这份抽查已办结，没有办理", "有新情况的，请另行抽查"),
    "SAMPLE_OPEN": Coded("还有申请没有结论，没有办结", "请先逐件填写结论"),
    "LETTER_CLOSED": Coded("这封死信已关闭，没有办理", "确需重新提交的，请发送方重发"),
    "ALREADY_RESUBMITTED": Coded("这封死信已重新提交，没有办理", "又被退回的，请处理新的一封"),
    "IDENTITY_IN_REASON": Coded("理由中含有身份号码或卡号，没有办理", "请从理由中删除"),
    "TOO_MANY_EXPORTED": Coded("一次导出的申请太多，没有办理", "请缩小筛选范围后再导出"),
    "NO_REASON": Coded("没有写明理由，没有办理", "请写明理由"),
    "SAME_HISTORY": Coded("两件申请是同一条记录的，不必关联", "请核对所选的两个人"),
    "ALREADY_LINKED": Coded("这两个人已关联，没有办理", "不必办理"),
    "NOT_SET_ASIDE": Coded("这条命令没有搁置，没有办理", "请核对命令编号"),
    "NOT_ALLOWED_TO_SEND": Coded(
        "这个发送方无权发这种命令，没有办理", "请系统管理员查明，见运行页"
    ),
    "NOT_PARKED": Coded("这条记录没有停住，不必恢复", "不必办理"),
    "NOT_PAYABLE": Coded("这笔付款不在应付状态，没有列入", "请查看这笔付款的状态"),
    "NOT_REFERRED": Coded("这件申请不在转人工状态，没有办理", "请先查看这件申请的办理结果"),
    "NOT_RELEASED": Coded("还没有放行，没有办理", "请先由另一人放行"),
    "NOT_RESTING": Coded("这项补贴不按这种依据计发，没有记入", "请核对补贴项目和依据的种类"),
    "NOT_SENDING": Coded("这一批不在发送中，没有办理", "请查看这一批的状态"),
    "NOT_SENT": Coded("这一批还没有发送，不能记银行结果", "请核对指令号；发送之后的结果请重发"),
    "NOT_SPENT": Coded("这个额度没有记过这笔已付，没有可冲回的", "请核对支付号"),
    "NOT_YET_DUE": Coded("这一期还没有到期，没有办理", "到期后自动办理"),
    "YEAR_NOT_COMMITTED": Coded(
        "这一期属于以后年度，那一年的额度还没有占用", "那一年的预算下达、轮到后自动办理"
    ),
    "NO_AMOUNT": Coded("规则没有给出金额，核准时须填金额", "请填写核定金额后再核准"),
    "NO_EXTENSION": Coded("这项补贴不能延长，没有办理", "如有新情况，请另行申请"),
    "NO_FUND": Coded("文件没有写明资金，市里确定之前不能核准", "请由市里确定资金后再办理"),
    "NO_INSTALMENT": Coded("这件申请没有这一期，没有办理", "请核对月份或期次"),
    "NO_SUCH_INSTRUCTION": Coded("这一批没有这个指令号，没有入账", "请核对回盘文件"),
    "NO_SUCH_LINE": Coded("这一批没有这一行，没有办理", "请核对行号"),
    "OTHER_CONTENT": Coded("同一编号内容不同，以先到者为准", "要改请发更正"),
    "PAID_TWICE": Coded("银行重复支付，多付的转追回", "请向收款人追回多付的一笔"),
    "PAYMENT_UNDER_WAY": Coded("已有一期列入批次或已付，不能撤回", "请改用撤销核准"),
    "REVOKED": Coded("核准已撤销", "如有新情况，请以新的申请编号另行申请"),
    "STALE_CORRECTION": Coded("所更正的内容不是现在的内容，没有办理", "请按最新内容更正"),
    "STILL_VALID": Coded("培训券还在有效期内，没有办理", "有效期满后自动失效"),
    "TOLD_OTHERWISE": Coded(
        "同一步先前报过不同的内容，以先到者为准", "请核对先前所报；确有错误的，请与发券单位联系"
    ),
    "TOO_LATE": Coded("文件已开始发送，来不及拦下", "请向银行查询"),
    "UNKNOWN_ADVANCE": Coded("没有这笔预拨，没有办理", "请核对申请号"),
    "UNKNOWN_DISBURSEMENT": Coded("没有这笔付款，没有办理", "请核对支付号"),
    "WRONG_STREAM": Coded("命令所写的用户与记录名称不符，没有办理", "请从用户页重新提交"),
    "UNKNOWN_STREAM": Coded("没有这类记录，没有办理", "请核对记录名称"),
    "UNKNOWN_USE": Coded("没有这样的限额，不计入", "请核对限额名称和期间"),
    "UNKNOWN_VOUCHER": Coded("没有这张培训券，没有办理", "请核对券号"),
    "WITHDRAWN": Coded("这件申请已撤回，没有办理", "要再申请，请用新的申请编号"),
    "WRONG_HOLDER": Coded("培训券不在这个人名下，没有办理", "请核对券号和持券人"),
    "WRONG_STEP": Coded("培训券的步骤或日期先后不对，没有记入", "请核对所报步骤和日期"),
}
"""What upstream, the bank or the clerk is told; staff meet these in trails and in a terminal."""

REASONS: Final[Mapping[str, Coded]] = {
    "CAP_REACHED": Coded("达到上限", "如有新的期间或项目，请到时再申请"),
    "CLAUSE_FAILED": Coded("条款不满足", "请看所附条款；条件改变后可另行申请"),
    "CONTRADICTED": Coded(
        "与台账记录不符", "请看所附记录；记录有误的，请由登记部门更正后另行申请，或等候审核"
    ),
    "EXCLUDED": Coded("不重复享受", "请看所附条款；同类补贴结束后可另行申请"),
    "NO_POLICY": Coded("没有适用的政策", "请核对补贴项目、地区和申请日期"),
    "MISSING_FACT": Coded("缺少事实", "请补充后更正申请，或由人工判断"),
    "NOT_STATED": Coded("标准未载明", "须由人工判断，不必重报"),
    "OUT_OF_BOUNDS": Coded("所报日期或数字超出可以计算的范围", "请更正申请"),
    "TO_JUDGE": Coded("须人工判断", "请等候审核，不必重报"),
    "TWO_VERSIONS": Coded("有两个版本适用", "须由人工判断，不必重报"),
    "REVIEWED": Coded("人工复核", "对结果有异议的，请向受理单位提出"),
    "NO_DATA_MATCH": Coded("文件没有规定免申即享", "须由本人或单位申请"),
    "NO_PROMISE": Coded("不适用书面承诺", "须提交证明材料"),
    "NOT_PROMISABLE": Coded("所列事实不能承诺", "须提交证明材料"),
    "LOW_CREDIT": Coded("收款单位信用不足", "须提交证明材料"),
    "NAME_DIFFERS": Coded("同一证件号码先前报过另一姓名", "须由人工核对是否同一人，不必重报"),
    "PAYEE_MISMATCH": Coded("收款人与政策不符", "请按政策规定的收款人另行申请"),
    "PAYEE_MISSING": Coded("未填收款单位", "请更正申请，填写收款单位和账户"),
    "MARKED_FOR_FRAUD": Coded("曾骗取、套取资金", "须由人工复核，不必重报"),
}
"""Why a claim is denied, or looked at by a person."""

OTHER_OUTCOMES: Final[Mapping[str, Coded]] = {
    "OTHER_PERSON": Coded("同一申请编号换了人", "先到的申请有效；另一人请用新的申请编号"),
    "REJECTED": Coded("台账处理不了这一请求，经办人员决定不再办理", "请按所附理由更正后另行申请"),
    "SET_ASIDE": Coded("台账处理不了这一请求，已搁置待查", "不必重报；处理后会另行告知"),
    "FRAUD": Coded("骗取、套取资金", "请按追回通知退回资金"),
    "NOT_ENTITLED": Coded("不符合享受条件", "已付的请按追回通知退回"),
    "ADMINISTRATIVE_ERROR": Coded("经办有误", "已付的请按追回通知退回；可以重新申请"),
    "LEFT_EARLY": Coded("服务期未满离开", "请按追回通知退回资金"),
    "ADVANCE_SURPLUS": Coded("预拨多于应得", "请按追回通知退回多拨部分"),
    "ADVANCE_OVERDUE": Coded("预拨到期未结算", "请结算，或按追回通知退回"),
    "DECEASED": Coded("受益人死亡", "以后各期停发"),
    "EMPLOYED": Coded("已就业", "以后各期停发；失业后可另行申请"),
    "UNEMPLOYED": Coded("已失业或离开该单位", "以后各期停发"),
    "RETIRED": Coded("已退休", "以后各期停发"),
    "LEFT": Coded("已离开", "以后各期停发"),
    "BACK": Coded("已回到本地", "是否恢复由经办人员决定"),
    "RECEIVING": Coded("正在领取不能同时享受的待遇", "以后各期停发；该待遇结束后可另行申请"),
    "NOT_RECEIVING": Coded("不再领取所依据的待遇", "以后各期停发"),
    "HOUSEHOLD": Coded("家庭类别已变化", "以后各期停发；符合其他类别的可另行申请"),
    "ENDED": Coded("享受期已结束", "不必办理"),
    "UNFUNDED": Coded(
        "所属年度终了，没有轮到预算", "是否由现有预算补发由经办人员决定；也可另行申请"
    ),
    "NOTHING_DUE": Coded("这一期没有应付金额", "请核对所报依据"),
    "CONTRIBUTIONS": Coded("等候缴费记录", "请报送 instalment.evidence"),
    "DAYS_SERVED": Coded("等候出勤记录", "请报送 instalment.evidence"),
    "CLAIM": Coded("领券一步先到，等候发券", "请发券单位补报 voucher.issued"),
    "VERIFY": Coded("核验一步先到，等候发券", "请发券单位补报 voucher.issued"),
    "USE": Coded("用券一步先到，等候发券", "请发券单位补报 voucher.issued"),
}
"""What else an outcome tells by a code: conflicts, revocations, debts, stops, what is waited for."""


def coded(code: str, command: str = "") -> Coded | None:
    """Look a code up; a command about a file of earlier benefits has words of its own."""
    own = OF_IMPORTS if command.endswith(("Import", "Applications")) else {}
    return (
        own.get(code)
        or REFUSED.get(code)
        or ANSWERED.get(code)
        or REASONS.get(code)
        or OTHER_OUTCOMES.get(code)
        or OF_IMPORTS.get(code)
    )


def words_of(code: str, command: str = "") -> str:
    """Say a code in Chinese, with what to do; empty for one that has no words."""
    found = coded(code, command)
    return found.text if found else ""
