"""Payments: what a simulation's ledger has ordered, for those who act on it."""

from events import streams
from events.disbursements import DisbursementOrdered
from services.deciders.payee.state.payee import PayeeState
from services.streams.in_memory import InMemoryLedger
from services.tools.simulation.staff_acts import PayablePayment


def payee_of(ledger: InMemoryLedger, application: str) -> str:
    """Find who was paid for an application.

    Raises: LookupError
    """
    for recorded in ledger.facts:
        body = recorded.body
        if isinstance(body, DisbursementOrdered) and body.application == application:
            return streams.name_of(recorded.stream)
    raise LookupError(f"nobody was paid for {application}")


def payable_payments(ledger: InMemoryLedger, applications: frozenset[str]) -> list[PayablePayment]:
    """List the payments of these applications that wait for a batch."""
    found = []
    for recorded in ledger.facts:
        body = recorded.body
        if isinstance(body, DisbursementOrdered) and body.application in applications:
            payee = ledger.store.state(recorded.stream)
            assert isinstance(payee, PayeeState)
            payment = payee.payments.by_id[body.disbursement]
            if payment.state == "ordered" and not payment.disputed:
                token = streams.name_of(recorded.stream)
                found.append(PayablePayment(body.disbursement, token, payment.money.amount))
    return found
