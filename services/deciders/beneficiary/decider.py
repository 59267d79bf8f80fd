"""The state of whom caps count: applications, approvals, instalments, status."""

from dataclasses import replace
from datetime import date

from events import applications as app
from events import approvals as appr
from events import streams
from events.advances import AdvanceGranted, GrantAdvance
from events.deadlines import CheckDeadline, DeadlineMissed
from events.early import RequestKept, RequestTakenUp
from events.envelope import Asked, Recorded
from events.households import (
    CategoryLost,
    HouseholdInformed,
    HouseholdNoted,
    LoseCategory,
    NoteHousehold,
)
from events.instalments import (
    EndPlan,
    EvidenceRecorded,
    InstalmentCut,
    InstalmentDue,
    InstalmentReduced,
    InstalmentStopped,
    InstalmentWaits,
    JudgeResumption,
    OverpaymentFound,
    PlanEnded,
    PlanKeptStopped,
    PlanResumed,
    PreCheckInstalment,
    RecordEvidence,
    ResumptionRaised,
)
from events.links import (
    ApplicationMoved,
    ApplicationReceived,
    HandedOver,
    LinkConfirmed,
    LinkProposed,
    LinkRejected,
    MoveApplication,
    PassedOn,
    PeopleLinked,
    UseGivenBack,
    UseReturned,
)
from events.payees import MarkNoted, NoteMark
from events.promises import AnswerPromise, PromiseMade
from events.status import PriorUseRecorded, RecordPriorUse, RecordStatus, StatusRecorded
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary import early_requests, household_membership, leaving_early
from services.deciders.beneficiary import register_status as status
from services.deciders.beneficiary.claims import deadlines, folding, fraud_marks
from services.deciders.beneficiary.claims import decider as approvals
from services.deciders.beneficiary.claims import filing as applications
from services.deciders.beneficiary.claims.judgement import judge
from services.deciders.beneficiary.claims.knowing import Knowing
from services.deciders.beneficiary.claims.revoking import revoke
from services.deciders.beneficiary.claims.withdrawing import answer_withdrawal
from services.deciders.beneficiary.instalments import decider as instalments
from services.deciders.beneficiary.instalments import extending, resuming
from services.deciders.beneficiary.instalments.advance_granting import grant_advance
from services.deciders.beneficiary.instalments.overpaying import advances_not_due, overpayments
from services.deciders.beneficiary.instalments.stopping import part_of, stopped
from services.deciders.beneficiary.links import decider as links_decider
from services.deciders.beneficiary.links import following
from services.deciders.beneficiary.links.decider import LinkCommand
from services.deciders.beneficiary.links.passing_on import passed
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approval, Approvals
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.links import Links
from services.deciders.beneficiary.state.status import Status
from services.deciders.stream import Stream, unfit


