"""Senders: who may send which command to the desk, as one table.

In:   nothing; data
Out:  `MAY_SEND`: for each producer of packets, the commands that are its own, and as whom
Holds: every command has at least one sender; what is not in the table is refused

`operator`, the command line, may send everything in anybody's name: resuming a stream sends again what was set aside,
whoever had sent it first. The clerk asks again for the answers that the desk has not had, so it may
ask what follows from a proposal.
"""

from types import MappingProxyType
from typing import NamedTuple

from events import COMMANDS
from events.envelope import Asked
from events.ids import is_staff


class Sender(NamedTuple):
    """What one producer may send, and whom it may name as the one who asks."""

    commands: frozenset[str]
    by: tuple[str, ...]


_INTAKE = """
    AdjustBudget AllocateBudget ClaimVoucher CorrectApplication
    DecideApplication EndPlan ExtendApproval GrantAdvance IssueVoucher JoinHousehold LeaveHousehold
    OpenStatement OpenSubmission ProposeAct RecordBankResult RecordEvidence
    RecordOpeningBalance RecordPriorUse RecordStatementLine RecordStatus
    ReportConflict ReviewApplication UseVoucher VerifyVoucher WithdrawApplication
"""
_DESK = """
    AnswerStatementPart AnswerStatementReversal ReverseStatementDays
    AllocateBudget AnswerBudget AnswerClaim AnswerPromise AnswerWithdrawal CallAdvance CancelPayment
    CheckPromise ClaimDisbursement CloseLine CommitBudget EarmarkAdvance EndPlan FreeDisbursement
    FreeEarmark GiveUpPayments HandOver HoldBatch LoseCategory MarkSent MoveApplication NoteHousehold NoteMark OrderAdvance
    OrderClawback OrderPayment PreCheckInstalment ProposeClawback RecordBankResult RecordOutcome
    ReleaseBudget
    ReportLine ReportMember ReturnUse ReverseSpending SpendBudget StopPayments TakeOutLine TakeOver TakeUpFigure
    RequireSignIn WakeLine
    ExtendApproval GrantAdvance ProposeAct RecordEvidence ReviewApplication RevokeApproval
    CheckDeadline CorrectApplication DecideApplication JudgeResumption RecordPriorUse RecordStatus
    ReportConflict WithdrawApplication
"""
"""The last but one line is what came too early from a message and is asked again, in the message's
name; the last is what the history of a linked person passes on as it came."""

_CLERK = """
    BeginSending CallAdvance CheckArrival CheckDeadline CloseLine ConfirmApplications ConfirmImport
    ConfirmSent
    ExpireVoucher PreCheckInstalment RecordPriorUse RecordStatementDays
    AllocateBudget AnswerBudget AnswerPromise AnswerWithdrawal CheckPromise CommitBudget
    OrderAdvance OrderPayment ReleaseBudget ReportLine WakeLine
"""
_WEB = """
    AdjustBudget AllocateBudget AskOutcome CloseLetter ConfirmAdjustment GrantAdvance HoldImport HoldStatement
    CloseSample ConcludeItem DrawSample
    AssignDifference ExplainDifference ProposeDifferenceEntry
    IssueReport WithdrawReport
    JudgeAccount JudgeAct JudgeClawback JudgeLink JudgeWriteOff OpenStatement PrepareBatch
    ProposeAccount ProposeAct ProposeAdjustment ProposeClawback ProposeLink ProposeWriteOff
    JudgeResumption ReadLetter RecordBankResult RecordOpeningBalance RecordStatementLine ResubmitLetter
    HoldApplications RejectApplications ReleaseApplications
    RejectBatch RejectCommand
    RejectImport RejectStatement ReleaseBatch ReleaseImport ReleaseStatement ResumeStream ReviewApplication
    PreparePeriod RejectPeriod SignPeriod
    RaiseObjection ResolveObjection
    AddUser GrantRoles SuspendUser ReinstateUser ResetCredential NoteRefusedVisit
    RevealDetail ExportUnmasked
    PrepareDisclosure PublishDisclosure RejectDisclosure TakeDownDisclosure
"""

MAY_SEND: MappingProxyType[str, Sender] = MappingProxyType(
    {
        "intake": Sender(frozenset(_INTAKE.split()), ("intake",)),
        "desk": Sender(frozenset(_DESK.split()), ("desk", "intake:")),
        "clerk": Sender(frozenset(_CLERK.split()), ("clerk", "desk")),
        "web": Sender(frozenset(_WEB.split()), ("staff:",)),
        "operator": Sender(frozenset(COMMANDS), ("",)),
    }
)


def not_allowed(producer: str, asked: Asked) -> str:
    """Say why a producer may not send a command; nothing when it may."""
    sender = MAY_SEND.get(producer)
    name = type(asked.body).__name__
    if sender is None or name not in sender.commands:
        return f"{producer} may not send {name}"
    if not any(asked.by.startswith(who) for who in sender.by):
        return f"{producer} may not send in the name of {asked.by}"
    if asked.authority is not None and not is_staff(asked.by):
        return f"{asked.by} has not signed in and brings no authority"
    return ""
