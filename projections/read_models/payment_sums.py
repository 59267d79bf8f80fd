"""Payment sums: how many payments stand in which state, and what they come to, by day and month ordered.

Units: fen
Holds: the rows are what a count over `disbursements` says, kept by the projector in the statement
       that writes the payments (`projections.engine.payment_summing`); none is of no payment
Asked: payment_totals, payments
"""

from projections.definition.scoping import ByDistrict
from projections.definition.table import Column, Merge, Table

VERSION = 1

_STANDING = (
    Column("state", "text", "their present state"),
    Column("district", "text", "region code of the district"),
    Column("fund", "text", "the fund that pays"),
    Column("programme", "text", "the benefit"),
    Column("bank_account", "text", "alias of the city's account that pays, or empty"),
)
_SUMS = (
    Column("payments", "integer", "how many", merge=Merge.SUM),
    Column("amount_fen", "bigint", "sum of their amounts", "fen", merge=Merge.SUM),
)
KEY = tuple(column.name for column in _STANDING)
"""By what payments are told apart, but for the day."""


def _table(name: str, meaning: str, day: Column) -> Table:
    return Table(
        name,
        meaning,
        (day, *_STANDING, *_SUMS),
        scoping=ByDistrict(fund="fund"),
        key=(day.name, *KEY),
        indexes=("(payments) WHERE payments = 0",),
        shared=True,
    )


PAYMENT_DAYS = _table(
    "payment_days",
    "Payments counted and summed by the day they were ordered and their present state",
    Column("ordered_on", "date", "legal day they were ordered"),
)
PAYMENT_MONTHS = _table(
    "payment_months",
    "Payments counted and summed by the month they were ordered in and their present state",
    Column("ordered_month", "date", "first day of the month they were ordered in"),
)
TABLES = (PAYMENT_DAYS, PAYMENT_MONTHS)
