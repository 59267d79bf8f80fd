"""Decide whether a payment that had to arrive by a day is late, as far as the payee's books know."""

from events.deadlines import CheckArrival, PaymentLate
from events.values import Fact
from services.deciders.payee.state.payee import PayeeState

_ON_THE_WAY = ("ordered", "batched", "sent", "returned")


def check(state: PayeeState, command: CheckArrival) -> list[Fact]:
    """Say that an ordered payment has not arrived; once a claim."""
    if command.application in state.accounts.late:
        return []
    states = [payment.state for _, payment in state.payments.of(command.application)]
    if not any(state in _ON_THE_WAY for state in states):
        return []
    return [PaymentLate(**dict(command))]
