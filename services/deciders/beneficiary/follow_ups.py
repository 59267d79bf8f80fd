"""Whom a fact of a beneficiary's history must reach, by its type; the others end a flow."""

from events import advances, applications, approvals, early, households, instalments, links
from events.envelope import Asked, Recorded
from events.promises import PromiseMade
from events.values import Fact
from services.deciders.beneficiary import (
    early_requests,
    household_membership,
    leaving_early,
    line_reports,
)
from services.deciders.beneficiary.claims import follow_ups as claims
from services.deciders.beneficiary.claims import revoking, routes, withdrawing
from services.deciders.beneficiary.instalments import advance_granting, extending, later_years
from services.deciders.beneficiary.instalments import follow_ups as plans
from services.deciders.beneficiary.links import passing_on
from services.deciders.stream import FollowUps


def _of_revocation(recorded: Recorded) -> list[Asked]:
    return [*revoking.follow_ups(recorded), *line_reports.follow_ups(recorded)]


def _of_grant(recorded: Recorded) -> list[Asked]:
    return [*later_years.follow_ups(recorded), *line_reports.follow_ups(recorded)]


FOLLOW_UPS: dict[type[Fact], FollowUps] = {
    early.RequestTakenUp: early_requests.follow_ups,
    applications.WithdrawalAsked: withdrawing.follow_ups,
    PromiseMade: routes.follow_ups,
    **dict.fromkeys(
        (
            applications.ApplicationWithdrawn,
            approvals.ApprovalDenied,
            approvals.ApprovalReferred,
            approvals.ApprovalHeld,
            approvals.ApprovalLapsed,
        ),
        line_reports.follow_ups,
    ),
    **dict.fromkeys(
        (
            approvals.CeilingStated,
            approvals.ApprovalProposed,
            approvals.ApprovalWithdrawn,
            approvals.CommitmentDeclined,
        ),
        claims.follow_ups,
    ),
    approvals.ApprovalGranted: _of_grant,
    **dict.fromkeys(
        (
            approvals.LaterYearCommitted,
            approvals.LaterYearLapsed,
            approvals.LaterYearDropped,
        ),
        later_years.follow_ups,
    ),
    approvals.ApprovalRevoked: _of_revocation,
    approvals.ServiceLeftEarly: leaving_early.follow_ups,
    approvals.ExtensionProposed: extending.follow_ups,
    advances.AdvanceGranted: advance_granting.follow_ups,
    households.HouseholdInformed: household_membership.follow_ups,
    **dict.fromkeys(
        (
            instalments.InstalmentReduced,
            instalments.InstalmentCut,
            instalments.OverpaymentFound,
            instalments.InstalmentDue,
            instalments.InstalmentStopped,
        ),
        plans.follow_ups,
    ),
    **dict.fromkeys(
        (
            links.LinkConfirmed,
            links.HandedOver,
            links.UseReturned,
            links.PassedOn,
            links.ApplicationMoved,
        ),
        passing_on.follow_ups,
    ),
}
