"""Clawbacks: what payees owe back, why, and how each debt ended; each move leads to its entry.

In:    the facts of READS
Holds: a debt is named by its payee and its number, for one document may name many debtors.
Asked: after_payment, clawbacks, disclosures, objections, proposals_waiting
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from events.clawbacks import (
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackProposed,
    ClawbackRecovered,
    ClawbackRejected,
    ClawbackWrittenOff,
    WriteOffProposed,
    WriteOffRejected,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByParent
from projections.definition.table import (
    Append,
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 1

CLAWBACKS = Table(
    "clawbacks",
    "Every debt of a payee, from proposal to its end",
    (
        Column("payee", "text", "token of whoever owes"),
        Column("clawback", "text", "number of the clawback"),
        Column("application", "text", "key of the application that had brought the money"),
        Column("cause", "text", "why it is due back"),
        Column("basis", "text", "benefit, advance or bank: what it takes back"),
        Column("fund", "text", "the fund that it is owed to"),
        Column("district", "text", "region code of the district"),
        Column("programme", "text", "the benefit"),
        Column("document", "text", "number of the decision"),
        Column("reason", "text", "the reason in words"),
        Column("source", "text", "who ordered it: a system, staff or a rule"),
        Column("maker", "text", "who of the staff proposed it"),
        Column("checker", "text", "who of the staff ordered or rejected it"),
        Column("state", "text", "proposed, rejected, open or closed"),
        Column("proposed_fen", "bigint", "amount proposed", "fen"),
        Column("amount_fen", "bigint", "amount ordered", "fen"),
        Column("floor_fen", "bigint", "what stays with the payee of each payment", "fen"),
        Column("recovered_fen", "bigint", "recovered in cash", "fen", merge=Merge.SUM),
        Column("offset_fen", "bigint", "kept from payments", "fen", merge=Merge.SUM),
        Column("written_off_fen", "bigint", "given up", "fen", merge=Merge.SUM),
        Column("left_fen", "bigint", "still owed", "fen"),
        Column("write_off_fen", "bigint", "to be given up, once a second person agrees", "fen"),
        Column("write_off_maker", "text", "who asks to give it up; empty where nobody does"),
        Column("write_off_document", "text", "the authority's document for giving it up"),
        Column("write_off_reason", "text", "why it is to be given up"),
        Column("proposed_on", "date", "legal day of the proposal"),
        Column("ordered_on", "date", "legal day of the order"),
        Column("ordered_at", "timestamptz", "when it was ordered", "UTC"),
        Column("closed_on", "date", "legal day on which nothing was left"),
    ),
    scoping=ByDistrict(fund="fund"),
    key=("payee", "clawback"),
    indexes=("(state, ordered_on, clawback)", "(application)"),
)

MOVES = Table(
    "clawback_moves",
    "Every step by which a debt grew smaller",
    (
        Column("payee", "text", "token of whoever owes"),
        Column("clawback", "text", "number of the clawback"),
        Column("kind", "text", "recovered, offset or written_off"),
        Column("amount_fen", "bigint", "amount", "fen"),
        Column("left_fen", "bigint", "still owed afterwards", "fen"),
        Column("reference", "text", "the payment, bank reference or document"),
        Column("bank_account", "text", "alias of the city's account that took the cash"),
        Column("moved_on", "date", "day in the books"),
    ),
    scoping=ByParent("clawbacks", ("payee", "clawback")),
    indexes=("(payee, clawback)", "(reference)"),
)
TABLES = (CLAWBACKS, MOVES)
READS = (
    ClawbackProposed,
    ClawbackRejected,
    ClawbackOrdered,
    ClawbackRecovered,
    ClawbackOffset,
    ClawbackWrittenOff,
    WriteOffProposed,
    WriteOffRejected,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one debt."""
    match located.fact.body:
        case ClawbackProposed() as body:
            yield _row(
                located,
                body.clawback,
                application=body.application,
                cause=body.cause,
                document=body.document,
                reason=body.reason,
                maker=body.maker,
                state="proposed",
                proposed_fen=body.amount,
                floor_fen=body.floor,
                proposed_on=located.on,
            )
        case ClawbackRejected() as body:
            yield _row(located, body.clawback, state="rejected", checker=body.checker)
        case ClawbackOrdered() as body:
            yield _row(located, body.clawback, **_ordered(located, body))
        case ClawbackRecovered() as body:
            yield from _moved(located, body, "recovered", body.bank_reference, body.received_on)
        case ClawbackOffset() as body:
            yield from _moved(located, body, "offset", body.disbursement, located.on)
        case ClawbackWrittenOff() as body:
            yield from _moved(located, body, "written_off", body.document, located.on)
            yield _row(located, body.clawback, write_off_maker="", write_off_fen=0)
        case WriteOffProposed() as body:
            yield _row(
                located,
                body.clawback,
                write_off_fen=body.amount,
                write_off_maker=body.maker,
                write_off_document=body.document,
                write_off_reason=body.reason,
            )
        case WriteOffRejected() as body:
            yield _row(located, body.clawback, write_off_maker="", write_off_fen=0)


def _row(located: LocatedFact, clawback: str, **values: Any) -> Upsert:
    return Upsert(CLAWBACKS, (located.token, clawback), values)


def _ordered(located: LocatedFact, body: ClawbackOrdered) -> dict[str, Any]:
    return {
        "application": body.application,
        "cause": body.cause,
        "basis": body.basis,
        "fund": body.money.fund,
        "district": body.money.district,
        "programme": body.money.programme,
        "document": body.document,
        "reason": body.reason,
        "source": body.source,
        "checker": body.checker,
        "state": "open",
        "amount_fen": body.money.amount,
        "left_fen": body.money.amount,
        "floor_fen": body.floor,
        "ordered_on": located.on,
        "ordered_at": located.recorded_at,
    }


def _moved(
    located: LocatedFact,
    body: ClawbackRecovered | ClawbackOffset | ClawbackWrittenOff,
    kind: str,
    reference: str,
    on: date,
) -> Iterator[Change]:
    values: dict[str, Any] = {f"{kind}_fen": body.money.amount, "left_fen": body.left}
    if not body.left:
        values |= {"state": "closed", "closed_on": on}
    yield _row(located, body.clawback, **values)
    account = body.bank_account if isinstance(body, ClawbackRecovered) else None
    yield Append(
        MOVES,
        (
            located.token,
            body.clawback,
            kind,
            body.money.amount,
            body.left,
            reference,
            account,
            on,
        ),
    )
