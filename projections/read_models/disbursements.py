"""Disbursements: the payment of each instalment, and every attempt at it.

In:    the facts of READS
Holds: a row follows its payee's history alone; the bank's own words are statements' rows.
Asked: after_payment, alarms, application_detail, applications, batches, budgets, clawbacks,
       disclosures, due_work, objections, payment_filter, payment_totals, payments,
       proposals_waiting, returns
"""

from collections.abc import Iterator
from typing import Any

from events import streams
from events.advances import AdvanceSettled
from events.clawbacks import ClawbackOffset
from events.disbursements import (
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementDisputed,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    DisbursementUnbatched,
    DisputeResolved,
)
from events.ids import application_of
from events.payees import AccountChanged
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByLine
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 3

DISBURSEMENTS = Table(
    "disbursements",
    "Every payment with its present state and its last attempt",
    (
        Column("disbursement", "text", "id: application key # instalment"),
        Column("application", "text", "key of the application"),
        Column("instalment", "integer", "number in the plan"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("payee", "text", "token of whoever is paid"),
        Column("account", "text", "token of the bank account paid into"),
        Column("kind", "text", "benefit or advance"),
        Column("programme", "text", "the benefit"),
        Column("fund", "text", "the fund that pays"),
        Column("district", "text", "region code of the district whose books it moves through"),
        Column("line", "text", "budget line that carries it"),
        Column("amount_fen", "bigint", "amount to be paid, net of advances and debts", "fen"),
        Column("offset_fen", "bigint", "kept for debts", "fen", merge=Merge.SUM),
        Column("advanced_fen", "bigint", "paid before, by an advance", "fen", merge=Merge.SUM),
        Column("disputed", "text", "instruction of which the bank says two things, or empty"),
        Column("state", "text", "ordered, batched, sent, settled, returned, cancelled or netted"),
        Column("attempt", "integer", "number of the last attempt; 0 before the first"),
        Column("batch", "text", "batch of the last attempt; empty when it was given back"),
        Column("instruction", "text", "instruction id of the last attempt"),
        Column("bank_account", "text", "alias of the city's account that pays"),
        Column("bank_reference", "text", "the bank's own reference of the payment"),
        Column("value_on", "date", "the bank's day of the last outcome"),
        Column("return_code", "text", "the bank's code of the last return"),
        Column("return_reason", "text", "the reason of the last return or of the cancelling"),
        Column("ordered_at", "timestamptz", "when it was ordered", "UTC"),
        Column("ordered_on", "date", "legal day it was ordered"),
        Column("batched_on", "date", "legal day a batch last claimed it"),
        Column("sent_on", "date", "legal day the file last left"),
        Column("settled_on", "date", "the bank's day of settlement"),
        Column("returned_on", "date", "the bank's day of the last return"),
        Column("retried_on", "date", "legal day its account was corrected for a new attempt"),
        Column("netted_on", "date", "legal day on which nothing was left to be paid"),
        Column("cancelled_on", "date", "legal day it was given up"),
    ),
    scoping=ByDistrict(fund="fund"),
    key=("disbursement",),
    indexes=(
        "(state, ordered_on, disbursement)",
        "(application)",
        "(payee)",
        "(district, state, ordered_on, disbursement)",
        "(line)",
    ),
)

ATTEMPTS = Table(
    "disbursement_attempts",
    "Every attempt at a payment, by its own instruction id",
    (
        Column("disbursement", "text", "id of the payment"),
        Column("attempt", "integer", "number of the attempt"),
        Column("batch", "text", "batch that carries it"),
        Column("line_no", "integer", "line in the batch"),
        Column("instruction", "text", "instruction id given to the bank"),
        Column("bank_account", "text", "alias of the city's account that pays"),
        Column("payee", "text", "token of whoever is paid"),
        Column("account", "text", "token of the bank account paid into"),
        Column("fund", "text", "the fund that pays"),
        Column("district", "text", "region code of the district"),
        Column("amount_fen", "bigint", "amount", "fen"),
        Column("state", "text", "batched, unbatched, sent, settled or returned"),
        Column("after_settlement", "boolean", "the money came back after it had been paid"),
        Column("bank_reference", "text", "the bank's own reference"),
        Column("return_code", "text", "the bank's code of a return"),
        Column("return_reason", "text", "the bank's reason of a return"),
        Column("batched_on", "date", "legal day it was claimed"),
        Column("sent_on", "date", "legal day the file left"),
        Column("settled_on", "date", "the bank's day of settlement"),
        Column("settled_known_on", "date", "day on which the settlement became known"),
        Column("returned_on", "date", "the bank's day of return"),
        Column("returned_known_on", "date", "day on which the return became known"),
    ),
    scoping=ByDistrict(fund="fund"),
    key=("disbursement", "attempt"),
    indexes=(
        "(instruction)",
        "(batch, line_no)",
        "(bank_account, settled_on) WHERE settled_on IS NOT NULL",
    ),
)

BUDGET_FLOWS = Table(
    "budget_flows",
    "What was ordered, paid and returned under each budget line, by month",
    (
        Column("line", "text", "budget line"),
        Column("month", "text", "yyyy-mm"),
        Column("ordered_fen", "bigint", "ordered", "fen", merge=Merge.SUM),
        Column("cancelled_fen", "bigint", "given up after ordering", "fen", merge=Merge.SUM),
        Column("settled_fen", "bigint", "paid by the bank", "fen", merge=Merge.SUM),
        Column("returned_fen", "bigint", "came back after payment", "fen", merge=Merge.SUM),
    ),
    scoping=ByLine(),
    key=("line", "month"),
    by_partition=True,
)
TABLES = (DISBURSEMENTS, ATTEMPTS, BUDGET_FLOWS)
READS = (
    DisbursementOrdered,
    DisbursementBatched,
    DisbursementUnbatched,
    DisbursementSent,
    DisbursementSettled,
    DisbursementReturned,
    DisbursementCancelled,
    DisbursementDisputed,
    DisputeResolved,
    AccountChanged,
    AdvanceSettled,
    ClawbackOffset,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one payment from its order to the bank's last word."""
    on = located.on
    match located.fact.body:
        case DisbursementOrdered() as body:
            yield Upsert(DISBURSEMENTS, (body.disbursement,), _ordered(located, body))
            yield _flow(body.money.line, on.isoformat()[:7], ordered_fen=body.money.amount)
        case DisbursementBatched() as body:
            shared = {
                "batch": body.batch,
                "instruction": body.instruction,
                "bank_account": body.bank_account,
                "account": body.account,
                "state": "batched",
                "batched_on": on,
            }
            yield Upsert(DISBURSEMENTS, (body.disbursement,), {**shared, "attempt": body.attempt})
            attempt = {
                **shared,
                "line_no": body.line_no,
                "payee": located.token,
                "fund": body.money.fund,
                "district": body.money.district,
                "amount_fen": body.money.amount,
            }
            yield Upsert(ATTEMPTS, (body.disbursement, body.attempt), attempt)
        case DisbursementUnbatched() as body:
            freed = {"state": "ordered", "batch": "", "instruction": ""}
            yield Upsert(DISBURSEMENTS, (body.disbursement,), freed)
            yield Upsert(ATTEMPTS, (body.disbursement, body.attempt), {"state": "unbatched"})
        case DisbursementSent() as body:
            yield from _both(body, {"state": "sent", "sent_on": on})
        case DisbursementSettled() as body:
            paid = {
                "state": "settled",
                "bank_reference": body.bank_reference,
                "settled_on": body.value_on,
            }
            yield from _both(
                body, paid, {"value_on": body.value_on}, {"settled_known_on": located.known_on}
            )
            yield _flow(body.money.line, _month(body), settled_fen=body.money.amount)
        case DisbursementReturned() as body:
            back = {
                "state": "returned",
                "return_code": body.code,
                "return_reason": body.reason,
                "returned_on": body.value_on,
            }
            known = {
                "returned_known_on": located.known_on,
                "after_settlement": body.after_settlement,
            }
            yield from _both(body, back, {"value_on": body.value_on}, known)
            if body.after_settlement:
                yield _flow(body.money.line, _month(body), returned_fen=body.money.amount)
        case DisbursementCancelled() as body:
            given_up = {"state": "cancelled", "return_reason": body.reason, "cancelled_on": on}
            yield Upsert(DISBURSEMENTS, (body.disbursement,), given_up)
            yield _flow(body.money.line, on.isoformat()[:7], cancelled_fen=body.money.amount)
        case _:
            yield from _beside(located)


def _beside(located: LocatedFact) -> Iterator[Change]:
    on = located.on
    match located.fact.body:
        case DisbursementDisputed() as body:
            yield Upsert(DISBURSEMENTS, (body.disbursement,), {"disputed": body.instruction})
        case DisputeResolved() as body:
            yield Upsert(DISBURSEMENTS, (body.disbursement,), {"disputed": ""})
        case AccountChanged() as body:
            for name in (*body.moved, *body.retried):
                yield Upsert(DISBURSEMENTS, (name,), {"account": body.account})
            for name in body.retried:
                yield Upsert(DISBURSEMENTS, (name,), {"state": "ordered", "retried_on": on})
        case AdvanceSettled() as body:
            yield Upsert(DISBURSEMENTS, (body.disbursement,), {"advanced_fen": body.money.amount})
        case ClawbackOffset() as body:
            left = body.payable_left
            withheld = {"offset_fen": body.money.amount, "amount_fen": left}
            ended = {} if left else {"state": "netted", "netted_on": on}
            yield Upsert(DISBURSEMENTS, (body.disbursement,), withheld | ended)


def _ordered(located: LocatedFact, body: DisbursementOrdered) -> dict[str, Any]:
    return {
        "application": application_of(body.disbursement),
        "instalment": body.instalment,
        "beneficiary": streams.name_of(body.beneficiary),
        "payee": located.token,
        "account": body.account,
        "kind": body.kind,
        "programme": body.money.programme,
        "fund": body.money.fund,
        "district": body.money.district,
        "line": body.money.line,
        "amount_fen": body.money.amount,
        "state": "ordered" if body.money.amount else "netted",
        "netted_on": None if body.money.amount else located.on,
        "attempt": 0,
        "ordered_at": located.recorded_at,
        "ordered_on": located.on,
    }


def _both(
    body: DisbursementSent | DisbursementSettled | DisbursementReturned,
    shared: dict[str, Any],
    payment: dict[str, Any] | None = None,
    attempt: dict[str, Any] | None = None,
) -> Iterator[Change]:
    yield Upsert(DISBURSEMENTS, (body.disbursement,), shared | (payment or {}))
    yield Upsert(ATTEMPTS, (body.disbursement, body.attempt), shared | (attempt or {}))


def _month(body: DisbursementSettled | DisbursementReturned) -> str:
    return body.value_on.isoformat()[:7]


def _flow(line: str, month: str, **amounts: int) -> Upsert:
    return Upsert(BUDGET_FLOWS, (line, month), dict(amounts))
