"""One voucher, as it stands."""

from dataclasses import dataclass, field
from datetime import date

from events import vouchers

StepCommand = vouchers.ClaimVoucher | vouchers.VerifyVoucher | vouchers.UseVoucher
StepFact = vouchers.VoucherClaimed | vouchers.VoucherVerified | vouchers.VoucherUsed


@dataclass(slots=True, frozen=True)
class VoucherStep:
    """One step as somebody told it; two tellings are the same when these are."""

    name: vouchers.Step
    holder: str
    on: date
    source: str
    applied: vouchers.Applied | None = None

    def same_as(self, other: "VoucherStep") -> bool:
        """Tell a repeat from other content; who sent it makes no difference."""
        return (self.holder, self.on, self.applied) == (other.holder, other.on, other.applied)


@dataclass(slots=True)
class VoucherState:
    """What was issued, the steps taken, and those that wait, by step and by whom they name."""

    issued: vouchers.VoucherIssued | None = None
    taken: dict[vouchers.Step, VoucherStep] = field(default_factory=dict)
    kept: dict[tuple[vouchers.Step, str], VoucherStep] = field(default_factory=dict)
    expired: bool = False

    @property
    def next_step(self) -> vouchers.Step | None:
        """The step that would be taken now; None after the last."""
        return next((step for step in vouchers.STEPS if step not in self.taken), None)

    @property
    def latest(self) -> date:
        """The day of the last step taken, or of the issue."""
        assert self.issued is not None
        return max((step.on for step in self.taken.values()), default=self.issued.issued_on)


def step_of(body: StepCommand | StepFact | vouchers.VoucherStepKept) -> VoucherStep:
    """Read a step from what asks for it or records it."""
    match body:
        case vouchers.VoucherStepKept():
            return VoucherStep(body.step, body.holder, body.on, body.source, body.applied)
        case vouchers.ClaimVoucher() | vouchers.VoucherClaimed():
            return VoucherStep("claim", body.holder, body.on, body.source)
        case vouchers.VerifyVoucher() | vouchers.VoucherVerified():
            return VoucherStep("verify", body.holder, body.on, body.source)
        case vouchers.UseVoucher() | vouchers.VoucherUsed():
            return VoucherStep("use", body.holder, body.on, body.source, body.applied)
