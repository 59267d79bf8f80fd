"""Events: what is asked (commands) and what happened (facts), in the order of a benefit's life.

`CATALOGUE` names every type with its version; a type that is missing here cannot be written.
"""

from typing import NamedTuple

from events import (
    advances,
    applications,
    approvals,
    batches,
    budgets,
    clawbacks,
    control,
    deadlines,
    disbursements,
    households,
    imports,
    instalments,
    payees,
    promises,
    statements,
    status,
    submissions,
    vouchers,
)
from events.values import Command, Fact, Value


class Entry(NamedTuple):
    """One type of command or fact, at its present version."""

    model: type[Value]
    version: int


_IN_LIFE_CYCLE_ORDER: tuple[type[Value], ...] = (
    # an application arrives
    applications.DecideApplication,
    applications.CorrectApplication,
    applications.WithdrawApplication,
    applications.ReportConflict,
    applications.ApplicationFiled,
    applications.ApplicationCorrected,
    applications.ApplicationWithdrawn,
    applications.ApplicationConflicted,
    # it is decided
    approvals.ReviewApplication,
    approvals.AnswerBudget,
    approvals.CeilingStated,
    approvals.ApprovalProposed,
    approvals.ApprovalDenied,
    approvals.ApprovalReferred,
    approvals.ApprovalGranted,
    approvals.ApprovalHeld,
    approvals.ApprovalLapsed,
    approvals.ApprovalWithdrawn,
    approvals.ExtendApproval,
    approvals.ExtensionProposed,
    approvals.ApprovalExtended,
    approvals.ExtensionLapsed,
    approvals.CommitmentDeclined,
    approvals.RevokeApproval,
    approvals.ApprovalRevoked,
    approvals.ServiceLeftEarly,
    # a promise instead of papers, where the payee is trusted
    promises.CheckPromise,
    promises.AnswerPromise,
    promises.PromiseMade,
    promises.PromiseAccepted,
    promises.PromiseRefused,
    # the day by which it had to be paid has passed
    deadlines.CheckDeadline,
    deadlines.CheckArrival,
    deadlines.DeadlineMissed,
    deadlines.PaymentLate,
    # an employer's batch hears of its lines
    submissions.OpenSubmission,
    submissions.ReportLine,
    submissions.SubmissionOpened,
    submissions.SubmissionLineAnswered,
    submissions.SubmissionDecided,
    submissions.SubmissionClosed,
    # its money is found
    budgets.AllocateBudget,
    budgets.AdjustBudget,
    budgets.ProposeAdjustment,
    budgets.ConfirmAdjustment,
    budgets.CommitBudget,
    budgets.ReleaseBudget,
    budgets.WakeLine,
    budgets.SpendBudget,
    budgets.ReverseSpending,
    budgets.CloseLine,
    budgets.BudgetAllocated,
    budgets.BudgetAdjusted,
    budgets.AdjustmentProposed,
    budgets.AdjustmentRejected,
    budgets.BudgetCommitted,
    budgets.BudgetPassedOn,
    budgets.CeilingReached,
    budgets.BudgetQueued,
    budgets.BudgetDequeued,
    budgets.BudgetCarried,
    budgets.BudgetReleased,
    budgets.BudgetSpent,
    budgets.BudgetSpendingReversed,
    budgets.BudgetAlarmRaised,
    budgets.LineClosed,
    # the person's circumstances
    status.RecordStatus,
    status.RecordPriorUse,
    status.StatusRecorded,
    status.PriorUseRecorded,
    # and those of the household
    households.JoinHousehold,
    households.LeaveHousehold,
    households.ReportMember,
    households.NoteHousehold,
    households.LoseCategory,
    households.MemberJoined,
    households.MemberLeft,
    households.HouseholdChanged,
    households.HouseholdNoted,
    households.HouseholdInformed,
    households.CategoryLost,
    # a training voucher on its way
    vouchers.IssueVoucher,
    vouchers.ClaimVoucher,
    vouchers.VerifyVoucher,
    vouchers.UseVoucher,
    vouchers.ExpireVoucher,
    vouchers.VoucherIssued,
    vouchers.VoucherClaimed,
    vouchers.VoucherVerified,
    vouchers.VoucherUsed,
    vouchers.VoucherStepKept,
    vouchers.VoucherStepDropped,
    vouchers.VoucherExpired,
    # what was enjoyed before is taken over
    imports.HoldImport,
    imports.ReleaseImport,
    imports.RejectImport,
    imports.ConfirmImport,
    imports.ImportHeld,
    imports.ImportReleased,
    imports.ImportRejected,
    imports.ImportDone,
    # it falls due and is ordered
    instalments.PreCheckInstalment,
    instalments.RecordEvidence,
    instalments.EndPlan,
    instalments.EvidenceRecorded,
    instalments.InstalmentWaits,
    instalments.InstalmentReduced,
    instalments.PlanEnded,
    instalments.InstalmentDue,
    instalments.InstalmentStopped,
    instalments.OverpaymentFound,
    disbursements.OrderPayment,
    disbursements.ClaimDisbursement,
    disbursements.FreeDisbursement,
    disbursements.MarkSent,
    disbursements.RecordOutcome,
    disbursements.DisbursementOrdered,
    disbursements.DisbursementBatched,
    disbursements.DisbursementClaimRefused,
    disbursements.DisbursementUnbatched,
    disbursements.DisbursementSent,
    disbursements.DisbursementSettled,
    disbursements.DisbursementReturned,
    disbursements.DisbursementCancelled,
    # the bank contradicts itself, or does not answer
    disbursements.ResolveDispute,
    disbursements.AskOutcome,
    disbursements.CancelPayment,
    disbursements.DisbursementDisputed,
    disbursements.DisputeResolved,
    disbursements.OutcomeAsked,
    # a share is paid before, and netted later
    advances.GrantAdvance,
    advances.OrderAdvance,
    advances.CallAdvance,
    advances.AdvanceGranted,
    advances.AdvanceOpened,
    advances.AdvanceSettled,
    # the payee's account, mark and credit
    payees.ChangeAccount,
    payees.ProposeAccount,
    payees.JudgeAccount,
    payees.MarkFraud,
    payees.GradeCredit,
    payees.AccountProposed,
    payees.AccountRejected,
    payees.AccountChanged,
    payees.FraudMarked,
    payees.CreditGraded,
    # money is due back
    clawbacks.ProposeClawback,
    clawbacks.JudgeClawback,
    clawbacks.OrderClawback,
    clawbacks.StopPayments,
    clawbacks.RecordRecovery,
    clawbacks.ProposeWriteOff,
    clawbacks.JudgeWriteOff,
    clawbacks.ClawbackProposed,
    clawbacks.ClawbackRejected,
    clawbacks.ClawbackOrdered,
    clawbacks.PaymentsStopped,
    clawbacks.ClawbackOffset,
    clawbacks.ClawbackRecovered,
    clawbacks.WriteOffProposed,
    clawbacks.WriteOffRejected,
    clawbacks.ClawbackWrittenOff,
    # it is paid in a batch
    batches.PrepareBatch,
    batches.AnswerClaim,
    batches.ReleaseBatch,
    batches.RejectBatch,
    batches.BeginSending,
    batches.ConfirmSent,
    batches.RecordBankResult,
    batches.HoldBatch,
    batches.BatchRequested,
    batches.BatchLineClaimed,
    batches.BatchLineRefused,
    batches.BatchPrepared,
    batches.BatchReleased,
    batches.BatchRejected,
    batches.BatchHeld,
    batches.BatchSending,
    batches.BatchSent,
    batches.BatchResultRecorded,
    batches.BatchClosed,
    # the bank's own words
    statements.OpenStatement,
    statements.RecordStatementLine,
    statements.RecordOpeningBalance,
    statements.StatementOpened,
    statements.StatementLineRecorded,
    statements.StatementLineClassified,
    statements.OpeningBalance,
    # anything may be refused, set aside, resumed
    control.ResumeStream,
    control.CommandRefused,
    control.CommandSetAside,
    control.StreamResumed,
)

_VERSIONS: dict[type[Value], int] = {
    approvals.ApprovalHeld: 2,
    status.RecordStatus: 2,
    status.StatusRecorded: 2,
    instalments.InstalmentStopped: 2,
    budgets.CloseLine: 2,
    budgets.LineClosed: 2,
}
"""Every type that has changed since it was first written; the others are at version 1."""

CATALOGUE: dict[str, Entry] = {
    model.__name__: Entry(model, _VERSIONS.get(model, 1)) for model in _IN_LIFE_CYCLE_ORDER
}
COMMANDS: dict[str, type[Command]] = {
    name: entry.model for name, entry in CATALOGUE.items() if issubclass(entry.model, Command)
}
FACTS: dict[str, type[Fact]] = {
    name: entry.model for name, entry in CATALOGUE.items() if issubclass(entry.model, Fact)
}
