"""Voucher commands: what upstream reports of a training voucher, as a command to that voucher.

Holds: pure; the voucher is named by the system that gave it out, whoever reports the step.
"""

from events import streams
from events.contract.inbound.reader import Inbound
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
from services.intake.stream_command import CommandByMessage, StreamCommand
from services.runtime.vault.requests import VaultAnswer

VoucherCommand = IssueVoucher | ClaimVoucher | VerifyVoucher | UseVoucher


def voucher_key(source: str, body: VoucherIssued | VoucherStep) -> str:
    """Name a voucher over all upstream systems."""
    issuer = source if isinstance(body, VoucherIssued) else body.source or source
    return upstream_key(issuer, body.voucher)


def voucher_command(
    source: str, body: VoucherIssued | VoucherStep, key: str, holder: str
) -> VoucherCommand:
    """Say what is asked of the voucher; `holder` is the token of the person named."""
    match body:
        case VoucherIssued():
            return IssueVoucher(
                voucher=key,
                holder=holder,
                district=body.district,
                issued_on=body.issued_on,
                valid_until=body.valid_until,
                source=source,
            )
        case VoucherClaimed():
            return ClaimVoucher(voucher=key, holder=holder, on=body.on, source=source)
        case VoucherVerified():
            return VerifyVoucher(voucher=key, holder=holder, on=body.on, source=source)
        case VoucherUsed():
            number = body.application
            applied = Applied(
                programme=body.programme,
                course=body.course,
                application=application_key(source, number, None) if number else "",
            )
            return UseVoucher(
                voucher=key, holder=holder, on=body.on, applied=applied, source=source
            )
        case other:
            raise AssertionError(f"{type(other).__name__} is no step of a voucher")


def _to_voucher(
    inbound: Inbound, body: VoucherIssued | VoucherStep, answer: VaultAnswer
) -> StreamCommand:
    key = voucher_key(inbound.source, body)
    reported_on = body.issued_on if isinstance(body, VoucherIssued) else body.on
    command = voucher_command(inbound.source, body, key, answer.token)
    return StreamCommand(streams.voucher(key), command, reported_on)


VOUCHER_COMMANDS: CommandByMessage = {
    VoucherIssued: _to_voucher,
    VoucherClaimed: _to_voucher,
    VoucherVerified: _to_voucher,
    VoucherUsed: _to_voucher,
}
