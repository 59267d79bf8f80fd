"""Follow-ups: what other streams must be asked because of one committed fact."""

from collections.abc import Callable

from events import (
    advances,
    applications,
    approvals,
    batches,
    budgets,
    clawbacks,
    disbursements,
    households,
    instalments,
    links,
    payees,
    promises,
)
from events.early import RequestTakenUp
from events.envelope import Asked, Recorded
from events.values import Fact
from services.deciders.batch.follow_ups import follow_ups as of_batch
from services.deciders.beneficiary.claims.follow_ups import follow_ups as of_approval
from services.deciders.beneficiary.claims.fraud_marks import follow_ups as of_mark
from services.deciders.beneficiary.claims.revoking import follow_ups as of_revocation
from services.deciders.beneficiary.claims.routes import follow_ups as of_promise
from services.deciders.beneficiary.claims.withdrawing import follow_ups as of_withdrawal
from services.deciders.beneficiary.early_requests import follow_ups as of_early
from services.deciders.beneficiary.household_membership import follow_ups as of_member
from services.deciders.beneficiary.instalments.advance_granting import follow_ups as of_advance
from services.deciders.beneficiary.instalments.extending import follow_ups as of_extension
from services.deciders.beneficiary.instalments.follow_ups import follow_ups as of_instalment
from services.deciders.beneficiary.leaving_early import follow_ups as of_leaving
from services.deciders.beneficiary.links.passing_on import follow_ups as of_link
from services.deciders.budget_line.follow_ups import follow_ups as of_budget
from services.deciders.budget_line.payment_follow_ups import follow_ups as of_payments
from services.deciders.household.decider import follow_ups as of_household
from services.deciders.payee.disbursements.follow_ups import follow_ups as of_disbursement
from services.deciders.submission.follow_ups import follow_ups as of_line

_OF: dict[type[Fact], Callable[[Recorded], list[Asked]]] = {
    RequestTakenUp: of_early,
    approvals.CeilingStated: of_approval,
    applications.ApplicationWithdrawn: of_line,
    applications.WithdrawalAsked: of_withdrawal,
    approvals.ApprovalGranted: of_line,
    approvals.ApprovalDenied: of_line,
    approvals.ApprovalReferred: of_line,
    approvals.ApprovalHeld: of_line,
    approvals.ApprovalLapsed: of_line,
    promises.PromiseMade: of_promise,
    promises.PromiseAccepted: of_promise,
    promises.PromiseRefused: of_promise,
    approvals.ApprovalProposed: of_approval,
    approvals.ApprovalWithdrawn: of_approval,
    approvals.CommitmentDeclined: of_approval,
    approvals.ApprovalRevoked: of_revocation,
    approvals.ServiceLeftEarly: of_leaving,
    advances.AdvanceGranted: of_advance,
    budgets.BudgetCommitted: of_budget,
    budgets.BudgetPassedOn: of_budget,
    budgets.CeilingReached: of_budget,
    budgets.BudgetQueued: of_budget,
    budgets.BudgetDequeued: of_budget,
    budgets.BudgetCarried: of_budget,
    budgets.BudgetReleased: of_budget,
    budgets.EarmarkFreed: of_budget,
    approvals.ExtensionProposed: of_extension,
    households.MemberJoined: of_household,
    households.MemberLeft: of_household,
    households.HouseholdChanged: of_household,
    households.HouseholdInformed: of_member,
    instalments.InstalmentReduced: of_instalment,
    instalments.InstalmentCut: of_instalment,
    instalments.OverpaymentFound: of_instalment,
    instalments.InstalmentDue: of_instalment,
    instalments.InstalmentStopped: of_instalment,
    disbursements.DisbursementBatched: of_disbursement,
    disbursements.DisbursementClaimRefused: of_disbursement,
    disbursements.DisbursementDisputed: of_disbursement,
    disbursements.PaymentsGivenUp: of_withdrawal,
    disbursements.PaymentsKept: of_withdrawal,
    disbursements.DisbursementRecalled: of_disbursement,
    disbursements.OutcomeFound: of_disbursement,
    payees.FraudMarked: of_mark,
    links.LinkConfirmed: of_link,
    links.HandedOver: of_link,
    links.UseReturned: of_link,
    links.PassedOn: of_link,
    links.ApplicationMoved: of_link,
    batches.BatchRequested: of_batch,
    batches.BatchRejected: of_batch,
    batches.BatchLineTakenOut: of_batch,
    batches.BatchSent: of_batch,
    batches.BatchResultRecorded: of_batch,
}
"""Every fact that leads to more, by its type; the others end a flow."""

_ALSO: dict[type[Fact], Callable[[Recorded], list[Asked]]] = {
    approvals.ApprovalRevoked: of_line,
    disbursements.DisbursementSettled: of_payments,
    disbursements.DisbursementReturned: of_payments,
    disbursements.DisbursementCancelled: of_payments,
    clawbacks.ClawbackOffset: of_payments,
    clawbacks.ClawbackRecovered: of_payments,
    clawbacks.ClawbackWrittenOff: of_payments,
    advances.AdvanceSettled: of_payments,
}
"""What a second noun must hear of a fact that is another's."""


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask what the fact implies.

    Holds: a pure function of the committed fact, so it can be computed again after a crash
    """
    kind = type(recorded.body)
    of, also = _OF.get(kind), _ALSO.get(kind)
    asked = [] if of is None else of(recorded)
    return asked if also is None else [*asked, *also(recorded)]
