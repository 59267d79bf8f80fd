"""Vouchers: what upstream hears of a training voucher: each step, and what became of an early one.

Holds: who holds it stays inside; the voucher is named by its own number.
"""

from events import streams, vouchers
from events.contract.outbound import Outcome
from events.values import Fact
from policies.engine.registry import Policies
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields

_VOUCHER_OUTCOMES: dict[type[Fact], Outcome] = {
    vouchers.VoucherIssued: "voucher_issued",
    vouchers.VoucherClaimed: "voucher_claimed",
    vouchers.VoucherVerified: "voucher_verified",
    vouchers.VoucherUsed: "voucher_used",
    vouchers.VoucherStepKept: "voucher_waits",
    vouchers.VoucherStepDropped: "voucher_dropped",
    vouchers.VoucherExpired: "voucher_expired",
}


def _voucher(
    fact: vouchers.VoucherIssued
    | vouchers.VoucherClaimed
    | vouchers.VoucherVerified
    | vouchers.VoucherUsed
    | vouchers.VoucherStepKept
    | vouchers.VoucherStepDropped
    | vouchers.VoucherExpired,
    _: Policies,
) -> OutcomeFields:
    fields: OutcomeFields = {
        "application": streams.voucher(fact.voucher),
        "outcome": _VOUCHER_OUTCOMES[type(fact)],
    }
    match fact:
        case vouchers.VoucherUsed():
            return fields | {"programme": fact.applied.programme}
        case vouchers.VoucherStepKept():
            return fields | {"code": fact.step.upper()}
        case vouchers.VoucherStepDropped():
            return fields | {"code": fact.code}
        case _:
            return fields


VOUCHERS: FieldsByFact = dict.fromkeys(_VOUCHER_OUTCOMES, _voucher)
