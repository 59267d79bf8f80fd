"""Journal: every fact's balanced entry, and the flows of each account.

In:    the facts of READS
Holds: the postings of an entry sum to zero, so debits equal credits at every prefix; entries are
       never changed: a correction is a reversal and a new entry.
Asked: account_balances, clawbacks, fund_report, journal, journal_totals, periods, treasury,
       voucher_numbers
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from events.advances import AdvanceSettled
from events.clawbacks import (
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackRecovered,
    ClawbackWrittenOff,
)
from events.disbursements import (
    DisbursementCancelled,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    Money,
)
from events.envelope import Recorded
from events.ids import application_of
from events.statements import LineClassificationReversed, OpeningBalance, StatementLineClassified
from projections.definition import chart_of_accounts
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Append,
    Change,
    Column,
    Table,
)
from projections.read_models import account_flows

VERSION = 7


class JournalPosting(NamedTuple):
    """One side of an entry: a debit where positive, a credit where negative."""

    account: chart_of_accounts.Account
    fund: str
    district: str
    sub: str
    amount: int


class JournalEntry(NamedTuple):
    """What one fact does to the books."""

    value_on: date
    kind: str
    reference: str
    postings: tuple[JournalPosting, ...]


ENTRIES = Table(
    "entries",
    "Every entry of the journal; partition and offset are its number",
    (
        Column("fact", "uuid", "the fact that it books"),
        Column("kind", "text", "what was booked, such as settled or interest"),
        Column("reference", "text", "the payment, statement line or document booked"),
        Column("application", "text", "key of the application, if any"),
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("amount_fen", "bigint", "sum of its debits", "fen"),
        Column("value_on", "date", "day in the books"),
        Column("known_on", "date", "day on which it became known"),
    ),
    scoping=ByDistrict(fund="fund"),
    indexes=(
        "(application) WHERE application IS NOT NULL",
        "(reference)",
        "(value_on, fund, district)",
    ),
)

POSTINGS = Table(
    "postings",
    "Every posting of an entry",
    (
        Column("code", "text", "account, see the chart"),
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("sub", "text", "bank account or programme"),
        Column("amount_fen", "bigint", "debit where positive, credit where negative", "fen"),
        Column("value_on", "date", "day in the books"),
        Column("known_on", "date", "day on which it became known"),
    ),
    scoping=ByDistrict(fund="fund"),
    numbered=True,
    indexes=("(code, fund, district, sub, value_on)",),
)

TABLES = (ENTRIES, POSTINGS, *account_flows.TABLES)
READS = (
    OpeningBalance,
    StatementLineClassified,
    LineClassificationReversed,
    DisbursementOrdered,
    DisbursementSent,
    DisbursementSettled,
    DisbursementReturned,
    DisbursementCancelled,
    AdvanceSettled,
    ClawbackOrdered,
    ClawbackOffset,
    ClawbackRecovered,
    ClawbackWrittenOff,
)


def entry(fact: Recorded) -> JournalEntry | None:
    """Map one fact to its postings, or None where no money moves.

    Shape:  one fact -> 0..1 entry of 2 postings
    Units:  fen; positive is a debit
    Holds:  the postings of an entry sum to zero
    """
    on = fact.effective_on
    match fact.body:
        case OpeningBalance() as body:
            bank = _bank(body, body.amount)
            return _entry(on, "opening", body.document, bank, chart_of_accounts.BROUGHT_FORWARD)
        case StatementLineClassified() as body:
            return _classified(body, body.kind, body.amount)
        case LineClassificationReversed() as body:
            # on the day of the line, so that no balance of any day keeps what the bank never said
            kind = "classification_reversed" if body.stays else "statement_reversed"
            return _classified(body, kind, -body.amount)
        case DisbursementOrdered(money=money) as body:
            debit = (
                chart_of_accounts.EXPENSE if body.kind == "benefit" else chart_of_accounts.ADVANCES
            )
            return _payment(
                "ordered", on, body.disbursement, money, debit, chart_of_accounts.PAYABLE
            )
        case DisbursementSent(money=money) as body:
            debit, credit = chart_of_accounts.PAYABLE, chart_of_accounts.IN_TRANSIT
            return _payment("sent", on, body.disbursement, money, debit, credit, body.bank_account)
        case DisbursementSettled(money=money) as body:
            debit, credit = chart_of_accounts.IN_TRANSIT, chart_of_accounts.BANK
            return _payment(
                "settled", body.value_on, body.disbursement, money, debit, credit, body.bank_account
            )
        case DisbursementReturned(money=money) as body:
            debit = (
                chart_of_accounts.BANK if body.after_settlement else chart_of_accounts.IN_TRANSIT
            )
            kind = "returned_late" if body.after_settlement else "returned"
            return _payment(
                kind,
                body.value_on,
                body.disbursement,
                money,
                debit,
                chart_of_accounts.PAYABLE,
                body.bank_account,
            )
        case DisbursementCancelled(money=money) as body:
            credit = (
                chart_of_accounts.EXPENSE if body.kind == "benefit" else chart_of_accounts.ADVANCES
            )
            return _payment(
                "cancelled", on, body.disbursement, money, chart_of_accounts.PAYABLE, credit
            )
        case AdvanceSettled(money=money) as body:
            debit, credit = chart_of_accounts.EXPENSE, chart_of_accounts.ADVANCES
            return _payment("advance_settled", on, body.disbursement, money, debit, credit)
        case ClawbackOrdered() | ClawbackOffset() | ClawbackRecovered() | ClawbackWrittenOff():
            # cash is booked on the day on which the bank had it, whenever it was confirmed
            received = fact.body if isinstance(fact.body, ClawbackRecovered) else None
            return _debt(received.received_on if received else on, fact.body)
        case _:
            return None


_TAKEN_FROM = {
    "benefit": chart_of_accounts.EXPENSE,
    "advance": chart_of_accounts.ADVANCES,
    "bank": chart_of_accounts.BANK,
}
"""What a debt takes back, by its basis: an expense, an advance, money that left the bank twice."""


def _debt(
    on: date, body: ClawbackOrdered | ClawbackOffset | ClawbackRecovered | ClawbackWrittenOff
) -> JournalEntry | None:
    owed, money, reference = chart_of_accounts.RECEIVABLE, body.money, body.clawback
    match body:
        case ClawbackOrdered():
            credit, account = _TAKEN_FROM[body.basis], body.bank_account
            return _payment("clawback", on, reference, money, owed, credit, account)
        case ClawbackOffset():
            return _payment("offset", on, reference, money, chart_of_accounts.PAYABLE, owed)
        case ClawbackRecovered():
            day, account = body.received_on, body.bank_account
            return _payment(
                "recovered", day, reference, money, chart_of_accounts.BANK, owed, account
            )
        case ClawbackWrittenOff():
            return _payment("written_off", on, reference, money, chart_of_accounts.WRITE_OFF, owed)


_COUNTER_OF_KIND = {
    "funds_received": chart_of_accounts.APPROPRIATION,
    "interest": chart_of_accounts.INTEREST_DUE,
    "fee": chart_of_accounts.BANK_CHARGES,
    "correction": chart_of_accounts.BANK_ERRORS,
}


def _classified(
    body: StatementLineClassified | LineClassificationReversed, kind: str, amount: int
) -> JournalEntry | None:
    counter = _COUNTER_OF_KIND.get(body.kind)
    # payments and returns are booked by the bank's result, other lines by whoever explains them
    if counter is None:
        return None
    return _entry(body.booked_on, kind, body.line, _bank(body, amount), counter)


def _bank(
    body: OpeningBalance | StatementLineClassified | LineClassificationReversed, amount: int
) -> JournalPosting:
    return JournalPosting(
        chart_of_accounts.BANK, body.fund, body.district, body.bank_account, amount
    )


def _entry(
    on: date, kind: str, reference: str, bank: JournalPosting, counter: chart_of_accounts.Account
) -> JournalEntry | None:
    if bank.amount == 0:
        return None
    other = bank._replace(account=counter, amount=-bank.amount)
    return JournalEntry(on, kind, reference, (bank, other))


def _payment(
    kind: str,
    on: date,
    disbursement: str,
    money: Money,
    debit: chart_of_accounts.Account,
    credit: chart_of_accounts.Account,
    bank_account: str = "",
) -> JournalEntry | None:
    if money.amount == 0:
        return None

    def posting(account: chart_of_accounts.Account, amount: int) -> JournalPosting:
        sub = bank_account if account.by == "bank account" else money.programme
        return JournalPosting(account, money.fund, money.district, sub, amount)

    sides = (posting(debit, money.amount), posting(credit, -money.amount))
    return JournalEntry(on, kind, disbursement, sides)


def application(fact: Recorded) -> str:
    """Tell whose payment a fact books, by its application's key; empty where it is nobody's."""
    body = fact.body
    own = getattr(body, "application", "")
    return str(own) if own else application_of(getattr(body, "disbursement", ""))


def changes(located: LocatedFact) -> Iterator[Change]:
    """Book one fact: its entry, its postings, and the flows of the accounts it touches."""
    booked = entry(located.fact)
    if booked is None:
        return
    on, known = booked.value_on, located.known_on
    first = booked.postings[0]
    debits = sum(posting.amount for posting in booked.postings if posting.amount > 0)
    yield Append(
        ENTRIES,
        (
            located.fact.id,
            booked.kind,
            booked.reference,
            application(located.fact) or None,
            first.fund,
            first.district,
            debits,
            on,
            known,
        ),
    )
    for no, (account, fund, district, sub, amount) in enumerate(booked.postings):
        code = account.code
        yield Append(POSTINGS, (code, fund, district, sub, amount, on, known), no)
        yield from account_flows.flows((code, fund, district), sub, amount, on, known)
