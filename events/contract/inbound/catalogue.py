"""Catalogue of the public contract: every type of message, its feed and its data."""

from typing import NamedTuple

from events.contract.inbound import (
    applications,
    bank_results,
    budgets,
    clawbacks,
    figures,
    reviews,
    statements,
    status,
    vouchers,
)
from events.contract.inbound.fields import Inbound


class Entry(NamedTuple):
    """One type: whose feed it comes on, and what its data is."""

    feed: str
    model: type[Inbound]

    @property
    def topic(self) -> str:
        """The topic's name, without a prefix."""
        return f"benefits.{self.feed}.v1"


TYPES: dict[str, Entry] = {
    "application.submitted": Entry("applications", applications.ApplicationSubmitted),
    "application.corrected": Entry("applications", applications.ApplicationCorrected),
    "application.withdrawn": Entry("applications", applications.ApplicationWithdrawn),
    "application.batch-submitted": Entry("applications", applications.BatchSubmitted),
    "account.corrected": Entry("applications", applications.AccountCorrected),
    "review.decided": Entry("reviews", reviews.ReviewDecided),
    "plan.extended": Entry("reviews", reviews.PlanExtended),
    "approval.revoked": Entry("reviews", reviews.ApprovalRevoked),
    "advance.ordered": Entry("reviews", reviews.AdvanceOrdered),
    "payment.settled": Entry("bank-results", bank_results.PaymentSettled),
    "payment.returned": Entry("bank-results", bank_results.PaymentReturned),
    "clawback.repaid": Entry("bank-results", clawbacks.ClawbackRepaid),
    "clawback.ordered": Entry("clawbacks", clawbacks.ClawbackOrdered),
    "payee.fraud-found": Entry("clawbacks", clawbacks.FraudFound),
    "person.status-changed": Entry("status", status.StatusChanged),
    "instalment.evidence": Entry("status", status.InstalmentEvidence),
    "plan.ended": Entry("status", status.PlanEnded),
    "household.member-joined": Entry("status", status.HouseholdMember),
    "household.member-left": Entry("status", status.HouseholdMemberLeft),
    "person.prior-use": Entry("status", status.PriorUse),
    "budget.allocated": Entry("budgets", budgets.BudgetAllocated),
    "budget.adjusted": Entry("budgets", budgets.BudgetAdjusted),
    "budget.ceiling-set": Entry("budgets", budgets.CeilingSet),
    "budget.closed": Entry("budgets", budgets.BudgetClosed),
    "figure.stated": Entry("budgets", figures.FigureStated),
    "statement.opened": Entry("statements", statements.StatementOpened),
    "statement.line": Entry("statements", statements.StatementLine),
    "account.opening-balance": Entry("statements", statements.OpeningBalance),
    "voucher.issued": Entry("vouchers", vouchers.VoucherIssued),
    "voucher.claimed": Entry("vouchers", vouchers.VoucherClaimed),
    "voucher.verified": Entry("vouchers", vouchers.VoucherVerified),
    "voucher.used": Entry("vouchers", vouchers.VoucherUsed),
}

FEEDS: tuple[str, ...] = tuple(dict.fromkeys(entry.feed for entry in TYPES.values()))
"""The feeds that carry a type of this version."""
