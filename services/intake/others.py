"""Others: the commands of messages that are no applications: status, budgets, bank, statements.

Holds: pure; one message is one command to one stream.
"""

from datetime import date
from typing import NamedTuple

from events import streams
from events.batches import RecordBankResult
from events.budgets import AdjustBudget, AllocateBudget, CloseLine
from events.clawbacks import OrderClawback, RecordRecovery
from events.contract.inbound.applications import AccountCorrected
from events.contract.inbound.bank_results import PaymentReturned, PaymentSettled
from events.contract.inbound.budgets import (
    BudgetAdjusted,
    BudgetAllocated,
    BudgetClosed,
    CeilingSet,
)
from events.contract.inbound.clawbacks import ClawbackOrdered, ClawbackRepaid, FraudFound
from events.contract.inbound.private import without_identities
from events.contract.inbound.reader import Inbound
from events.contract.inbound.statements import OpeningBalance, StatementLine, StatementOpened
from events.contract.inbound.status import (
    HouseholdMember,
    HouseholdMemberLeft,
    PriorUse,
    StatusChanged,
)
from events.contract.inbound.vouchers import VoucherIssued, VoucherStep
from events.households import JoinHousehold, LeaveHousehold
from events.ids import application_key, batch_of, upstream_key
from events.payees import ChangeAccount, MarkFraud
from events.statements import OpenStatement, RecordOpeningBalance, RecordStatementLine
from events.status import RecordPriorUse, RecordStatus
from events.values import CapSlot, Command
from services.intake.vouchers import voucher_command, voucher_key


class Addressed(NamedTuple):
    """A command, the stream that it is for, and its legal day."""

    stream: str
    body: Command
    on: date


def addressed(inbound: Inbound, token: str, account: str = "") -> Addressed:
    """Address a message that is no application.

    `token` is its person's or unit's, `account` its account's, where it names one.
    """
    match inbound.body:
        case StatusChanged() as told:
            status = RecordStatus(
                status=told.status,
                since=told.since,
                source=inbound.source,
                benefit=told.benefit or "",
            )
            return Addressed(streams.beneficiary(token), status, told.since)
        case HouseholdMemberLeft() as gone:
            leave = LeaveHousehold(
                member=streams.beneficiary(token), since=gone.since, source=inbound.source
            )
            return Addressed(_household(inbound, gone), leave, gone.since)
        case HouseholdMember() as member:
            join = JoinHousehold(
                member=streams.beneficiary(token), since=member.since, source=inbound.source
            )
            return Addressed(_household(inbound, member), join, member.since)
        case PriorUse() as use:
            return Addressed(streams.beneficiary(token), _prior_use(use), use.granted_on)
        case BudgetAllocated() as money:
            line = streams.fund_line(money.fund, money.district, money.year)
            allocation = AllocateBudget(document=money.document, amount=money.amount_fen)
            return Addressed(line, allocation, inbound.on)
        case BudgetAdjusted() as change:
            line = streams.fund_line(change.fund, change.district, change.year)
            adjustment = AdjustBudget(
                document=change.document, by=change.by_fen, reason=change.reason
            )
            return Addressed(line, adjustment, inbound.on)
        case CeilingSet() as ceiling:
            line = streams.ceiling_line(ceiling.ceiling, ceiling.district, ceiling.year)
            allocation = AllocateBudget(document=ceiling.document, amount=ceiling.amount_fen)
            return Addressed(line, allocation, inbound.on)
        case BudgetClosed() as ended:
            line = streams.fund_line(ended.fund, ended.district, ended.year)
            closing = CloseLine(document=ended.document, queue=ended.queue)
            return Addressed(line, closing, inbound.on)
        case PaymentSettled() | PaymentReturned() as result:
            body = _bank_result(result)
            return Addressed(streams.batch(body.batch), body, result.value_on)
        case AccountCorrected() | ClawbackOrdered() | ClawbackRepaid() | FraudFound():
            return Addressed(streams.payee(token), *_of_payee(inbound, inbound.body, account))
        case VoucherIssued() | VoucherStep() as step:
            key = voucher_key(inbound.source, step)
            told_on = step.issued_on if isinstance(step, VoucherIssued) else step.on
            asked = voucher_command(inbound.source, step, key, token)
            return Addressed(streams.voucher(key), asked, told_on)
        case StatementOpened() as opened:
            opening = OpenStatement(
                bank_account=opened.bank_account,
                month=opened.month,
                opening_balance=opened.opening_balance_fen,
            )
            stream = streams.account(opened.bank_account, opened.month)
            return Addressed(stream, opening, _first_day(opened.month))
        case StatementLine() as booked:
            stream = streams.account(booked.bank_account, f"{booked.booked_on:%Y-%m}")
            return Addressed(stream, _statement_line(booked), booked.booked_on)
        case OpeningBalance() as balance:
            stream = streams.account(balance.bank_account, balance.month)
            return Addressed(stream, _opening_balance(balance), _first_day(balance.month))
        case other:
            raise AssertionError(f"{type(other).__name__} is an application's")


