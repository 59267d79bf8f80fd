"""Vouchers (职业培训券): issued, claimed, verified, used; each step is a fact, and so is the end."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from events.values import Command, Fact, Token, Value

VoucherKey = Annotated[str, Meta(min_length=3, max_length=130)]
"""``source:number``; unique over all upstream systems."""

Step = Literal["claim", "verify", "use"]
STEPS: tuple[Step, ...] = ("claim", "verify", "use")
"""领用, 验证, 应用: what follows 发放, in this order and in no other."""


class Applied(Value):
    """What a voucher is used for: a programme, a course of some body, perhaps an application."""

    programme: str
    course: str
    application: str = ""


class IssueVoucher(Command):
    """A person is given a voucher that holds up to and including a day."""

    voucher: VoucherKey
    holder: Token
    district: str
    issued_on: date
    valid_until: date
    source: str


class ClaimVoucher(Command):
    """The person takes the voucher up."""

    voucher: VoucherKey
    holder: Token
    on: date
    source: str


class VerifyVoucher(Command):
    """A training body has seen the person and the voucher, and found that they belong together."""

    voucher: VoucherKey
    holder: Token
    on: date
    source: str


class UseVoucher(Command):
    """The person is trained on the voucher."""

    voucher: VoucherKey
    holder: Token
    on: date
    applied: Applied
    source: str


class ExpireVoucher(Command):
    """The last day of a voucher has passed."""

    voucher: VoucherKey


class VoucherIssued(Fact):
    """A person has a voucher, good up to and including a day."""

    voucher: VoucherKey
    holder: Token
    district: str
    issued_on: date
    valid_until: date
    source: str


class VoucherClaimed(Fact):
    """The person took the voucher up."""

    voucher: VoucherKey
    holder: Token
    on: date
    source: str


class VoucherVerified(Fact):
    """Person and voucher were seen to belong together."""

    voucher: VoucherKey
    holder: Token
    on: date
    source: str


class VoucherUsed(Fact):
    """The voucher is spent: its person was trained on it."""

    voucher: VoucherKey
    holder: Token
    on: date
    applied: Applied
    source: str


class VoucherStepKept(Fact):
    """A step was told before the one that comes before it; it waits for that."""

    voucher: VoucherKey
    step: Step
    holder: Token
    on: date
    source: str
    applied: Applied | None = None


class VoucherStepDropped(Fact):
    """A step that waited turned out not to fit its voucher; `code` is the refusal's."""

    voucher: VoucherKey
    step: Step
    holder: Token
    code: str


class VoucherExpired(Fact):
    """The voucher's last day passed without its use."""

    voucher: VoucherKey
    holder: Token
    valid_until: date


VoucherCommand = IssueVoucher | ClaimVoucher | VerifyVoucher | UseVoucher | ExpireVoucher
VoucherFact = (
    VoucherIssued
    | VoucherClaimed
    | VoucherVerified
    | VoucherUsed
    | VoucherStepKept
    | VoucherStepDropped
    | VoucherExpired
)
