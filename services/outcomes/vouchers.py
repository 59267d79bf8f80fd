"""Vouchers: what upstream hears of a training voucher: each step, and what became of one told early.

Holds: who holds it stays inside; the voucher is named by its own number.
"""

from typing import Any

from events import streams
from events.contract.outbound import Outcome
from events.values import Fact
from events.vouchers import (
    VoucherClaimed,
    VoucherExpired,
    VoucherIssued,
    VoucherStepDropped,
    VoucherStepKept,
    VoucherUsed,
    VoucherVerified,
)

Told = (
    VoucherIssued
    | VoucherClaimed
    | VoucherVerified
    | VoucherUsed
    | VoucherStepKept
    | VoucherStepDropped
    | VoucherExpired
)
_OUTCOMES: dict[type[Fact], Outcome] = {
    VoucherIssued: "voucher_issued",
    VoucherClaimed: "voucher_claimed",
    VoucherVerified: "voucher_verified",
    VoucherUsed: "voucher_used",
    VoucherStepKept: "voucher_waits",
    VoucherStepDropped: "voucher_dropped",
    VoucherExpired: "voucher_expired",
}


def of_voucher(body: Told) -> dict[str, Any]:
    """Tell one fact of a voucher."""
    said: dict[str, Any] = {
        "application": streams.voucher(body.voucher),
        "outcome": _OUTCOMES[type(body)],
    }
    match body:
        case VoucherUsed():
            return said | {"programme": body.applied.programme}
        case VoucherStepKept():
            return said | {"code": body.step.upper()}
        case VoucherStepDropped():
            return said | {"code": body.code}
        case _:
            return said
