"""Advances: what was paid before its benefit was settled, and how much of it is still open.

In:    the facts of READS
Asked: alarms, clawbacks, due_work
"""

from collections.abc import Iterator

from events import streams
from events.advances import AdvanceOpened, AdvanceSettled
from events.clawbacks import ClawbackOrdered
from events.disbursements import DisbursementCancelled
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 1

ADVANCES = Table(
    "advances",
    "Every advance; open is its amount less what was settled, called or given up",
    (
        Column("disbursement", "text", "id of its payment: application key # 0"),
        Column("application", "text", "key of the application"),
        Column("payee", "text", "token of whoever is paid"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("programme", "text", "the benefit that settles it"),
        Column("nets", "text", "claim: its own instalments; first: the programme's first one"),
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district"),
        Column("amount_fen", "bigint", "amount advanced", "fen"),
        Column("settled_fen", "bigint", "used up by benefits", "fen", merge=Merge.SUM),
        Column("called_fen", "bigint", "called back as a debt", "fen", merge=Merge.SUM),
        Column("cancelled_fen", "bigint", "given up before payment", "fen", merge=Merge.SUM),
        Column("settle_by", "date", "day until which it has to be settled"),
        Column("opened_on", "date", "legal day it was ordered"),
        Column("settled_on", "date", "legal day of the last settlement"),
        Column("called_on", "date", "legal day it was called back"),
    ),
    scoping=ByDistrict(fund="fund"),
    key=("disbursement",),
    indexes=("(settle_by)", "(payee)"),
)
TABLES = (ADVANCES,)
READS = (AdvanceOpened, AdvanceSettled, ClawbackOrdered, DisbursementCancelled)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one advance."""
    match located.fact.body:
        case AdvanceOpened() as body:
            yield Upsert(
                ADVANCES,
                (body.disbursement,),
                {
                    "application": body.application,
                    "payee": located.token,
                    "beneficiary": streams.name_of(body.beneficiary),
                    "programme": body.programme,
                    "nets": body.nets,
                    "fund": body.money.fund,
                    "district": body.money.district,
                    "amount_fen": body.money.amount,
                    "settle_by": body.settle_by,
                    "opened_on": located.on,
                },
            )
        case AdvanceSettled() as body:
            settled = {"settled_fen": body.money.amount, "settled_on": located.on}
            yield Upsert(ADVANCES, (body.advance,), settled)
        case ClawbackOrdered(basis="advance") as body:
            for part in body.parts:
                called = {"called_fen": part.amount, "called_on": located.on}
                yield Upsert(ADVANCES, (part.disbursement,), called)
        case DisbursementCancelled(kind="advance") as body:
            given_up = {"cancelled_fen": body.money.amount}
            yield Upsert(ADVANCES, (body.disbursement,), given_up)
