"""Payments: what upstream hears of an instalment that falls due, and of its payment through the bank.

Holds: why an operator cancelled a payment stays inside
"""

from events import disbursements, instalments
from events.contract.outbound import Outcome
from events.ids import application_of, instalment_of
from events.values import Fact
from policies.engine.registry import Policies
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields

_PAYMENT_OUTCOMES: dict[type[Fact], Outcome] = {
    disbursements.DisbursementOrdered: "payment_ordered",
    disbursements.DisbursementBatched: "payment_batched",
    disbursements.DisbursementUnbatched: "payment_unbatched",
    disbursements.DisbursementSent: "payment_sent",
    disbursements.DisbursementSettled: "payment_settled",
    disbursements.DisbursementReturned: "payment_returned",
    disbursements.DisbursementCancelled: "payment_cancelled",
}
_Payment = (
    disbursements.DisbursementOrdered
    | disbursements.DisbursementBatched
    | disbursements.DisbursementUnbatched
    | disbursements.DisbursementSent
    | disbursements.DisbursementSettled
    | disbursements.DisbursementReturned
    | disbursements.DisbursementCancelled
)


def _instalment_due(fact: instalments.InstalmentDue, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "instalment": fact.no,
        "outcome": "instalment_due",
        "programme": fact.programme,
        "amount_fen": fact.amount,
    }


def _instalment_stopped(fact: instalments.InstalmentStopped, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "instalment": fact.no,
        "outcome": "instalment_stopped",
        "amount_fen": fact.amount,
        "code": fact.reason.upper(),
    }


def _instalment_waits(fact: instalments.InstalmentWaits, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "instalment": fact.no,
        "outcome": "instalment_waits",
        "code": fact.needs.upper(),
    }


def _payment(fact: _Payment, _: Policies) -> OutcomeFields:
    """Give the outcome of a payment; its id is ``<application>#<instalment>``."""
    fields: OutcomeFields = {
        "application": application_of(fact.disbursement),
        "instalment": instalment_of(fact.disbursement),
        "outcome": _PAYMENT_OUTCOMES[type(fact)],
        "programme": fact.money.programme,
        "amount_fen": fact.money.amount,
    }
    if isinstance(fact, disbursements.DisbursementSettled | disbursements.DisbursementReturned):
        fields["value_on"] = fact.value_on
    if isinstance(fact, disbursements.DisbursementReturned):
        fields["code"] = fact.code
    return fields


PAYMENTS: FieldsByFact = {
    instalments.InstalmentDue: _instalment_due,
    instalments.InstalmentStopped: _instalment_stopped,
    instalments.InstalmentWaits: _instalment_waits,
    **dict.fromkeys(_PAYMENT_OUTCOMES, _payment),
}
