"""Late payments: what had to be paid by a notice's day, was ordered, and had not arrived then.

In:    the facts of READS
Asked: due_work
"""

from collections.abc import Iterator

from events.deadlines import PaymentLate
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import of_application
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

LATE_PAYMENTS = Table(
    "late_payments",
    "Claims whose payment had not arrived by its notice's day; a claim without a payment ordered "
    "stands in applications",
    (
        Column("application", "text", "key of the application"),
        Column("payee", "text", "token of whoever is paid"),
        Column("pay_by", "date", "day by which the notice wants it paid"),
        Column("cite", "text", "the notice's clause"),
        Column("found_on", "date", "legal day on which it was found to be late"),
    ),
    scoping=of_application(),
    key=("application",),
)
TABLES = (LATE_PAYMENTS,)
READS = (PaymentLate,)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Note one late payment."""
    match located.fact.body:
        case PaymentLate() as body:
            yield Upsert(
                LATE_PAYMENTS,
                (body.application,),
                {
                    "payee": located.token,
                    "pay_by": body.pay_by,
                    "cite": body.cite,
                    "found_on": located.on,
                },
            )
