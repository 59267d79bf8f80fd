"""Decide into which account a payee is paid from now on, and how far the payee is trusted."""

from typing import assert_never

from events import payees
from events.deadlines import CheckArrival, PaymentLate
from events.ids import by_staff
from events.promises import CheckPromise, PromiseAccepted, PromiseRefused
from events.values import Fact
from services.deciders.payee.accounts import deadlines
from services.deciders.payee.debts import promises
from services.deciders.payee.debts.ordering import mark_fraud
from services.deciders.payee.state.accounts import AccountsAndCredit
from services.deciders.payee.state.payee import PayeeState
from services.deciders.refusal import refuse, refuse_same_person

PayeeCommand = (
    payees.ChangeAccount
    | payees.ProposeAccount
    | payees.JudgeAccount
    | payees.MarkFraud
    | payees.GradeCredit
    | CheckPromise
    | CheckArrival
)
PayeeFact = (
    payees.AccountProposed
    | payees.AccountRejected
    | payees.AccountChanged
    | payees.FraudMarked
    | payees.CreditGraded
    | PromiseAccepted
    | PromiseRefused
    | PaymentLate
)


def decide(state: PayeeState, command: PayeeCommand) -> list[Fact]:
    """Answer one request about the payee.

    Refuses: NOT_PROPOSED, SAME_PERSON  (accounts by staff; first match wins)
    Holds: an account may be corrected before there is any payment; it counts when one is ordered
    """
    match command:
        case payees.ChangeAccount():
            return _change(state, command, command.account, command.source)
        case payees.ProposeAccount():
            return _propose(state, command)
        case payees.JudgeAccount():
            return _judge(state, command)
        case payees.MarkFraud():
            return mark_fraud(state, command.document, command.reason, command.source)
        case CheckPromise():
            return promises.check(state, command)
        case CheckArrival():
            return deadlines.check(state, command)
        case payees.GradeCredit():
            if command.grade == state.accounts.grade:
                return []
            return [
                payees.CreditGraded(
                    grade=command.grade,
                    before=state.accounts.grade,
                    document=command.document,
                    reason=command.reason,
                    source=by_staff(command.by),
                )
            ]
        case _:
            assert_never(command)


def _propose(state: PayeeState, command: payees.ProposeAccount) -> list[Fact]:
    if command.proposal in state.accounts.proposals or command.proposal in state.accounts.judged:
        return []
    replaces = _present(state, command.application)
    return [payees.AccountProposed(replaces=replaces, **dict(command))]


def _judge(state: PayeeState, command: payees.JudgeAccount) -> list[Fact]:
    proposed = state.accounts.proposals.get(command.proposal)
    if proposed is None:
        return refuse(command, "NOT_PROPOSED", command.proposal)
    if refused := refuse_same_person(
        command, proposed.maker, command.checker, command.proposal, command.checker
    ):
        return refused
    if command.verdict == "reject":
        return [
            payees.AccountRejected(
                proposal=command.proposal,
                application=proposed.application,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    return _change(state, proposed, proposed.account, by_staff(proposed.maker), command.checker)


def _change(
    state: PayeeState,
    asked: payees.ChangeAccount | payees.AccountProposed,
    account: str,
    source: str,
    checker: str = "",
) -> list[Fact]:
    """Pay into another account, or into the same one again, where it was found to be right."""
    replaces = _present(state, asked.application)
    moved, retried = [], []
    for disbursement, payment in state.payments.by_id.items():
        if payment.application != asked.application and payment.account != replaces:
            continue
        if payment.state == "returned" and payment.waits:
            retried.append(disbursement)
        elif payment.state == "ordered" and payment.account != account:
            moved.append(disbursement)
    known = state.accounts.by_application.get(asked.application) == account
    if known and not moved and not retried and not checker:
        return []
    return [
        payees.AccountChanged(
            application=asked.application,
            account=account,
            replaces=replaces,
            version=state.accounts.version + 1,
            moved=tuple(moved),
            retried=tuple(retried),
            document=asked.document,
            reason=asked.reason,
            source=source,
            checker=checker,
        )
    ]


def _present(state: PayeeState, application: str) -> str:
    """Find the account into which an application is paid at present; empty before any payment."""
    if changed := state.accounts.by_application.get(application):
        return changed
    payments = state.payments.of(application)
    return payments[-1][1].account if payments else ""


def evolve(accounts: AccountsAndCredit, fact: PayeeFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case payees.AccountProposed():
            accounts.proposals[fact.proposal] = fact
        case payees.AccountRejected():
            accounts.proposals.pop(fact.proposal, None)
            accounts.judged.add(fact.proposal)
        case payees.AccountChanged():
            for proposal, proposed in list(accounts.proposals.items()):
                if (proposed.application, proposed.account) == (fact.application, fact.account):
                    del accounts.proposals[proposal]
                    accounts.judged.add(proposal)
            accounts.change(fact.application, fact.account, fact.replaces)
        case payees.FraudMarked():
            accounts.frauds.add(fact.document)
        case payees.CreditGraded():
            accounts.grade = fact.grade
        case PromiseAccepted():
            accounts.promises[fact.application] = fact.attempt
            accounts.judged_promises[fact.application] = fact.attempt
        case PromiseRefused():
            accounts.judged_promises[fact.application] = fact.attempt
        case PaymentLate():
            accounts.late |= {fact.application}
        case _:
            assert_never(fact)
