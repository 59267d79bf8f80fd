"""Account flows: the postings added up, by day and by month, with sub-accounts and without.

In:    the postings of an entry, one by one, from `journal`, whose tables these are
Out:   rows to add to
Holds: each row is the sum of its postings, of all partitions; whatever two days are asked for, in the
       books and of knowledge, whole months and the days of two months make up the postings up to them
"""

from collections.abc import Iterator
from datetime import date

from projections.definition.scoping import ByDistrict
from projections.definition.table import Column, Merge, Table, Upsert

_DAYS = (
    Column("value_on", "date", "day in the books"),
    Column("known_on", "date", "day on which it became known"),
)
_MONTHS = (
    Column("value_month", "date", "first day of the month of the day in the books"),
    Column("known_month", "date", "first day of the month in which it became known"),
)
_ACCOUNT = (
    Column("code", "text", "account, see the chart"),
    Column("fund", "text", "the fund"),
    Column("district", "text", "region code of the district"),
)
_SUB = (Column("sub", "text", "bank account or programme"),)
_FLOWS = (
    Column("debit_fen", "bigint", "sum of debits", "fen", merge=Merge.SUM),
    Column("credit_fen", "bigint", "sum of credits, positive", "fen", merge=Merge.SUM),
    Column("postings", "integer", "how many postings", merge=Merge.SUM),
    Column("credits", "integer", "how many of them are credits", merge=Merge.SUM),
)


def _table(name: str, meaning: str, key: tuple[Column, ...], indexes: tuple[str, ...]) -> Table:
    names = tuple(column.name for column in key)
    return Table(
        name,
        meaning,
        (*key, *_FLOWS),
        scoping=ByDistrict(fund="fund"),
        key=names,
        indexes=indexes,
        shared=True,
    )


ACCOUNT_DAYS = _table(
    "account_days",
    "Flows of each sub-account by day in the books and day of knowledge",
    (*_DAYS, *_ACCOUNT, *_SUB),
    ("(known_on, value_on)",),
)
ACCOUNT_MONTHS = _table(
    "account_months",
    "Flows of each sub-account by month in the books and month of knowledge",
    (*_MONTHS, *_ACCOUNT, *_SUB),
    (),
)
GENERAL_LEDGER_DAYS = _table(
    "general_ledger_days",
    "Flows of each account, its sub-accounts together, by day in the books and day of knowledge",
    (*_DAYS, *_ACCOUNT),
    ("(known_on, value_on)",),
)
GENERAL_LEDGER_MONTHS = _table(
    "general_ledger_months",
    "Flows of each account, its sub-accounts together, by month in the books and of knowledge",
    (*_MONTHS, *_ACCOUNT),
    (),
)
TABLES = (ACCOUNT_DAYS, ACCOUNT_MONTHS, GENERAL_LEDGER_DAYS, GENERAL_LEDGER_MONTHS)


def flows(account: tuple[str, str, str], sub: str, amount: int, *days: date) -> Iterator[Upsert]:
    """Add one posting to the sums that it belongs to.

    Shape: `account` is code, fund and district; `days` are the day in the books and that of knowledge
    Units: fen, a debit where positive
    """
    value_on, known_on = days
    months = value_on.replace(day=1), known_on.replace(day=1)
    for table, key in (
        (ACCOUNT_DAYS, (*days, *account, sub)),
        (ACCOUNT_MONTHS, (*months, *account, sub)),
        (GENERAL_LEDGER_DAYS, (*days, *account)),
        (GENERAL_LEDGER_MONTHS, (*months, *account)),
    ):
        flow = {
            "debit_fen": max(amount, 0),
            "credit_fen": max(-amount, 0),
            "postings": 1,
            "credits": int(amount < 0),
        }
        yield Upsert(table, key, flow)
