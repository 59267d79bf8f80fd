"""Bank movements: what moved on the city's bank accounts by the books, and what it may be known by.

In:    the facts of READS
Holds: a row for each posting of the journal on a bank account, but for what the books begin with;
       marks are written one way, as `events.bank_marks` writes those of the bank's lines.
Asked: journal, manual_matches, reconciliation, rule_preview
"""

from collections.abc import Iterator

from events import streams
from events.clawbacks import ClawbackOrdered, ClawbackRecovered
from events.disbursements import DisbursementReturned, DisbursementSettled
from events.ids import batch_of, plain_writing
from events.statements import LineClassificationReversed, StatementLineClassified
from projections.definition import chart_of_accounts
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import Append, Change, Column, Table
from projections.read_models import journal

VERSION = 2

BANK_MOVEMENTS = Table(
    "bank_movements",
    "Every movement on a bank account by the books",
    (
        Column("movement", "text", "id of the fact that it books"),
        Column("bank_account", "text", "alias of the city's account"),
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("kind", "text", "what was booked, such as settled or interest"),
        Column("amount_fen", "bigint", "came in where positive", "fen"),
        Column("value_on", "date", "day in the books"),
        Column("known_on", "date", "day on which it became known"),
        Column("application", "text", "key of the application, if any"),
        Column("instruction", "text", "instruction id of the payment, if any"),
        Column("batch", "text", "number of the payment's batch, if any"),
        Column("reference", "text", "the bank's own reference in one writing, or empty"),
        Column(
            "line_month", "text", "yyyy-mm of the statement line that it was taken from, if any"
        ),
        Column("line", "text", "id of that line, if any"),
    ),
    scoping=ByDistrict(fund="fund"),
    indexes=(
        "UNIQUE (movement)",
        "(batch) WHERE batch IS NOT NULL",
        "(bank_account, reference) WHERE reference <> ''",
        "(bank_account, line_month, line) WHERE line IS NOT NULL",
        "(application) WHERE application IS NOT NULL",
    ),
)
TABLES = (BANK_MOVEMENTS,)
READS = (
    StatementLineClassified,
    LineClassificationReversed,
    DisbursementSettled,
    DisbursementReturned,
    ClawbackOrdered,
    ClawbackRecovered,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Take the side of the bank account from a fact's entry."""
    booked = journal.entry(located.fact)
    if booked is None:
        return
    posting = next((one for one in booked.postings if one.account is chart_of_accounts.BANK), None)
    if posting is None:
        return
    body = located.fact.body
    line, month = None, None
    if isinstance(body, StatementLineClassified | LineClassificationReversed):
        line, (_, month) = body.line, streams.account_month(located.fact.stream)
    instruction = getattr(body, "instruction", "") or None
    yield Append(
        BANK_MOVEMENTS,
        (
            located.fact.id,
            posting.sub,
            posting.fund,
            posting.district,
            booked.kind,
            posting.amount,
            booked.value_on,
            located.known_on,
            journal.application(located.fact) or None,
            instruction,
            batch_of(instruction) if instruction else None,
            plain_writing(getattr(body, "bank_reference", "")),
            month,
            line,
        ),
    )
