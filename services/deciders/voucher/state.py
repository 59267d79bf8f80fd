"""One voucher, as it stands."""

from dataclasses import dataclass, field
from datetime import date

from events.vouchers import (
    STEPS,
    Applied,
    ClaimVoucher,
    Step,
    UseVoucher,
    VerifyVoucher,
    VoucherClaimed,
    VoucherIssued,
    VoucherStepKept,
    VoucherUsed,
    VoucherVerified,
)

StepCommand = ClaimVoucher | VerifyVoucher | UseVoucher
StepFact = VoucherClaimed | VoucherVerified | VoucherUsed


@dataclass(slots=True, frozen=True)
class VoucherStep:
    """One step as somebody told it; two tellings are the same when these are."""

    name: Step
    holder: str
    on: date
    source: str
    applied: Applied | None = None

    def same_as(self, other: "VoucherStep") -> bool:
        """Tell a repeat from other content; who sent it makes no difference."""
        return (self.holder, self.on, self.applied) == (other.holder, other.on, other.applied)


@dataclass(slots=True)
class VoucherState:
    """What was issued, the steps taken, and those that wait, by step and by whom they name."""

    issued: VoucherIssued | None = None
    taken: dict[Step, VoucherStep] = field(default_factory=dict)
    kept: dict[tuple[Step, str], VoucherStep] = field(default_factory=dict)
    expired: bool = False

    @property
    def next_step(self) -> Step | None:
        """The step that would be taken now; None after the last."""
        return next((step for step in STEPS if step not in self.taken), None)

    @property
    def latest(self) -> date:
        """The day of the last step taken, or of the issue."""
        assert self.issued is not None
        return max((step.on for step in self.taken.values()), default=self.issued.issued_on)


def step_of(body: StepCommand | StepFact | VoucherStepKept) -> VoucherStep:
    """Read a step from what asks for it or records it."""
    match body:
        case VoucherStepKept():
            return VoucherStep(body.step, body.holder, body.on, body.source, body.applied)
        case ClaimVoucher() | VoucherClaimed():
            return VoucherStep("claim", body.holder, body.on, body.source)
        case VerifyVoucher() | VoucherVerified():
            return VoucherStep("verify", body.holder, body.on, body.source)
        case UseVoucher() | VoucherUsed():
            return VoucherStep("use", body.holder, body.on, body.source, body.applied)
