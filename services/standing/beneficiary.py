"""The standing of whom caps count: applications, approvals, instalments, status."""

from events import applications as app
from events import approvals as appr
from events.advances import AdvanceGranted, GrantAdvance
from events.envelope import Asked, Recorded
from events.instalments import InstalmentDue, InstalmentStopped, PreCheckInstalment
from events.status import PriorUseRecorded, RecordPriorUse, RecordStatus, StatusRecorded
from events.values import Fact
from policies.registry import Policies
from services.advances.granting import grant_advance
from services.applications import decider as applications
from services.applications.state import Applications
from services.approvals import decider as approvals
from services.approvals.revoking import revoke
from services.approvals.state import Approvals
from services.clawbacks.leaving import left_early
from services.instalments import decider as instalments
from services.instalments.state import Instalments
from services.standing.stream import Stream, unfit
from services.status import decider as status
from services.status.state import Status


class BeneficiaryStream(Stream):
    """One person's or unit's history."""

    __slots__ = ("applications", "approvals", "instalments", "status")
    kind = "beneficiary"

    def __init__(self) -> None:
        super().__init__()
        self.applications = Applications()
        self.approvals = Approvals()
        self.instalments = Instalments()
        self.status = Status()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Let the noun that the command is about answer it."""
        match asked.body:
            case (
                app.DecideApplication()
                | app.CorrectApplication()
                | app.WithdrawApplication()
                | app.ReportConflict() as command
            ):
                filing = applications.decide(
                    self.applications, self.approvals, self.instalments, command
                )
                return approvals.decide_claim(
                    self.applications, self.approvals, filing, asked.effective_on, policies
                )
            case appr.AnswerBudget() as command:
                return approvals.answer_budget(self.approvals, command)
            case appr.ReviewApplication() as command:
                return approvals.review(
                    self.applications, self.approvals, command, asked.effective_on, policies
                )
            case PreCheckInstalment() as command:
                return instalments.decide(
                    self.approvals, self.instalments, self.status, command, asked.effective_on
                )
            case GrantAdvance() as command:
                return grant_advance(self.approvals, self.instalments, command, asked.effective_on)
            case appr.RevokeApproval() as command:
                return revoke(self.approvals, self.instalments, command)
            case RecordStatus() as command:
                told = status.decide(self.status, self.approvals.caps, command, policies)
                if not told:
                    return []
                return [
                    *told,
                    *left_early(self.applications, self.approvals, self.instalments, command),
                ]
            case RecordPriorUse() as command:
                return status.decide(self.status, self.approvals.caps, command, policies)
            case _:
                raise unfit(self, asked.body)

    def evolve(self, recorded: Recorded) -> None:
        """Let the noun that the fact is about fold it."""
        match recorded.body:
            case (
                app.ApplicationFiled()
                | app.ApplicationCorrected()
                | app.ApplicationWithdrawn()
                | app.ApplicationConflicted() as fact
            ):
                applications.evolve(self.applications, fact)
            case (
                appr.ApprovalProposed()
                | appr.ApprovalDenied()
                | appr.ApprovalReferred()
                | appr.ApprovalGranted()
                | appr.ApprovalHeld()
                | appr.ApprovalLapsed()
                | appr.ApprovalWithdrawn()
                | appr.CeilingStated()
                | appr.CommitmentDeclined()
                | appr.ApprovalRevoked()
                | appr.ServiceLeftEarly() as fact
            ):
                approvals.evolve(self.approvals, fact)
            case InstalmentDue() | InstalmentStopped() | AdvanceGranted() as fact:
                instalments.evolve(self.instalments, fact)
            case StatusRecorded() | PriorUseRecorded() as fact:
                status.evolve(self.status, self.approvals.caps, fact)
            case _:
                raise unfit(self, recorded.body)
