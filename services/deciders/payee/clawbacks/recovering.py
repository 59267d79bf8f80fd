"""Take cash in for a debt: into the fund's own account, on a day that can be, each receipt once."""

from datetime import date

from events.clawbacks import ClawbackRecovered, RecordRecovery
from events.ids import is_staff
from events.values import Fact
from policies.cities import Cities
from services.deciders.incompatible import Done, refuse_incompatible
from services.deciders.payee.state.debts import Debt
from services.deciders.payee.state.payee import PayeeState
from services.deciders.refusal import refuse, refuse_first


def recover(state: PayeeState, command: RecordRecovery, today: date, cities: Cities) -> list[Fact]:
    """Note cash that came in.

    Refuses: UNKNOWN_CLAWBACK, INCOMPATIBLE_ACTS (staff who have asked to give it up), EXCEEDS_DEBT,
             WRONG_ACCOUNT (none of the debt's own fund and district), DAY_AHEAD (after today),
             DAY_BEFORE_PAID  (first match wins)
    Holds: a receipt counts once
    """
    if receipt(command) in state.debts.receipts:
        return []
    debt = state.debts.by_id.get(command.clawback)
    if debt is None:
        return refuse(command, "UNKNOWN_CLAWBACK", command.clawback)
    person = command.source if is_staff(command.source) else ""
    given_up = Done("write_off", debt.given_up_by, command.clawback)
    if refused := refuse_incompatible(command, "recoveries", person, command.clawback, given_up):
        return refused
    own = cities.belongs(command.bank_account, debt.money.fund, debt.money.district)
    received_on, paid_on = command.received_on, _paid_on(state, debt)
    if refused := refuse_first(
        command,
        command.clawback,
        (not 0 < command.amount <= debt.left, "EXCEEDS_DEBT", ""),
        (not own, "WRONG_ACCOUNT", command.bank_account),
        (received_on > today, "DAY_AHEAD", f"{received_on} > {today}"),
        (received_on < paid_on, "DAY_BEFORE_PAID", f"{received_on} < {paid_on}"),
    ):
        return refused
    return [
        ClawbackRecovered(
            clawback=command.clawback,
            application=debt.application,
            bank_account=command.bank_account,
            bank_reference=command.bank_reference,
            received_on=command.received_on,
            source=command.source,
            left=debt.left - command.amount,
            money=debt.money.model_copy(update={"amount": command.amount}),
            advance=debt.advance,
        )
    ]


def _paid_on(state: PayeeState, debt: Debt) -> date:
    """Tell from when on somebody could have paid it back: the first of its payments had arrived."""
    payments = (state.payments.by_id.get(name) for name in debt.payments)
    days = [one.paid_on for one in payments if one is not None and one.paid_on is not None]
    return min(days, default=date.min)


def receipt(received: RecordRecovery | ClawbackRecovered) -> str:
    """Name a receipt by the bank's own words, so that it is booked once whoever tells it."""
    return f"{received.bank_account}|{received.bank_reference}"
