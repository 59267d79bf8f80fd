"""Vouchers: every training voucher, how far it has come, and the steps that wait or were dropped.

In:    the facts of READS
Asked: due_work, targets, vouchers
"""

from collections.abc import Iterator
from typing import Any

from events.vouchers import (
    VoucherClaimed,
    VoucherExpired,
    VoucherIssued,
    VoucherStepDropped,
    VoucherStepKept,
    VoucherUsed,
    VoucherVerified,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByParent
from projections.definition.table import (
    Amend,
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 2

VOUCHERS = Table(
    "vouchers",
    "Every training voucher with its last step and the days of all of them",
    (
        Column("voucher", "text", "key: source:number"),
        Column("holder", "text", "token of the person; empty until it is issued"),
        Column("district", "text", "region code (GB/T 2260) of the district that issued it"),
        Column("source", "text", "the system that gave it out"),
        Column(
            "state",
            "text",
            "issued, claimed, verified, used or expired; empty while only later steps were told",
            final=("used", "expired"),
        ),
        Column("issued_on", "date", "legal day of issue"),
        Column("issued_at", "timestamptz", "when the issue was recorded", "UTC"),
        Column("valid_until", "date", "last day on which it holds"),
        Column("claimed_on", "date", "day it was taken up"),
        Column("verified_on", "date", "day person and voucher were seen"),
        Column("used_on", "date", "day it was used"),
        Column("expired_on", "date", "day on which it was found to have ended unused"),
        Column("programme", "text", "the benefit whose training it was used for"),
        Column("course", "text", "the course or agreement it was used for"),
        Column("application", "text", "key of the application that rests on it, if told"),
        Column("first_at", "timestamptz", "when it was first heard of", "UTC", merge=Merge.FIRST),
        Column(
            "listed_on",
            "date",
            "day by which lists sort it: of the issue, or when it was first heard of",
            merge=Merge.FIRST,
        ),
    ),
    scoping=ByDistrict(),
    key=("voucher",),
    indexes=(
        "(listed_on DESC, voucher)",
        "(district, issued_on, voucher)",
        "(holder)",
        "(valid_until) WHERE state IN ('issued', 'claimed', 'verified')",
    ),
)
STEPS = Table(
    "voucher_steps",
    "Every step that was told early: whether it waits, was taken or was dropped",
    (
        Column("voucher", "text", "key: source:number"),
        Column("step", "text", "claim, verify or use"),
        Column("holder", "text", "token of the person whom the message named"),
        Column("state", "text", "kept, taken or dropped"),
        Column("code", "text", "why it was dropped; empty otherwise"),
        Column("kept_on", "date", "day that the message states"),
        Column("source", "text", "who told it"),
    ),
    scoping=ByParent("vouchers", ("voucher",)),
    key=("voucher", "step", "holder"),
    indexes=("(voucher) WHERE state = 'kept'",),
    amended_by=3,
)
TABLES = (VOUCHERS, STEPS)
READS = (
    VoucherIssued,
    VoucherClaimed,
    VoucherVerified,
    VoucherUsed,
    VoucherStepKept,
    VoucherStepDropped,
    VoucherExpired,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one voucher through its steps."""
    match located.fact.body:
        case VoucherIssued() as body:
            yield _voucher(
                located,
                holder=body.holder,
                district=body.district,
                source=body.source,
                state="issued",
                issued_on=body.issued_on,
                issued_at=located.recorded_at,
                valid_until=body.valid_until,
                listed_on=body.issued_on,
            )
        case VoucherClaimed() as body:
            yield _voucher(located, state="claimed", claimed_on=body.on)
            yield _step(located, "claim", body.holder)
        case VoucherVerified() as body:
            yield _voucher(located, state="verified", verified_on=body.on)
            yield _step(located, "verify", body.holder)
        case VoucherUsed() as body:
            yield _voucher(located, state="used", used_on=body.on, **dict(body.applied))
            yield _step(located, "use", body.holder)
        case VoucherStepKept() as body:
            yield _voucher(located, listed_on=located.known_on)
            values = {"state": "kept", "code": "", "kept_on": body.on, "source": body.source}
            yield Upsert(STEPS, (located.token, body.step, body.holder), values)
        case VoucherStepDropped() as body:
            values = {"state": "dropped", "code": body.code}
            yield Upsert(STEPS, (located.token, body.step, body.holder), dict(values))
        case VoucherExpired():
            yield _voucher(located, state="expired", expired_on=located.on)


def _voucher(located: LocatedFact, **values: Any) -> Upsert:
    return Upsert(VOUCHERS, (located.token,), {"first_at": located.recorded_at, **values})


def _step(located: LocatedFact, step: str, holder: str) -> Change:
    """A step that was taken waits no longer, if it ever did."""
    return Amend(STEPS, (located.token, step, holder), {"state": "taken"})
