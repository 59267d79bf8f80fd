"""Periods: the months of each fund and district: how far they are closed, and what was signed.

In:    the facts of READS
Holds: a signature stays as it was when its month is reopened; `period_days` says how many numbers
       each day got with it, so that a voucher's number is found by its day alone
Asked: periods, proposals_waiting, signed_months, voucher_numbers
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from events.periods import (
    PeriodPrepared,
    PeriodRejected,
    PeriodReopened,
    PeriodSigned,
    left_open,
    vouchers,
)
from events.position_vector import PositionVector
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import Append, Change, Column, Table, Upsert

VERSION = 1

PERIODS = Table(
    "periods",
    "Every month of a fund and district that was prepared",
    (
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("month", "text", "yyyy-mm"),
        Column("state", "text", "prepared, signed, rejected or reopened"),
        Column("digest", "text", "digest of what was prepared last"),
        Column("content", "text", "what was prepared last, as the ledger has it (JSON)"),
        Column("vouchers", "integer", "entries that it numbers"),
        Column("late", "integer", "of these, entries of earlier months"),
        Column("open_items", "integer", "items that it leaves open"),
        Column("maker", "text", "who prepared it"),
        Column("checker", "text", "who signed it or sent it back"),
        Column("reason", "text", "why it was sent back or reopened"),
        Column("document", "text", "the document by which it was reopened"),
        Column("prepared_on", "date", "legal day it was prepared"),
        Column("signed_on", "date", "legal day it was signed last"),
        Column("reopened_on", "date", "legal day it was reopened last"),
    ),
    scoping=ByDistrict(fund="fund"),
    key=("fund", "district", "month"),
    indexes=("(state)",),
)

PERIOD_SIGNINGS = Table(
    "period_signings",
    "Every signature under a month; an entry belongs to the first that takes it in",
    (
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("month", "text", "yyyy-mm"),
        Column("signing", "integer", "its number among the signatures of the fund and district"),
        Column("first_on", "date", "first day of the month"),
        Column("last_on", "date", "last day of the month"),
        Column("vector", "bigint[]", "up to where of the ledger: the next offset by partition"),
        Column("digest", "text", "digest of what was signed"),
        Column("content", "text", "what was signed, as the ledger has it (JSON)"),
        Column("maker", "text", "who prepared it"),
        Column("checker", "text", "who signed it"),
        Column("signed_on", "date", "legal day it was signed"),
        Column("known_on", "date", "day on which it became known"),
    ),
    scoping=ByDistrict(fund="fund"),
    indexes=("UNIQUE (fund, district, signing)",),
)

PERIOD_DAYS = Table(
    "period_days",
    "The voucher numbers that a signature gives, by day in the books",
    (
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("month", "text", "yyyy-mm"),
        Column("signing", "integer", "number of the signature"),
        Column("value_on", "date", "day in the books"),
        Column("first_number", "integer", "the first voucher number of the day"),
        Column("vouchers", "integer", "how many numbers the day got"),
        Column("known_on", "date", "day on which it became known"),
    ),
    scoping=ByDistrict(fund="fund"),
    numbered=True,
    indexes=("(fund, district, value_on)", "(fund, district, month, first_number)"),
)
TABLES = (PERIODS, PERIOD_SIGNINGS, PERIOD_DAYS)
READS = (PeriodPrepared, PeriodSigned, PeriodRejected, PeriodReopened)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow the months of one fund and district."""
    match located.fact.body:
        case PeriodPrepared() as body:
            values = {
                "state": "prepared",
                "digest": body.digest,
                "content": located.text,
                "vouchers": vouchers(body.days),
                "late": body.late,
                "open_items": left_open(body.checks),
                "maker": body.maker,
                "checker": "",
                "reason": "",
                "document": "",
                "prepared_on": located.on,
            }
        case PeriodSigned() as body:
            values = {"state": "signed", "checker": body.checker, "signed_on": located.on}
            yield from _signature(located, body)
        case PeriodRejected() as body:
            values = {"state": "rejected", "checker": body.checker, "reason": body.reason}
        case PeriodReopened() as body:
            values = {
                "state": "reopened",
                "reason": body.reason,
                "document": body.document,
                "reopened_on": located.on,
            }
        case _:
            return
    yield Upsert(PERIODS, (body.fund, body.district, body.month), values)


def _signature(located: LocatedFact, body: PeriodSigned) -> Iterator[Change]:
    of = (body.fund, body.district, body.month, body.signing)
    year, month = map(int, body.month.split("-"))
    yield Append(
        PERIOD_SIGNINGS,
        (
            *of,
            date(year, month, 1),
            date(year, month, monthrange(year, month)[1]),
            list(PositionVector.parse(body.vector).next_offsets),
            body.digest,
            located.text,
            body.maker,
            body.checker,
            located.on,
            located.known_on,
        ),
    )
    number = body.first_voucher
    for no, day in enumerate(body.days):
        yield Append(PERIOD_DAYS, (*of, day.on, number, day.vouchers, located.known_on), no)
        number += day.vouchers
