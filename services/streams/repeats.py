"""Repeats: which commands are known again by their id alone, since no key of their own tells."""

from events import clawbacks, disbursements, links, periods
from events.applications import WithdrawalAsked
from events.approvals import ApprovalDenied, ApprovalProposed
from events.budgets import BudgetCarried, BudgetDequeued, LineClosed
from events.early import RequestKept
from events.households import HouseholdNoted, MemberJoined, MemberLeft
from events.instalments import EvidenceRecorded
from events.letters import LetterRead
from events.looks import DetailRevealed, UnmaskedExported
from events.payees import AccountChanged, AccountRejected, CreditGraded
from events.samples import ItemConcluded
from events.users import CredentialReset
from events.values import Fact
from services.deciders.stream import Stream

_MAY_COME_AGAIN: frozenset[type[Fact]] = frozenset(
    {
        AccountChanged,
        AccountRejected,
        BudgetCarried,
        BudgetDequeued,
        clawbacks.ClawbackOrdered,
        disbursements.DisbursementClaimRefused,
        EvidenceRecorded,
        HouseholdNoted,
        ItemConcluded,
        LineClosed,
        MemberJoined,
        MemberLeft,
        links.ApplicationMoved,
        links.HandedOver,
        links.LinkConfirmed,
        links.LinkProposed,
        links.LinkRejected,
        links.PassedOn,
        links.PeopleLinked,
        links.UseGivenBack,
        clawbacks.ClawbackRejected,
        clawbacks.ClawbackWrittenOff,
        CredentialReset,
        CreditGraded,
        DetailRevealed,
        disbursements.DisbursementReturned,
        disbursements.DisputeResolved,
        disbursements.OutcomeAsked,
        LetterRead,
        disbursements.PaymentsKept,
        periods.PeriodPrepared,
        periods.PeriodRejected,
        periods.PeriodSigned,
        clawbacks.PaymentsStopped,
        RequestKept,
        UnmaskedExported,
        WithdrawalAsked,
        clawbacks.WriteOffProposed,
        clawbacks.WriteOffRejected,
    }
)
"""What may be asked for once more in earnest, so that only the same command is a repeat."""


def remembers_cause(body: Fact) -> bool:
    """Tell whether a repeat of the causing command can be known by the command's id alone."""
    if isinstance(body, ApprovalProposed | ApprovalDenied):
        return body.reviewer is not None
    return type(body) in _MAY_COME_AGAIN


def remember(stream: Stream, command_id: str) -> None:
    """Remember a command by its id, so that the same one is not answered again."""
    if stream.answered is None:
        stream.answered = set()
    stream.answered.add(command_id)