class BeneficiaryStream(Stream):
    """One person's or unit's history."""

    __slots__ = ("applications", "approvals", "instalments", "kept", "links", "status")
    kind = "beneficiary"

    def __init__(self) -> None:
        super().__init__()
        self.applications = Applications()
        self.approvals = Approvals()
        self.instalments = Instalments()
        self.status = Status()
        self.links: Links | None = None
        self.kept = early_requests.NONE_KEPT

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Let the noun that the command is about answer it, or the history that this one follows."""
        command, links = asked.body, self.links
        if isinstance(command, LinkCommand):
            return links_decider.decide(
                links or Links(), self.approvals, self.status, asked.stream, command
            )
        if isinstance(command, MoveApplication):
            return self._received(asked, command, policies)
        if links is None:
            return self._decide(asked, policies)
        if not links.lead:
            facts = self._decide(asked, policies)
            tells = facts and isinstance(command, RecordStatus)
            return [*facts, *(passed(one, command) for one in links.followers if tells)]
        on = following.passing(
            links, self.applications, self.approvals, self.instalments, asked.stream, command
        )
        if on is not None:
            return on
        facts = self._decide(asked, policies)
        return following.beside(links, self.approvals, asked.stream, command, facts)

    def _note_hire(self, fact: appr.ApprovalProposed) -> None:
        """Note since when somebody is employed whose employer is paid for him; where the claim does
        not say and a person has judged it, since the first month that it is for at the latest."""
        claim = self.applications.filed.get(fact.application)
        began = claim.stated.facts.get("hire.began_on") if claim else None
        months = [one.month for part in fact.instalments for one in part.months]
        if not isinstance(began, str) and fact.reviewer and months:
            began = f"{min(months)}-01"
        approval = self.approvals.by_application[fact.application]
        if isinstance(began, str) and approval.proposed is not None:
            hired_on = date.fromisoformat(began)
            approval.proposed = approval.proposed._replace(hired_on=hired_on)

    def _received(self, asked: Asked, command: MoveApplication, policies: Policies) -> list[Fact]:
        """Judge an application of a history that follows this one."""
        if self.links is not None and self.links.lead:
            return [passed(self.links.lead, command)]
        if command.application in self.applications.filed:
            return []
        judged = judge(
            self.approvals.caps,
            command.application,
            command.attempts + 1,
            command.stated,
            asked.effective_on,
            policies,
            self.knowing(asked.stream, policies),
            marks=self.approvals.marks,
        )
        return [ApplicationReceived(**dict(command)), *judged]

    def keep(self, proposal: Asked, act: Command) -> list[Fact] | None:
        """Keep a proposed act that a message asked before its time."""
        asked = proposal._replace(body=act)
        return early_requests.kept_for_later(
            self.kept, self.applications, self.approvals, asked, proposal
        )

    def _decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        kept = early_requests.kept_for_later(self.kept, self.applications, self.approvals, asked)
        return (
            early_requests.taken_up(self.kept, self._answer(asked, policies))
            if kept is None
            else kept
        )

    def _answer(self, asked: Asked, policies: Policies) -> list[Fact]:
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
                    self.applications,
                    self.approvals,
                    filing,
                    asked.effective_on,
                    policies,
                    self.knowing(asked.stream, policies),
                )
            case app.AnswerWithdrawal() as command:
                return answer_withdrawal(
                    self.applications, self.approvals, self.instalments, command
                )
            case AnswerPromise() as command:
                return approvals.answer_promise(
                    self.applications,
                    self.approvals,
                    command,
                    asked.effective_on,
                    policies,
                    self.knowing(asked.stream, policies),
                )
            case NoteMark() as command:
                return fraud_marks.note(self.approvals, command)
            case CheckDeadline() as command:
                return deadlines.check(self.applications, self.approvals, self.instalments, command)
            case appr.AnswerBudget() as command:
                return approvals.answer_budget(self.approvals, command)
            case appr.ReviewApplication() as command:
                return approvals.review(
                    self.applications,
                    self.approvals,
                    command,
                    asked.effective_on,
                    policies,
                    self.knowing(asked.stream, policies),
                )
            case PreCheckInstalment() | RecordEvidence() | EndPlan() | JudgeResumption() as command:
                return self._of_instalment(command, asked.effective_on, policies)
            case appr.ExtendApproval() as command:
                return extending.extend(
                    self.approvals, self.instalments, command, asked.effective_on, policies
                )
            case NoteHousehold() | LoseCategory() as command:
                return self._of_household(command, policies)
            case GrantAdvance() as command:
                return grant_advance(
                    self.approvals,
                    self.instalments,
                    self.status,
                    command,
                    asked.effective_on,
                    policies,
                )
            case appr.RevokeApproval() as command:
                return revoke(self.approvals, self.instalments, command)
            case RecordStatus() | RecordPriorUse() as command:
                told = status.decide(self.status, self.approvals.caps, command, policies)
                if not told or isinstance(command, RecordPriorUse):
                    return told
                return [
                    *told,
                    *household_membership.tell(self.status, command),
                    *self._overpaid(command, policies),
                    *self._left(command, policies),
                ]
            case _:
                raise unfit(self, asked.body)

    def _left(self, command: Command, policies: Policies) -> list[Fact]:
        """Find what is due back because somebody has left before a promised term is served."""
        said = leaving_early.told(command)
        if said is None:
            return []
        left_on, only = said
        return leaving_early.left_early(
            self.applications, self.approvals, self.instalments, left_on, policies, only
        )

    def _of_instalment(
        self, command: instalments.InstalmentCommand, on: date, policies: Policies
    ) -> list[Fact]:
        answer = instalments.decide(
            self.approvals, self.instalments, self.status, command, on, policies
        )
        if isinstance(command, PreCheckInstalment):
            return self._served(answer, policies)
        ended = any(isinstance(fact, PlanEnded) for fact in answer)
        return [*answer, *self._left(command, policies)] if ended else answer

    def _served(self, answer: list[Fact], policies: Policies) -> list[Fact]:
        """Pay what falls due only as far as a promised term is served, where it was left already.

        Holds: what is due back whole is not paid at all
        """
        match answer:
            case [InstalmentDue() as due]:
                found = leaving_early.left_before(
                    self.applications,
                    self.approvals,
                    self.instalments,
                    self.status,
                    due.application,
                    policies,
                )
                if found is None:
                    return answer
                if found.unserved < found.amount:
                    return [due, found]
                approval = self.approvals.by_application[due.application]
                part = part_of(approval, due.no)
                assert part is not None
                return stopped(
                    due.application, approval, self.instalments, (part,), "left", found.rule
                )
            case _:
                return answer

    def knowing(self, stream: str, policies: Policies) -> Knowing:
        """Ask this history, which stands under the name of its stream, as the rules do."""
        own = (stream, *(self.links.followers if self.links else ()))
        prefix = streams.beneficiary("")
        return Knowing(
            self.applications,
            self.approvals,
            self.instalments,
            self.status,
            policies.duties,
            frozenset(name.removeprefix(prefix) for name in own),
        )

    def _of_household(
        self, command: NoteHousehold | LoseCategory, policies: Policies
    ) -> list[Fact]:
        """Note what a household tells its member, or lose the category that rested on it."""
        if isinstance(command, NoteHousehold):
            return household_membership.note(self.status, command)
        return household_membership.lose(
            self.applications, self.approvals, self.instalments, self.status, command, policies
        )

    def _overpaid(self, command: RecordStatus, policies: Policies) -> list[Fact]:
        """Find what was paid that this status, had it been told in time, would have stopped, and
        the stopped plans that nothing stops any more."""
        knowing = replace(self.status)
        knowing.record(command.status, command.since, command.benefit)
        return [
            *overpayments(self.approvals, self.instalments, knowing, policies),
            *advances_not_due(self.approvals, self.instalments, knowing, policies),
            *resuming.raised(self.approvals, self.instalments, knowing, command, policies),
        ]

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
                | appr.ServiceLeftEarly()
                | appr.ExtensionProposed()
                | appr.ApprovalExtended()
                | appr.ExtensionLapsed()
                | PromiseMade()
                | DeadlineMissed()
                | MarkNoted() as fact
            ):
                folding.evolve(self.approvals, fact)
                if isinstance(fact, appr.ApprovalProposed):
                    self._note_hire(fact)
            case (
                EvidenceRecorded()
                | InstalmentWaits()
                | InstalmentReduced()
                | InstalmentCut()
                | PlanEnded()
                | InstalmentDue()
                | InstalmentStopped()
                | OverpaymentFound()
                | ResumptionRaised()
                | PlanResumed()
                | PlanKeptStopped()
                | AdvanceGranted() as fact
            ):
                instalments.evolve(self.instalments, fact, recorded.effective_on)
            case app.WithdrawalAsked():
                pass
            case RequestKept() | RequestTakenUp() as fact:
                self.kept = early_requests.evolve(self.kept, fact)
            case HouseholdNoted() | HouseholdInformed() | CategoryLost() as fact:
                household_membership.evolve(self.status, fact, recorded.id)
            case (
                LinkProposed()
                | LinkRejected()
                | LinkConfirmed()
                | HandedOver()
                | PeopleLinked()
                | UseGivenBack() as fact
            ):
                self.links = self.links or Links()
                links_decider.evolve(self.links, self.approvals, fact)
            case ApplicationMoved() as fact:
                self.links = self.links or Links()
                self.links.moved |= {fact.application}
            case ApplicationReceived() as fact:
                self.applications.received(fact)
                self.approvals.by_application[fact.application] = Approval(
                    "referred", fact.attempts
                )
            case PassedOn() | UseReturned():
                pass
            case StatusRecorded() | PriorUseRecorded() as fact:
                status.evolve(self.status, self.approvals.caps, fact, recorded.id)
            case _:
                raise unfit(self, recorded.body)