def _of_payee(
    inbound: Inbound,
    told: AccountCorrected | ClawbackOrdered | ClawbackRepaid | FraudFound,
    account: str,
) -> tuple[Command, date]:
    match told:
        case AccountCorrected():
            key = application_key(inbound.source, told.application, told.line)
            changed = ChangeAccount(
                application=key,
                account=account,
                document=told.document,
                reason=told.reason,
                source=inbound.source,
            )
            return changed, inbound.on
        case ClawbackOrdered():
            key = application_key(told.source or inbound.source, told.application, told.line)
            order = OrderClawback(
                clawback=told.clawback,
                application=key,
                cause=told.cause,
                document=told.document,
                reason=told.reason,
                source=inbound.source,
                amount=told.amount_fen,
                floor=told.floor_fen,
            )
            return order, inbound.on
        case ClawbackRepaid():
            received = RecordRecovery(
                clawback=told.clawback,
                amount=told.amount_fen,
                received_on=told.received_on,
                bank_account=told.bank_account,
                bank_reference=without_identities(told.bank_reference, words=False),
                source=inbound.source,
            )
            return received, told.received_on
        case FraudFound():
            mark = MarkFraud(document=told.document, reason=told.reason, source=inbound.source)
            return mark, inbound.on


def _household(inbound: Inbound, member: HouseholdMember) -> str:
    return streams.household(upstream_key(inbound.source, member.household))


def _prior_use(use: PriorUse) -> RecordPriorUse:
    return RecordPriorUse(
        document=use.document,
        programme=use.programme,
        slots=tuple(CapSlot(**dict(slot)) for slot in use.slots),
        amount=use.amount_fen,
        granted_on=use.granted_on,
    )


def _bank_result(result: PaymentSettled | PaymentReturned) -> RecordBankResult:
    return RecordBankResult(
        batch=batch_of(result.instruction),
        instruction=result.instruction,
        outcome="settled" if isinstance(result, PaymentSettled) else "returned",
        amount=result.amount_fen,
        value_on=result.value_on,
        code=without_identities(result.code, words=False),
        reason=without_identities(result.reason),
        bank_reference=without_identities(result.bank_reference, words=False),
    )


def _statement_line(line: StatementLine) -> RecordStatementLine:
    return RecordStatementLine(
        bank_account=line.bank_account,
        line=line.line,
        booked_on=line.booked_on,
        amount=line.amount_fen,
        reference=without_identities(line.reference, words=False),
        purpose=without_identities(line.purpose),
        balance_after=line.balance_after_fen,
        kind=line.kind,
        fund=line.fund or "",
        district=line.district or "",
    )


def _opening_balance(balance: OpeningBalance) -> RecordOpeningBalance:
    return RecordOpeningBalance(
        bank_account=balance.bank_account,
        fund=balance.fund,
        district=balance.district,
        amount=balance.amount_fen,
        document=balance.document,
    )


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
