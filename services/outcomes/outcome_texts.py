"""Telling: which facts upstream hears of, and in which words.

In:   a fact, and the policies that can say what a clause's number means
Out:  OutcomeTold, or None for what is the ledger's own business
Holds: a pure function; every type of fact is either told here or named in `NOT_TOLD`.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from events.advances import AdvanceGranted, AdvanceOpened, AdvanceSettled
from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    WithdrawalAsked,
)
from events.approvals import (
    ApprovalDenied,
    ApprovalExtended,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalReferred,
    ApprovalRevoked,
    ApprovalWithdrawn,
    CeilingStated,
    CommitmentDeclined,
    ExtensionLapsed,
    ExtensionProposed,
    ServiceLeftEarly,
)
from events.batches import (
    BatchClosed,
    BatchHeld,
    BatchLineClaimed,
    BatchLineRefused,
    BatchLineTakenOut,
    BatchPrepared,
    BatchRejected,
    BatchReleased,
    BatchRequested,
    BatchResultRecorded,
    BatchSending,
    BatchSent,
)
from events.budgets import (
    AdjustmentProposed,
    AdjustmentRejected,
    AdvanceEarmarked,
    BudgetAdjusted,
    BudgetAlarmRaised,
    BudgetAllocated,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetPassedOn,
    BudgetQueued,
    BudgetReleased,
    BudgetSpendingReversed,
    BudgetSpent,
    CeilingReached,
    EarmarkFreed,
    LineClosed,
)
from events.clawbacks import (
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackProposed,
    ClawbackRecovered,
    ClawbackRejected,
    ClawbackWrittenOff,
    PaymentsStopped,
    WriteOffProposed,
    WriteOffRejected,
)
from events.codes import words_of
from events.contract.outbound import Clause, Outcome, OutcomeTold
from events.control import CommandRefused, CommandRejected, CommandSetAside, StreamResumed
from events.deadlines import DeadlineMissed, PaymentLate
from events.disbursements import (
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementClaimRefused,
    DisbursementDisputed,
    DisbursementOrdered,
    DisbursementRecalled,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    DisbursementUnbatched,
    DisputeResolved,
    OutcomeAsked,
    OutcomeFound,
    PaymentsGivenUp,
    PaymentsKept,
)
from events.early import RequestKept, RequestTakenUp
from events.envelope import Recorded, message_of
from events.households import (
    CategoryLost,
    HouseholdChanged,
    HouseholdInformed,
    HouseholdNoted,
    MemberJoined,
    MemberLeft,
)
from events.imports import ImportDone, ImportHeld, ImportRejected, ImportReleased
from events.instalments import (
    EvidenceRecorded,
    InstalmentCut,
    InstalmentDue,
    InstalmentReduced,
    InstalmentStopped,
    InstalmentWaits,
    OverpaymentFound,
    PlanEnded,
    PlanKeptStopped,
    PlanResumed,
    ResumptionRaised,
)
from events.letters import LetterClosed, LetterRead, LetterResubmitted
from events.links import (
    ApplicationMoved,
    ApplicationReceived,
    HandedOver,
    LinkConfirmed,
    LinkProposed,
    LinkRejected,
    PassedOn,
    PeopleLinked,
    UseGivenBack,
    UseReturned,
)
from events.payees import (
    AccountChanged,
    AccountProposed,
    AccountRejected,
    CreditGraded,
    FraudMarked,
    MarkNoted,
)
from events.promises import PromiseAccepted, PromiseMade, PromiseRefused
from events.proposals import ActConfirmed, ActProposed, ActRejected
from events.statements import (
    OpeningBalance,
    StatementLineClassified,
    StatementLineRecorded,
    StatementOpened,
)
from events.status import PriorUseRecorded, StatusRecorded
from events.submissions import (
    SubmissionClosed,
    SubmissionDecided,
    SubmissionLineAnswered,
    SubmissionOpened,
)
from events.values import ClauseSeen, Fact, PolicyRef
from events.vouchers import (
    VoucherClaimed,
    VoucherExpired,
    VoucherIssued,
    VoucherStepDropped,
    VoucherStepKept,
    VoucherUsed,
    VoucherVerified,
)
from policies.engine.registry import Policies
from policies.engine.trace import Node
from services.outcomes.submissions import of_submission
from services.outcomes.vouchers import of_voucher

NOT_TOLD: frozenset[type[Fact]] = frozenset(
    {
        # a budget line's own books: upstream hears of granted, held and lapsed
        BudgetAllocated,
        BudgetAdjusted,
        AdjustmentProposed,
        AdjustmentRejected,
        BudgetCommitted,
        BudgetPassedOn,
        CeilingReached,
        BudgetQueued,
        BudgetDequeued,
        BudgetCarried,
        BudgetReleased,
        BudgetSpent,
        BudgetSpendingReversed,
        AdvanceEarmarked,
        EarmarkFreed,
        BudgetAlarmRaised,
        LineClosed,
        CeilingStated,
        ExtensionProposed,
        ExtensionLapsed,
        CommitmentDeclined,
        # what a payment rests on; upstream hears of the payment itself
        EvidenceRecorded,
        InstalmentReduced,
        InstalmentCut,
        PlanEnded,
        OverpaymentFound,
        ResumptionRaised,
        PlanResumed,
        PlanKeptStopped,
        MemberJoined,
        MemberLeft,
        HouseholdChanged,
        HouseholdNoted,
        HouseholdInformed,
        CategoryLost,
        # a batch's: upstream hears of each payment in it
        BatchRequested,
        BatchLineClaimed,
        BatchLineRefused,
        BatchLineTakenOut,
        DisbursementRecalled,
        BatchPrepared,
        BatchReleased,
        BatchRejected,
        BatchSending,
        BatchSent,
        BatchResultRecorded,
        BatchClosed,
        DisbursementClaimRefused,
        BatchHeld,
        # what staff have yet to find out or to agree on
        DisbursementDisputed,
        DisputeResolved,
        OutcomeAsked,
        OutcomeFound,
        # what waits for a second person: upstream hears of the act itself
        ActProposed,
        ActConfirmed,
        # a withdrawal is told when it is done, or refused
        WithdrawalAsked,
        PaymentsGivenUp,
        PaymentsKept,
        AccountProposed,
        AccountRejected,
        ClawbackProposed,
        ClawbackRejected,
        WriteOffProposed,
        WriteOffRejected,
        # the payee's standing with the city; and what other facts of the same moment tell
        FraudMarked,
        MarkNoted,
        CreditGraded,
        PromiseMade,
        PromiseAccepted,
        PromiseRefused,
        DeadlineMissed,
        PaymentLate,
        PaymentsStopped,
        ServiceLeftEarly,
        AdvanceOpened,
        AdvanceSettled,
        # the bank's, and what upstream itself has said
        StatementOpened,
        StatementLineRecorded,
        StatementLineClassified,
        OpeningBalance,
        StatusRecorded,
        PriorUseRecorded,
        ImportHeld,
        ImportReleased,
        ImportRejected,
        ImportDone,
        StreamResumed,
        # who is one person is the staff's to know
        LinkProposed,
        LinkRejected,
        LinkConfirmed,
        HandedOver,
        PeopleLinked,
        UseReturned,
        UseGivenBack,
        PassedOn,
        ApplicationMoved,
        ApplicationReceived,
        # what an administrator does about a letter; upstream hears of the message itself
        LetterRead,
        LetterResubmitted,
        LetterClosed,
        # what came too early is answered when its time has come
        RequestKept,
        RequestTakenUp,
        # a line is told by its own application, and with its batch when that is decided
        SubmissionOpened,
        SubmissionLineAnswered,
    }
)

_PLAIN: dict[type[Fact], Outcome] = {
    ApprovalLapsed: "lapsed",
    ApprovalWithdrawn: "approval_withdrawn",
    ApprovalHeld: "held",
}
_BY_THE_BANK = "银行退回，代码由银行规定。请核对收款账户，更正后重发。"
_PAYMENTS: dict[type[Fact], Outcome] = {
    DisbursementOrdered: "payment_ordered",
    DisbursementBatched: "payment_batched",
    DisbursementUnbatched: "payment_unbatched",
    DisbursementSent: "payment_sent",
    DisbursementSettled: "payment_settled",
    DisbursementReturned: "payment_returned",
    DisbursementCancelled: "payment_cancelled",
}


def told(recorded: Recorded, policies: Policies) -> OutcomeTold | None:
    """Say what a fact means to upstream.

    Holds: a bank's reason, an operator's name and what a clause saw of a person stay inside
    """
    if type(recorded.body) in NOT_TOLD:
        return None
    said = _said(recorded.body, policies)
    if said is None:
        return None
    if said.get("code") and not said.get("text"):
        said["text"] = words_of(said["code"]) or _BY_THE_BANK
    return OutcomeTold(on=recorded.effective_on, **said)


def _said(body: Fact, policies: Policies) -> dict[str, Any] | None:
    match body:
        case (
            ApplicationFiled() | ApplicationCorrected() | ApplicationWithdrawn()
            | ApplicationConflicted()
        ):  # fmt: skip
            return _of_application(body)
        case ApprovalProposed() | ApprovalGranted() | ApprovalDenied() | ApprovalReferred():
            return _of_decision(body, policies)
        case ApprovalHeld() | ApprovalLapsed() | ApprovalWithdrawn():
            line = body.queued_on if isinstance(body, ApprovalWithdrawn) else body.line
            return {
                "application": body.application,
                "outcome": _PLAIN[type(body)],
                "attempt": body.attempt,
                "budget_line": line,
            }
        case ApprovalExtended():
            return {
                "application": body.application,
                "outcome": "extended",
                "programme": body.programme,
                "amount_fen": sum(part.amount for part in body.instalments),
            }
        case InstalmentDue() | InstalmentStopped() | InstalmentWaits():
            return _of_instalment(body)
        case CommandRefused() | CommandSetAside() | CommandRejected() | ActRejected():
            return _of_refusal(body)
        case ApprovalRevoked() | AdvanceGranted() | AccountChanged():
            return _of_change(body)
        case ClawbackOrdered() | ClawbackOffset() | ClawbackRecovered() | ClawbackWrittenOff():
            return _of_debt(body)
        case SubmissionDecided() | SubmissionClosed():
            return of_submission(
                body, _policy, lambda policy, nodes: _clauses(policy, nodes, (), policies)
            )
        case (
            VoucherIssued() | VoucherClaimed() | VoucherVerified() | VoucherUsed()
            | VoucherStepKept() | VoucherStepDropped() | VoucherExpired()
        ):  # fmt: skip
            return of_voucher(body)
        case _:
            return _of_payment(body)


def _of_application(
    body: ApplicationFiled | ApplicationCorrected | ApplicationWithdrawn | ApplicationConflicted,
) -> dict[str, Any]:
    match body:
        case ApplicationFiled() | ApplicationCorrected():
            return {
                "application": body.application,
                "outcome": "filed" if isinstance(body, ApplicationFiled) else "corrected",
                "digest": body.digest,
                "programme": body.stated.programme,
            }
        case ApplicationWithdrawn():
            return {"application": body.application, "outcome": "withdrawn"}
        case _:
            return {
                "application": body.application,
                "outcome": "conflicted",
                "digest": body.digest,
                "stands": body.stands or None,
                "code": "OTHER_PERSON" if body.other_person else "OTHER_CONTENT",
            }


def _of_decision(
    body: ApprovalProposed | ApprovalGranted | ApprovalDenied | ApprovalReferred,
    policies: Policies,
) -> dict[str, Any]:
    said: dict[str, Any] = {"application": body.application}
    if body.policy is not None:
        said |= {"programme": body.policy.programme, "policy": _policy(body.policy)}
    match body:
        case ApprovalProposed() | ApprovalGranted():
            outcome = "proposed" if isinstance(body, ApprovalProposed) else "granted"
            return said | {"outcome": outcome, "attempt": body.attempt, "amount_fen": body.amount}
        case ApprovalDenied():
            failing = _clauses(body.policy, body.failing, body.trail, policies)
            # a person's own reason is for the file, not for every reader of the topic
            text = body.text if body.reviewer is None else ""
            return said | {
                "outcome": "denied",
                "code": body.code,
                "text": text,
                "clauses": failing,
            }
        case _:
            open_nodes = tuple(seen[0] for seen in body.trail if seen[1] is None)
            return said | {
                "outcome": "referred",
                "code": body.code,
                "text": body.text,
                "clauses": _clauses(body.policy, open_nodes, body.trail, policies),
            }


def _of_instalment(
    body: InstalmentDue | InstalmentStopped | InstalmentWaits,
) -> dict[str, Any]:
    if isinstance(body, InstalmentWaits):
        return {
            "application": body.application,
            "instalment": body.no,
            "outcome": "instalment_waits",
            "code": body.needs.upper(),
        }
    said: dict[str, Any] = {
        "application": body.application,
        "instalment": body.no,
        "amount_fen": body.amount,
    }
    if isinstance(body, InstalmentDue):
        return said | {"outcome": "instalment_due", "programme": body.programme}
    return said | {"outcome": "instalment_stopped", "code": body.reason.upper()}


def _of_refusal(
    body: CommandRefused | CommandSetAside | CommandRejected | ActRejected,
) -> dict[str, Any] | None:
    """Tell of a command about an application, and of whatever else a message has asked."""
    source, event = _asked_by(body)
    if isinstance(body, CommandRefused):
        application, code, outcome = body.about.partition("#")[0], body.code, "refused"
    elif isinstance(body, CommandRejected):
        application, code, outcome = body.about, "REJECTED", "refused"
    elif isinstance(body, ActRejected):
        application, code, outcome = body.application, "TURNED_DOWN", "refused"
    else:
        application, code, outcome = _application_in(body.raw), "SET_ASIDE", "set_aside"
    if ":" not in application or " " in application:
        if not source:
            return None  # staff asked, and were told on the page
        application = ""
    return {
        "application": application,
        "outcome": outcome,
        "code": code,
        "command": body.act if isinstance(body, ActRejected) else body.command,
        "source": source or None,
        "event": event or None,
    }


def _asked_by(
    body: CommandRefused | CommandSetAside | CommandRejected | ActRejected,
) -> tuple[str, str]:
    """The message that asked for what was not done."""
    match body:
        case CommandRefused():
            return body.source, body.event
        case CommandSetAside():
            return message_of(str(_in_raw(body.raw, "by")))
        case _:
            return "", ""


def _application_in(raw: str) -> str:
    return str(_in_raw(raw, "body", "application"))


def _in_raw(raw: str, *path: str) -> Any:
    try:
        found = orjson.loads(raw)
        for name in path:
            found = found[name]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    return found


def _of_change(body: ApprovalRevoked | AdvanceGranted | AccountChanged) -> dict[str, Any]:
    said: dict[str, Any] = {"application": body.application}
    match body:
        case ApprovalRevoked():
            code = body.cause.upper()
            return said | {"outcome": "revoked", "attempt": body.attempt, "code": code}
        case AdvanceGranted():
            return said | {
                "outcome": "advance_granted",
                "programme": body.programme,
                "amount_fen": body.amount,
            }
        case _:
            return said | {"outcome": "account_changed"}


_DEBTS: dict[type[Fact], Outcome] = {
    ClawbackOrdered: "clawback_ordered",
    ClawbackOffset: "clawback_offset",
    ClawbackRecovered: "clawback_recovered",
    ClawbackWrittenOff: "clawback_written_off",
}


def _of_debt(
    body: ClawbackOrdered | ClawbackOffset | ClawbackRecovered | ClawbackWrittenOff,
) -> dict[str, Any]:
    return {
        "application": body.application,
        "outcome": _DEBTS[type(body)],
        "programme": body.money.programme,
        "amount_fen": body.money.amount,
        "code": body.cause.upper() if isinstance(body, ClawbackOrdered) else "",
    }


def _of_payment(body: Any) -> dict[str, Any]:
    """Tell of a payment; its id is ``<application>#<instalment>``."""
    application, _, instalment = body.disbursement.rpartition("#")
    said = {
        "application": application,
        "instalment": int(instalment),
        "outcome": _PAYMENTS[type(body)],
        "programme": body.money.programme,
        "amount_fen": body.money.amount,
    }
    if isinstance(body, DisbursementSettled | DisbursementReturned):
        said["value_on"] = body.value_on
    if isinstance(body, DisbursementReturned):
        said["code"] = body.code
    return said


def _policy(policy: PolicyRef) -> str:
    return f"{policy.programme}/{policy.jurisdiction}-{policy.version}@{policy.content_hash[:12]}"


def _clauses(
    policy: PolicyRef | None,
    wanted: tuple[str, ...],
    trail: tuple[ClauseSeen, ...],
    policies: Policies,
) -> tuple[Clause, ...]:
    """Name the clauses with their verbatim text, as the version that decided has them."""
    if policy is None:
        return ()
    try:
        nodes: Mapping[str, Node] = policies.policy(policy.content_hash).nodes
    except KeyError:  # decided by a version that this release no longer ships
        nodes = {}
    needs = {node: need.lstrip("，") for node, _, _, need in trail}
    return tuple(_clause(node, nodes.get(node), needs.get(node, "")) for node in wanted)


def _clause(name: str, node: Node | None, need: str) -> Clause:
    if node is None:
        return Clause(node=name, cite="", quote="", need=need)
    return Clause(node=name, cite=node.cite, quote=node.quote, need=need or node.need)
