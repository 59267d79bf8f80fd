"""Decide what becomes of an advance on the payee's side: opened, netted, called."""

from datetime import date
from typing import assert_never

from events.advances import AdvanceOpened, AdvanceSettled, CallAdvance, OrderAdvance
from events.clawbacks import ClawbackOrdered
from events.disbursements import DisbursementCancelled, DisbursementOrdered, OrderPayment
from events.ids import debt_id
from events.values import Fact
from services.deciders.payee.debts.offsets import offset_debts
from services.deciders.payee.debts.ordering import ClawbackOrder, advance_back
from services.deciders.payee.state.advances import PaidAdvance, PaidAdvances
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import TAKEN_BACK
from services.deciders.refusal import refuse

AdvanceCommand = OrderAdvance | CallAdvance
FactOfAdvances = AdvanceOpened | AdvanceSettled | ClawbackOrdered | DisbursementCancelled
"""What changes advances: what is called or given up is no longer to be settled."""


def decide(state: PayeeState, command: AdvanceCommand, on: date) -> list[Fact]:
    """Answer one request about an advance.

    Refuses: UNKNOWN_ADVANCE, NOT_OVERDUE  (calls; first match wins)
    """
    match command:
        case OrderAdvance():
            return _order(state, command)
        case CallAdvance():
            return _call(state, command, on)
        case _:
            assert_never(command)


def _order(state: PayeeState, command: OrderAdvance) -> list[Fact]:
    if command.disbursement in state.payments.by_id:
        return []
    opened = AdvanceOpened(
        application=command.application,
        disbursement=command.disbursement,
        beneficiary=command.beneficiary,
        nets=command.nets,
        programme=command.programme,
        last_instalment=command.last_instalment,
        settle_by=command.settle_by,
        money=command.money,
    )
    ordered = DisbursementOrdered(
        disbursement=command.disbursement,
        application=command.application,
        instalment=0,
        beneficiary=command.beneficiary,
        account=state.accounts.account(command.application, command.account),
        money=command.money,
        kind="advance",
        judged_by=command.judged_by,
    )
    stopped = state.debts.stopped.get(command.application)
    if stopped or command.application in state.payments.given_up:
        cancelled = DisbursementCancelled(
            disbursement=command.disbursement,
            reason=stopped.reason if stopped else TAKEN_BACK,
            kind="advance",
            money=command.money,
        )
        return [opened, ordered, cancelled]
    return [opened, ordered, *offset_debts(state.debts, command.disbursement, command.money)]


def _call(state: PayeeState, command: CallAdvance, on: date) -> list[Fact]:
    advance = state.advances.by_id.get(command.disbursement)
    if advance is None:
        return refuse(command, "UNKNOWN_ADVANCE", command.disbursement)
    if not advance.left:
        return []
    if on <= advance.settle_by:
        return refuse(command, "NOT_OVERDUE", command.disbursement)
    order = ClawbackOrder(
        debt_id(command.disbursement, "due"),
        advance.application,
        "advance_overdue",
        "",
        f"预拨应于 {advance.settle_by} 前结算，至 {on} 未结算",
        "rule",
    )
    return advance_back(state, order, command.disbursement, advance.left, {})


def netted(state: PayeeState, command: OrderPayment) -> tuple[list[Fact], list[Fact]]:
    """Use advances up against a benefit that is about to be ordered.

    Shape: (what the payment settles, what remains of an advance and is due back now)
    """
    settles: list[Fact] = []
    surplus: list[Fact] = []
    gross = command.money.amount
    payable: dict[str, int] = {}
    for disbursement, advance in state.advances.by_id.items():
        if not advance.left or not _is_settled_by(advance, command):
            continue
        used = min(advance.left, gross)
        left = advance.left - used
        if used:
            gross -= used
            settles.append(
                AdvanceSettled(
                    application=advance.application,
                    advance=disbursement,
                    disbursement=command.disbursement,
                    left=left,
                    money=command.money.model_copy(update={"amount": used}),
                    line=advance.money.line,
                )
            )
        if left and (advance.nets == "first" or command.instalment >= advance.last_instalment):
            order = ClawbackOrder(
                debt_id(disbursement, "due"),
                advance.application,
                "advance_surplus",
                "",
                "预拨多于结算金额",
                "rule",
            )
            surplus += advance_back(state, order, disbursement, left, payable)
    return settles, surplus


def _is_settled_by(advance: PaidAdvance, command: OrderPayment) -> bool:
    """Tell whether a benefit is what the advance was for, in the same books."""
    money, own = command.money, advance.money
    if (money.fund, money.district, money.programme) != (own.fund, own.district, own.programme):
        return False
    if command.application == advance.application:
        return True
    return advance.nets == "first" and command.beneficiary == advance.beneficiary


def evolve(advances: PaidAdvances, fact: FactOfAdvances) -> None:
    """Fold one fact, in place; what is called or given up is no longer to be settled."""
    match fact:
        case AdvanceOpened():
            advances.by_id[fact.disbursement] = PaidAdvance(
                fact.application,
                fact.beneficiary,
                fact.nets,
                fact.programme,
                fact.last_instalment,
                fact.settle_by,
                fact.money,
                fact.money.amount,
            )
        case AdvanceSettled():
            advances.by_id[fact.advance].left = fact.left
        case ClawbackOrdered():
            if fact.basis == "advance":
                for part in fact.parts:
                    advances.by_id[part.disbursement].left -= part.amount
        case DisbursementCancelled():
            if fact.kind == "advance":
                advances.by_id[fact.disbursement].left -= fact.money.amount
        case _:
            assert_never(fact)
