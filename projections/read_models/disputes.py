"""Disputes: where the bank contradicts itself, until a person has found out; and what was asked.

In:    the facts of READS
Asked: periods, returns
"""

from collections.abc import Iterator

from events.disbursements import DisbursementDisputed, DisputeResolved, OutcomeAsked
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import of_payment
from projections.definition.table import (
    Append,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 2

DISPUTES = Table(
    "disputes",
    "Instructions of which the bank said two different things; one row an instruction",
    (
        Column("disbursement", "text", "id of the payment"),
        Column("instruction", "text", "instruction id given to the bank"),
        Column("payee", "text", "token of whoever is paid"),
        Column("attempt", "integer", "number of the attempt"),
        Column("bank_account", "text", "alias of the city's account that pays"),
        Column("amount_fen", "bigint", "amount that the bank reports", "fen"),
        Column("value_on", "date", "the bank's day"),
        Column("bank_reference", "text", "the bank's own reference"),
        Column("said", "text", "settled_after_return, settled_twice or amount_differs"),
        Column("outcome", "text", "what the bank told: settled or returned"),
        Column("stops", "text", "batch that was stopped for it, or empty"),
        Column("state", "text", "open, paid or not_paid"),
        Column("document", "text", "document of the finding"),
        Column("resolved_by", "text", "who found out"),
        Column("opened_on", "date", "legal day on which it was noticed"),
        Column("resolved_on", "date", "legal day of the finding"),
    ),
    scoping=of_payment(),
    key=("disbursement", "instruction"),
    indexes=("(state, opened_on)",),
)

ASKED = Table(
    "outcomes_asked",
    "Every time the bank was asked what became of an instruction",
    (
        Column("disbursement", "text", "id of the payment"),
        Column("instruction", "text", "instruction id given to the bank"),
        Column("asked_by", "text", "who asked"),
        Column("asked_on", "date", "legal day"),
    ),
    scoping=of_payment(),
    indexes=("(instruction)",),
)
TABLES = (DISPUTES, ASKED)
READS = (DisbursementDisputed, DisputeResolved, OutcomeAsked)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one dispute."""
    match located.fact.body:
        case DisbursementDisputed() as body:
            yield Upsert(
                DISPUTES,
                (body.disbursement, body.instruction),
                {
                    "payee": located.token,
                    "attempt": body.attempt,
                    "bank_account": body.bank_account,
                    "amount_fen": body.amount,
                    "value_on": body.value_on,
                    "bank_reference": body.bank_reference,
                    "said": body.said,
                    "outcome": body.outcome,
                    "stops": body.stops,
                    "state": "open",
                    "opened_on": located.on,
                },
            )
        case DisputeResolved() as body:
            found = {
                "state": body.verdict,
                "document": body.document,
                "resolved_by": body.by,
                "resolved_on": located.on,
            }
            yield Upsert(DISPUTES, (body.disbursement, body.instruction), found)
        case OutcomeAsked() as body:
            yield Append(ASKED, (body.disbursement, body.instruction, body.by, located.on))
