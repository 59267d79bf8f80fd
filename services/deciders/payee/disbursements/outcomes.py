"""Record what the bank says became of an instruction, however late, and never pay on a doubt."""

from datetime import date
from typing import NamedTuple

from events import disbursements
from events.clawbacks import ClawbackOrdered, ClawbackRejected, PartBack
from events.values import Fact
from services.deciders.payee.debts import arriving
from services.deciders.payee.debts.offsets import offset_debts
from services.deciders.payee.disbursements.doubting import disputed, paid_again
from services.deciders.payee.disbursements.steps import given_up, is_netted, refused, sent
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import Attempt, Payment


class FoundOutcome(NamedTuple):
    """What the bank had said of a payment, once a person has found out that it is so."""

    disbursement: str
    value_on: date
    bank_reference: str
    code: str = ""
    reason: str = ""


def record(state: PayeeState, payment: Payment, command: disbursements.RecordOutcome) -> list[Fact]:
    """Take the bank's word for one instruction, of the last attempt or an earlier one.

    Refuses: ANOTHER_INSTRUCTION, PAID_TWICE  (first match wins)
    Holds: what was returned and is then said to be paid, is paid twice, or is told with another
           amount than was ordered, is a dispute: nothing more leaves for this payment until a
           person has found out
    """
    attempt = payment.attempt(command.instruction)
    if attempt is None or attempt.state == "unbatched":
        return refused(command, "ANOTHER_INSTRUCTION")
    if command.amount != attempt.amount:
        return disputed(payment, attempt, command, "amount_differs")
    settles = command.outcome == "settled"
    match attempt.state:
        case "batched" | "sent":
            # The bank may be quicker than our own note that the file has left.
            left: list[Fact] = []
            if attempt.state == "batched":
                left.append(sent(command.disbursement, attempt, payment.money))
            if settles:
                return [*left, *settled(state, payment, attempt, command)]
            return [*left, *returned(state, payment, attempt, command)]
        case "returned":
            return disputed(payment, attempt, command, "settled_after_return") if settles else []
        case "settled":
            if not settles:
                return returned(state, payment, attempt, command)
            return paid_again(payment, attempt, command)
        case "double":
            if not settles:
                return refused(command, "PAID_TWICE")
            return paid_again(payment, attempt, command)


def settled(
    state: PayeeState,
    payment: Payment,
    attempt: Attempt,
    said: disbursements.RecordOutcome | FoundOutcome,
) -> list[Fact]:
    """Settle what is to be paid; where payments were stopped meanwhile, it is due back at once."""
    facts: list[Fact] = [
        disbursements.DisbursementSettled(
            disbursement=said.disbursement,
            attempt=attempt.no,
            instruction=attempt.instruction,
            bank_account=attempt.bank_account,
            value_on=said.value_on,
            bank_reference=said.bank_reference,
            money=payment.money,
        )
    ]
    stopped = state.debts.stopped.get(payment.application)
    if stopped is not None and payment.kind == "benefit":
        part = PartBack(disbursement=said.disbursement, amount=payment.money.amount)
        facts.append(
            ClawbackOrdered(
                clawback=_unused(state, f"{stopped.clawback}-{attempt.instruction}"),
                application=payment.application,
                cause=stopped.cause,
                basis="benefit",
                money=payment.money,
                parts=(part,),
                floor=0,
                document=stopped.document,
                reason=stopped.reason,
                source="rule",
            )
        )
    return [*facts, *arriving.when_settled(state, said.disbursement, payment)]


def _unused(state: PayeeState, name: str) -> str:
    """Name a debt anew where the bank has paid, taken back and paid once more."""
    names = (name, *(f"{name}.{n}" for n in range(2, len(state.debts.known) + 3)))
    return next(one for one in names if one not in state.debts.known)


def returned(
    state: PayeeState,
    payment: Payment,
    attempt: Attempt,
    said: disbursements.RecordOutcome | FoundOutcome,
) -> list[Fact]:
    """Note that the money came back; what waits again keeps what is owed of it."""
    came_back = disbursements.DisbursementReturned(
        disbursement=said.disbursement,
        attempt=attempt.no,
        instruction=attempt.instruction,
        bank_account=attempt.bank_account,
        value_on=said.value_on,
        code=said.code,
        reason=said.reason,
        after_settlement=attempt.state == "settled",
        money=payment.money,
        bank_reference=said.bank_reference,
    )
    if payment.disputed and not isinstance(said, FoundOutcome):
        return [came_back]
    return [came_back, *payable_again(state, said.disbursement, payment)]


def payable_again(state: PayeeState, disbursement: str, payment: Payment) -> list[Fact]:
    """Keep what is owed from money that came back, or all of it where payments were stopped.

    Holds: what was asked back already pays that debt when it comes back; it is not given up as well,
           unless the debt was kept of it before it left
    """
    stopped = state.debts.stopped.get(payment.application)
    reason = payment.recalled
    if stopped is not None and payment.kind == "benefit":
        reason = stopped.reason
    asked_back = payment.clawed > payment.netted
    if reason and not asked_back and not is_netted(state, disbursement, payment):
        cancelled = given_up(disbursement, payment.kind, payment.money, reason)
        return [
            cancelled,
            *_nothing_to_ask_back(state, disbursement),
            *arriving.not_needed(state, cancelled),
        ]
    facts, debts = arriving.when_it_waits(state, disbursement, payment)
    return [*facts, *offset_debts(state.debts, disbursement, payment.money, new=debts)]


def _nothing_to_ask_back(state: PayeeState, disbursement: str) -> list[Fact]:
    """Withdraw what a rule had proposed to ask back, had the payment been made."""
    return [
        ClawbackRejected(
            clawback=name,
            application=proposed.application,
            checker=proposed.maker,
            reason=arriving.NOT_PAID,
        )
        for name, proposed in state.debts.proposals.items()
        if name.startswith(f"{disbursement}-") and proposed.maker.startswith("rule:")
    ]
