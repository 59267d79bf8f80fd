"""Batches: each payment file, who prepared and who released it, and its lines.

In:    the facts of READS
Asked: audit_acts, batches, batches_to_send, results
"""

from collections.abc import Iterator

from events import streams
from events.batches import (
    BatchClosed,
    BatchLine,
    BatchLineClaimed,
    BatchLineRefused,
    BatchLineTakenOut,
    BatchPrepared,
    BatchRejected,
    BatchReleased,
    BatchRequested,
    BatchResultRecorded,
    BatchSending,
    BatchSent,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByParent
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 2

BATCHES = Table(
    "batches",
    "Every payment file",
    (
        Column("batch", "text", "number of the batch"),
        Column("bank_account", "text", "alias of the city's account that pays"),
        Column("fund", "text", "the fund that pays"),
        Column("district", "text", "region code of the district"),
        Column("maker", "text", "who prepared it"),
        Column("checker", "text", "who released or rejected it"),
        Column("state", "text", "requested, prepared, released, rejected, sending, sent or closed"),
        Column("wanted", "integer", "payments asked for"),
        Column("count", "integer", "payments claimed, once all have answered"),
        Column("total_fen", "bigint", "their sum", "fen"),
        Column("digest", "text", "digest of the final list"),
        Column("file", "text", "name of the file that left"),
        Column("file_digest", "text", "its digest"),
        Column("reason", "text", "why it was rejected"),
        Column("requested_at", "timestamptz", "when it was asked for", "UTC"),
        Column("requested_on", "date", "legal day it was asked for"),
        Column("prepared_on", "date", "legal day its list was final"),
        Column("released_on", "date", "legal day it was released"),
        Column("released_at", "timestamptz", "when it was released", "UTC"),
        Column("rejected_on", "date", "legal day it was rejected"),
        Column("sending_on", "date", "legal day the sending began"),
        Column("sent_on", "date", "legal day the file had left"),
        Column("closed_on", "date", "legal day every payment had its outcome"),
    ),
    scoping=ByDistrict(fund="fund"),
    key=("batch",),
    indexes=("(state, requested_on)", "(bank_account, sent_on)"),
)

BATCH_LINES = Table(
    "batch_lines",
    "Every payment of a batch",
    (
        Column("batch", "text", "number of the batch"),
        Column("line_no", "integer", "line in the batch"),
        Column("disbursement", "text", "id of the payment"),
        Column("payee", "text", "token of whoever is paid"),
        Column("account", "text", "token of the bank account paid into"),
        Column("instruction", "text", "instruction id given to the bank"),
        Column("amount_fen", "bigint", "amount", "fen"),
        Column("state", "text", "claimed, refused, freed, sent, settled, returned or disputed"),
        Column("code", "text", "why it was refused, or the bank's code of a return"),
        Column("reason", "text", "the bank's reason of a return"),
        Column("result_fen", "bigint", "amount that the bank reports", "fen"),
        Column("value_on", "date", "the bank's day of the outcome"),
        Column("bank_reference", "text", "the bank's own reference"),
    ),
    scoping=ByParent("batches", ("batch",)),
    key=("batch", "line_no"),
    indexes=("(disbursement)", "(instruction)"),
)
TABLES = (BATCHES, BATCH_LINES)
READS = (
    BatchRequested,
    BatchLineClaimed,
    BatchLineRefused,
    BatchLineTakenOut,
    BatchPrepared,
    BatchReleased,
    BatchRejected,
    BatchSending,
    BatchSent,
    BatchResultRecorded,
    BatchClosed,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one batch from its request to the bank's last answer."""
    on = located.on
    lines: Iterator[Change] = iter(())
    match located.fact.body:
        case BatchRequested() as body:
            values = {
                "bank_account": body.bank_account,
                "fund": body.fund,
                "district": body.district,
                "maker": body.maker,
                "state": "requested",
                "wanted": len(body.lines),
                "requested_at": located.recorded_at,
                "requested_on": on,
            }
        case BatchLineClaimed() as body:
            values = {}
            lines = _lines(body.batch, (body.line,), "claimed")
        case BatchLineTakenOut() as body:
            lines = _lines(body.batch, (body.line,), "freed")
            values = {}
        case BatchLineRefused() as body:
            refused = {"disbursement": body.disbursement, "state": "refused", "code": body.code}
            yield Upsert(BATCH_LINES, (body.batch, body.line_no), refused)
            return
        case BatchPrepared() as body:
            values = {
                "state": "prepared",
                "count": body.count,
                "total_fen": body.total,
                "digest": body.digest,
                "prepared_on": on,
            }
        case BatchReleased() as body:
            values = {
                "state": "released",
                "checker": body.checker,
                "released_on": on,
                "released_at": located.recorded_at,
            }
        case BatchRejected() as body:
            values = {
                "state": "rejected",
                "checker": body.checker,
                "reason": body.reason,
                "rejected_on": on,
            }
            lines = _lines(body.batch, body.lines, "freed")
        case BatchSending() as body:
            values = {"state": "sending", "sending_on": on}
        case BatchSent() as body:
            values = {
                "state": "sent",
                "file": body.file,
                "file_digest": body.file_digest,
                "sent_on": on,
            }
            lines = _lines(body.batch, body.lines, "sent")
        case BatchResultRecorded() as body:
            yield from _result(body)
            return
        case BatchClosed() as body:
            values = {"state": "closed", "closed_on": on}
        case _:
            return
    if values:
        yield Upsert(BATCHES, (body.batch,), values)
    yield from lines


def _lines(batch: str, lines: tuple[BatchLine, ...], state: str) -> Iterator[Change]:
    for line in lines:
        yield Upsert(
            BATCH_LINES,
            (batch, line.line_no),
            {
                "disbursement": line.disbursement,
                "payee": streams.name_of(line.payee),
                "account": line.account,
                "instruction": line.instruction,
                "amount_fen": line.amount,
                "state": state,
            },
        )


def _result(body: BatchResultRecorded) -> Iterator[Change]:
    """Note what the bank said of a line; what it said with another amount has proved nothing."""
    state = body.outcome if body.amount == body.line.amount else "disputed"
    yield Upsert(
        BATCH_LINES,
        (body.batch, body.line.line_no),
        {
            "state": state,
            "code": body.code,
            "reason": body.reason,
            "result_fen": body.amount,
            "value_on": body.value_on,
            "bank_reference": body.bank_reference,
        },
    )
