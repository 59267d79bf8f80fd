"""What else a report of somebody's circumstances means: paid for nothing, left early, free to resume."""

from dataclasses import replace

from events.instalments import InstalmentDue
from events.status import RecordStatus
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary import household_membership, leaving_early
from services.deciders.beneficiary.instalments import resuming
from services.deciders.beneficiary.instalments.overpaying import advances_not_due, overpayments
from services.deciders.beneficiary.instalments.stopping import part_of, stopped
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState


def of_status(state: BeneficiaryState, command: RecordStatus, policies: Policies) -> list[Fact]:
    """Tell the households; find what was paid that should not have been, and who has left early."""
    return [
        *household_membership.inform_households(state.status, command),
        *_overpaid(state, command, policies),
        *of_leaving(state, command, policies),
    ]


def _overpaid(state: BeneficiaryState, command: RecordStatus, policies: Policies) -> list[Fact]:
    """Find what was paid that this status, had it been told in time, would have stopped, and
    the stopped plans that nothing stops any more."""
    status = replace(state.status)
    status.record(command.status, command.since, command.benefit)
    approvals, instalments = state.approvals, state.instalments
    return [
        *overpayments(approvals, instalments, status, policies),
        *advances_not_due(approvals, instalments, status, policies),
        *resuming.raise_resumptions(approvals, instalments, status, command, policies),
    ]


def of_leaving(state: BeneficiaryState, command: Command, policies: Policies) -> list[Fact]:
    """Find what is due back because somebody has left before a promised term is served."""
    left = leaving_early.reported(command)
    if left is None:
        return []
    left_on, only = left
    return leaving_early.left_early(
        state.applications, state.approvals, state.instalments, left_on, policies, only
    )


def paid_as_served(state: BeneficiaryState, answer: list[Fact], policies: Policies) -> list[Fact]:
    """Pay what falls due only as far as a promised term is served, where it was left already.

    Holds: what is due back whole is not paid at all
    """
    match answer:
        case [InstalmentDue() as due]:
            found = leaving_early.left_before(
                state.applications,
                state.approvals,
                state.instalments,
                state.status,
                due.application,
                policies,
            )
            if found is None:
                return answer
            if found.unserved < found.amount:
                return [due, found]
            approval = state.approvals.by_application[due.application]
            part = part_of(approval, due.no)
            assert part is not None
            return stopped(
                due.application, approval, state.instalments, (part,), "left", found.rule
            )
        case _:
            return answer
