"""Decide into which account a payee is paid from now on, and how far the payee is trusted."""

from typing import assert_never

from events.deadlines import CheckArrival, PaymentLate
from events.ids import by_staff
from events.payees import (
    AccountChanged,
    AccountProposed,
    AccountRejected,
    ChangeAccount,
    CreditGraded,
    FraudMarked,
    GradeCredit,
    JudgeAccount,
    MarkFraud,
    ProposeAccount,
)
from events.promises import CheckPromise, PromiseAccepted, PromiseRefused
from events.values import Fact
from services.deciders.payee.accounts import deadlines
from services.deciders.payee.debts import promises
from services.deciders.payee.debts.ordering import marked
from services.deciders.payee.state.account import Payee
from services.deciders.payee.state.payee import PayeeState
from services.deciders.refusal import refuse, refuse_same_person

PayeeCommand = (
    ChangeAccount
    | ProposeAccount
    | JudgeAccount
    | MarkFraud
    | GradeCredit
    | CheckPromise
    | CheckArrival
)
PayeeFact = (
    AccountProposed
    | AccountRejected
    | AccountChanged
    | FraudMarked
    | CreditGraded
    | PromiseAccepted
    | PromiseRefused
    | PaymentLate
)


def decide(books: PayeeState, command: PayeeCommand) -> list[Fact]:
    """Answer one request about the payee.

    Refuses: NOT_PROPOSED, SAME_PERSON  (accounts by staff; first match wins)
    Holds: an account may be corrected before there is any payment; it counts when one is ordered
    """
    match command:
        case ChangeAccount():
            return _change(books, command, command.account, command.source)
        case ProposeAccount():
            return _propose(books, command)
        case JudgeAccount():
            return _judge(books, command)
        case MarkFraud():
            return marked(books, command.document, command.reason, command.source)
        case CheckPromise():
            return promises.check(books, command)
        case CheckArrival():
            return deadlines.check(books, command)
        case GradeCredit():
            if command.grade == books.payee.grade:
                return []
            return [
                CreditGraded(
                    grade=command.grade,
                    before=books.payee.grade,
                    document=command.document,
                    reason=command.reason,
                    source=by_staff(command.by),
                )
            ]
        case _:
            assert_never(command)


def _propose(books: PayeeState, command: ProposeAccount) -> list[Fact]:
    if command.proposal in books.payee.proposals or command.proposal in books.payee.judged:
        return []
    replaces = _present(books, command.application)
    return [AccountProposed(replaces=replaces, **dict(command))]


def _judge(books: PayeeState, command: JudgeAccount) -> list[Fact]:
    proposed = books.payee.proposals.get(command.proposal)
    if proposed is None:
        return refuse(command, "NOT_PROPOSED", command.proposal)
    if refused := refuse_same_person(
        command, proposed.maker, command.checker, command.proposal, command.checker
    ):
        return refused
    if command.verdict == "reject":
        return [
            AccountRejected(
                proposal=command.proposal,
                application=proposed.application,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    return _change(books, proposed, proposed.account, by_staff(proposed.maker), command.checker)


def _change(
    books: PayeeState,
    asked: ChangeAccount | AccountProposed,
    account: str,
    source: str,
    checker: str = "",
) -> list[Fact]:
    """Pay into another account, or into the same one again, where it was found to be right."""
    replaces = _present(books, asked.application)
    moved, retried = [], []
    for disbursement, payment in books.payments.by_id.items():
        if payment.application != asked.application and payment.account != replaces:
            continue
        if payment.state == "returned" and payment.waits:
            retried.append(disbursement)
        elif payment.state == "ordered" and payment.account != account:
            moved.append(disbursement)
    known = books.payee.by_application.get(asked.application) == account
    if known and not moved and not retried and not checker:
        return []
    return [
        AccountChanged(
            application=asked.application,
            account=account,
            replaces=replaces,
            version=books.payee.version + 1,
            moved=tuple(moved),
            retried=tuple(retried),
            document=asked.document,
            reason=asked.reason,
            source=source,
            checker=checker,
        )
    ]


def _present(books: PayeeState, application: str) -> str:
    """Find the account into which an application is paid at present; empty before any payment."""
    if changed := books.payee.by_application.get(application):
        return changed
    payments = books.payments.of(application)
    return payments[-1][1].account if payments else ""


def evolve(payee: Payee, fact: PayeeFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case AccountProposed():
            payee.proposals[fact.proposal] = fact
        case AccountRejected():
            payee.proposals.pop(fact.proposal, None)
            payee.judged.add(fact.proposal)
        case AccountChanged():
            for proposal, proposed in list(payee.proposals.items()):
                if (proposed.application, proposed.account) == (fact.application, fact.account):
                    del payee.proposals[proposal]
                    payee.judged.add(proposal)
            payee.change(fact.application, fact.account, fact.replaces)
        case FraudMarked():
            payee.frauds.add(fact.document)
        case CreditGraded():
            payee.grade = fact.grade
        case PromiseAccepted():
            payee.promises[fact.application] = fact.attempt
            payee.judged_promises[fact.application] = fact.attempt
        case PromiseRefused():
            payee.judged_promises[fact.application] = fact.attempt
        case PaymentLate():
            payee.late |= {fact.application}
        case _:
            assert_never(fact)
