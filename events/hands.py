"""Hands: whose hands each command takes, so that nobody alone creates a debt or marks a person.

Out:   HANDS: every command, who asks it, and how many people it takes
Holds: every command of the catalogue stands here; a test compares them, and the page of the
       reference is written from this table
Source: docs/adr/0028-two-people-for-what-weighs.md
"""

from typing import Literal, NamedTuple

Takes = Literal["two", "pair", "another", "one", "rule"]
"""`two`: proposed and confirmed as one act (`events.proposals`); `pair`: the command is itself a
proposal or its judgement; `another`: by anybody but whoever prepared it; `one`: one person or one
system is enough; `rule`: asked by the ledger itself, or by the clerk, from what is on record."""

TAKES_ZH: dict[Takes, str] = {
    "two": "两人：一人提出，另一人确认后才办理",
    "pair": "两人：本身是提出或复核的一步",
    "another": "另一人：不得是制单人",
    "one": "一人或一个系统",
    "rule": "台账按规则自办",
}


class Hands(NamedTuple):
    """Who asks a command, how many people it takes, and why."""

    takes: Takes
    who: str
    why: str


_DEBT = "形成债权"
_RULE = "由已入账的事实推出"

HANDS: dict[str, Hands] = {
    # what weighs: two people
    "RevokeApproval": Hands("two", "工作人员、上游", "撤销后已付的转追回：形成债权"),
    "OrderClawback": Hands("two", "上游；规则", _DEBT),
    "MarkFraud": Hands("two", "工作人员、上游", "给人作标记"),
    "GradeCredit": Hands("two", "工作人员", "给人定级"),
    "CloseLine": Hands("two", "工作人员、上游；到年末由规则", "终结一条额度"),
    "ChangeAccount": Hands("two", "上游", "改收款账户"),
    "RecordRecovery": Hands("two", "工作人员、上游", "减少债权"),
    "ResolveDispute": Hands("two", "工作人员", "认定银行结果，可能形成债权"),
    "ReverseStatement": Hands("two", "工作人员", "撤销已入账的银行流水"),
    "StateFigure": Hands("two", "工作人员、上游", "以后的申请按它决定"),
    "ClassifyStatementLine": Hands("two", "工作人员", "认定银行流水一行并入账"),
    "MakeManualMatch": Hands("two", "工作人员", "认定账面与流水为同一笔，差异因此消除"),
    "UndoManualMatch": Hands("two", "工作人员", "取消认定，差异可能重现"),
    "ReverseClassification": Hands("two", "工作人员", "撤销一行的认定，红字冲回"),
    "StateTreasuryFigures": Hands("two", "工作人员", "月结按它核对三方"),
    "ReopenPeriod": Hands("two", "工作人员", "已签结的月份重新打开"),
    # proposals and their judgements
    "ProposeAct": Hands("pair", "工作人员、上游", "提出"),
    "JudgeAct": Hands("pair", "工作人员", "复核"),
    "ProposeClawback": Hands("pair", "工作人员；规则", "提出追回"),
    "JudgeClawback": Hands("pair", "工作人员", "复核追回"),
    "ProposeWriteOff": Hands("pair", "工作人员", "提出核销"),
    "JudgeWriteOff": Hands("pair", "工作人员", "复核核销"),
    "ProposeAccount": Hands("pair", "工作人员", "提出改账户"),
    "JudgeAccount": Hands("pair", "工作人员", "复核改账户"),
    "ProposeAdjustment": Hands("pair", "工作人员", "提出调整预算"),
    "ConfirmAdjustment": Hands("pair", "工作人员", "复核调整预算"),
    "ProposeLink": Hands("pair", "工作人员", "提出两证为一人"),
    "JudgeLink": Hands("pair", "工作人员", "复核两证为一人"),
    "PrepareBatch": Hands("pair", "工作人员", "制单"),
    "ReleaseBatch": Hands("pair", "工作人员", "放行"),
    "RejectBatch": Hands("pair", "工作人员", "退回"),
    "HoldImport": Hands("pair", "工作人员", "提交历史享受"),
    "ReleaseImport": Hands("pair", "工作人员", "放行历史享受"),
    "PrepareDisclosure": Hands("pair", "工作人员", "提交公示"),
    "PublishDisclosure": Hands("pair", "工作人员", "复核公示，向公众发布"),
    "RejectDisclosure": Hands("pair", "工作人员", "退回公示"),
    "RejectImport": Hands("pair", "工作人员", "退回历史享受"),
    "HoldStatement": Hands("pair", "工作人员", "提交银行流水文件"),
    "ReleaseStatement": Hands("pair", "工作人员", "收下银行流水文件"),
    "RejectStatement": Hands("pair", "工作人员", "退回银行流水文件"),
    "HoldApplications": Hands("pair", "工作人员", "提交申请文件"),
    "ReleaseApplications": Hands("pair", "工作人员", "放行申请文件"),
    "RejectApplications": Hands("pair", "工作人员", "退回申请文件"),
    "PreparePeriod": Hands("pair", "工作人员", "月结制单"),
    "SignPeriod": Hands("pair", "工作人员", "月结签结"),
    "RejectPeriod": Hands("pair", "工作人员", "退回月结"),
    "ResolveObjection": Hands("another", "工作人员", "认定异议，不由登记异议的人办理"),
    "RecordBankResult": Hands("another", "银行渠道、工作人员", "银行结果不由制单、放行或审核的人入账"),
    "WithdrawReport": Hands("another", "工作人员", "签发的报表由另一人作废"),
    # one is enough
    "DecideApplication": Hands("one", "上游", "条款决定"),
    "CorrectApplication": Hands("one", "上游", "条款决定"),
    "WithdrawApplication": Hands("one", "上游", "本人意愿"),
    "ReportConflict": Hands("one", "受理", "只作记录"),
    "ReviewApplication": Hands("one", "工作人员、上游", "付款另经制单、放行两人"),
    "ExtendApproval": Hands("one", "工作人员、上游", "付款另经制单、放行两人"),
    "GrantAdvance": Hands("one", "工作人员、上游", "付款另经制单、放行两人"),
    "AllocateBudget": Hands("one", "上游", "凭下达文号，不付款"),
    "AdjustBudget": Hands("one", "上游", "凭调整文号，不低于已占用"),
    "RecordStatus": Hands("one", "上游", "登记机关的数据；多付的另提追回"),
    "RecordPriorUse": Hands("one", "上游", "只占次数"),
    "RecordEvidence": Hands("one", "上游", "付款的依据"),
    "EndPlan": Hands("one", "上游", "停发以后各期"),
    "JoinHousehold": Hands("one", "上游", "登记机关的数据"),
    "LeaveHousehold": Hands("one", "上游", "登记机关的数据"),
    "AskOutcome": Hands("one", "工作人员", "只作记录"),
    "TakeDownDisclosure": Hands("one", "工作人员", "撤下公示，不动账"),
    "RaiseObjection": Hands("one", "工作人员", "暂缓支付或抵扣，不形成债权"),
    "CancelPayment": Hands("one", "工作人员", "少付，不形成债权"),
    "OpenSubmission": Hands("one", "上游", "单位申报"),
    "IssueVoucher": Hands("one", "上游", "培训券步骤"),
    "ClaimVoucher": Hands("one", "上游", "培训券步骤"),
    "VerifyVoucher": Hands("one", "上游", "培训券步骤"),
    "UseVoucher": Hands("one", "上游", "培训券步骤"),
    "OpenStatement": Hands("one", "银行、工作人员", "银行自己的账"),
    "RecordStatementLine": Hands("one", "银行、工作人员", "银行自己的账"),
    "RecordOpeningBalance": Hands("one", "上游", "启用时一次"),
    "ResumeStream": Hands("one", "运维", "不动账"),
    "AssignDifference": Hands("one", "工作人员", "只作记录，不动账"),
    "ExplainDifference": Hands("one", "工作人员", "只作记录，差异不因此消除"),
    "ProposeDifferenceEntry": Hands("one", "工作人员", "只作记录，入账另行办理"),
    "DrawSample": Hands("one", "审计员", "只作记录，不动账"),
    "ConcludeItem": Hands("one", "审计员", "只作记录，发现的问题另行办理"),
    "CloseSample": Hands("one", "审计员", "只作记录，不动账"),
    "ReadLetter": Hands("one", "运维", "不动账，记录目的"),
    "ResubmitLetter": Hands("one", "运维", "不动账，更正后的报文照常受理"),
    "CloseLetter": Hands("one", "运维", "不动账，记录理由"),
    "JudgeResumption": Hands("one", "工作人员", "以后各期照常逐期比对"),
    "AddUser": Hands("one", "系统管理员", "不动账；不能改自己的权限"),
    "GrantRoles": Hands("one", "系统管理员", "不动账；不能改自己的权限"),
    "SuspendUser": Hands("one", "系统管理员", "不动账；不能改自己的权限"),
    "ReinstateUser": Hands("one", "系统管理员", "不动账；不能改自己的权限"),
    "ResetCredential": Hands("one", "系统管理员", "不动账；不能改自己的"),
    "NoteRefusedVisit": Hands("one", "工作台", "只作记录"),
    "RevealDetail": Hands("one", "工作人员", "只作记录，先记录后显示"),
    "ExportUnmasked": Hands("one", "工作人员", "只作记录，先记录后给出"),
    "RejectCommand": Hands("one", "运维", "不动账，记录理由"),
    "IssueReport": Hands("one", "工作人员", "数字由账推出，谁都可核验"),
    # the ledger itself
    **{
        name: Hands("rule", "台账、到期处理", _RULE)
        for name in (
            "AnswerWithdrawal", "AnswerBudget", "CheckPromise", "AnswerPromise", "CheckDeadline",
            "CheckArrival", "ReportLine", "CommitBudget", "ReleaseBudget", "WakeLine",
            "SpendBudget", "ReverseSpending", "EarmarkAdvance", "FreeEarmark", "ReportMember",
            "NoteHousehold", "LoseCategory", "ExpireVoucher", "ConfirmImport",
            "ConfirmApplications",
            "PreCheckInstalment", "OrderPayment", "ClaimDisbursement", "FreeDisbursement",
            "MarkSent", "RecordOutcome", "GiveUpPayments", "OrderAdvance", "CallAdvance",
            "NoteMark", "StopPayments", "AnswerClaim", "BeginSending", "ConfirmSent", "HoldBatch",
            "TakeOutLine", "HandOver", "TakeOver", "ReturnUse", "MoveApplication", "TakeUpFigure",
            "RequireSignIn",
            "RecordStatementDays", "ReverseStatementDays", "AnswerStatementPart",
            "AnswerStatementReversal",
        )
    },
}  # fmt: skip

BY_RULE = frozenset({"desk", "clerk"})
"""Who asks by rule: what follows from a fact, and what falls due."""

NOBODY_ALONE = frozenset(name for name, hands in HANDS.items() if hands.takes == "two")
"""Commands that nobody may send alone."""

RULE_ALONE = frozenset(
    {"StopPayments", "CallAdvance", "RecordStatementDays", "ReverseStatementDays"}
)
"""Commands that make a debt, or that carry out what two people have let go: only a rule sends them."""
