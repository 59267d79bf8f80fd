"""Vouchers: what upstream reports of a training voucher, as a command to that voucher.

Holds: pure; the voucher is named by the system that gave it out, whoever reports the step.
"""

from events.contract.inbound.vouchers import (
    VoucherClaimed,
    VoucherIssued,
    VoucherStep,
    VoucherUsed,
    VoucherVerified,
)
from events.ids import application_key, upstream_key
from events.vouchers import (
    Applied,
    ClaimVoucher,
    IssueVoucher,
    UseVoucher,
    VerifyVoucher,
)

VoucherCommand = IssueVoucher | ClaimVoucher | VerifyVoucher | UseVoucher


def voucher_key(source: str, told: VoucherIssued | VoucherStep) -> str:
    """Name a voucher over all upstream systems."""
    issuer = source if isinstance(told, VoucherIssued) else told.source or source
    return upstream_key(issuer, told.voucher)


def voucher_command(
    source: str, told: VoucherIssued | VoucherStep, key: str, holder: str
) -> VoucherCommand:
    """Say what is asked of the voucher; `holder` is the token of the person named."""
    match told:
        case VoucherIssued():
            return IssueVoucher(
                voucher=key,
                holder=holder,
                district=told.district,
                issued_on=told.issued_on,
                valid_until=told.valid_until,
                source=source,
            )
        case VoucherClaimed():
            return ClaimVoucher(voucher=key, holder=holder, on=told.on, source=source)
        case VoucherVerified():
            return VerifyVoucher(voucher=key, holder=holder, on=told.on, source=source)
        case VoucherUsed():
            number = told.application
            applied = Applied(
                programme=told.programme,
                course=told.course,
                application=application_key(source, number, None) if number else "",
            )
            return UseVoucher(
                voucher=key, holder=holder, on=told.on, applied=applied, source=source
            )
        case other:
            raise AssertionError(f"{type(other).__name__} is no step of a voucher")
