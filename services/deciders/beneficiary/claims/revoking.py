"""Decide what becomes of a grant that is taken back."""

from events import streams
from events.approvals import ApprovalRevoked, RevokeApproval
from events.budgets import Reach, ReleaseBudget
from events.clawbacks import StopPayments
from events.envelope import Asked, Recorded, follow_up
from events.ids import debt_id
from events.values import Fact, LineTaken
from policies.engine.registry import Policies
from services.deciders.beneficiary.instalments import later_years
from services.deciders.beneficiary.instalments.budget_lines import line_of
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.refusal import refuse


def revoke(
    state: BeneficiaryState, command: RevokeApproval, asked: Asked, policies: Policies
) -> list[Fact]:
    """Take a grant back.

    Refuses: NOT_GRANTED
    Holds: only an error of the administration gives back slots, and what was paid under shared
           ceilings; what was obtained by deceit stays counted there. What is not paid will never
           be, so a ceiling in money gets it back whatever the cause. A repeat changes nothing
    """
    approval = state.approvals.by_application.get(command.application)
    if approval is not None and approval.state == "revoked":
        return []
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return refuse(command, "NOT_GRANTED", command.application)
    open_ones, unpaid = unordered(approval, state.instalments, command.application)
    error = command.cause == "administrative_error"
    if error:  # what it took of shared ceilings is free again, as its slots are
        unpaid |= of_ceilings(approval)
    return [
        ApprovalRevoked(
            attempt=approval.attempt,
            gives_back_slots=error,
            payee=approval.proposed.payee,
            unpaid=tuple(
                LineTaken(line=line, amount=amount, step=0) for line, amount in unpaid.items()
            ),
            instalments=tuple(open_ones),
            later=later_years.waiting(approval),
            **dict(command),
        )
    ]


def unordered(
    approval: Approval, instalments: Instalments, application: str
) -> tuple[list[int], dict[str, int]]:
    """List the instalments that nobody has ordered yet, and what the fund lines hold for them."""
    open_ones: list[int] = []
    held: dict[str, int] = {}
    for part in approval.proposed.instalments if approval.proposed else ():
        if (application, part.no) not in instalments.answered:
            open_ones.append(part.no)
            if approval.waits_for_its_year(part.no):
                continue
            line = line_of(approval, part)
            held[line] = held.get(line, 0) + part.amount
    return open_ones, held


def of_ceilings(approval: Approval) -> dict[str, int]:
    """Find what an approval took of shared ceilings."""
    return {
        item.line: item.amount
        for item in approval.taken
        if streams.line_parts(item.line)[0] == "ceiling"
    }


def _reach(fact: ApprovalRevoked, line: str) -> Reach:
    """An error gives back all that it took of shared ceilings, which are named beside the funds."""
    if streams.line_parts(line)[0] == "ceiling":
        return "of_ceiling"
    return "line" if fact.gives_back_slots else "with_ceilings"


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Give back what is committed and unpaid; stop the payee's payments and take back the rest."""
    match recorded.body:
        case ApprovalRevoked() as fact:
            stop = StopPayments(
                application=fact.application,
                clawback=debt_id(fact.application, "revoked"),
                cause=fact.cause,
                document=fact.document,
                reason=fact.reason,
            )
            releases = [
                follow_up(
                    recorded,
                    number,
                    taken.line,
                    ReleaseBudget(
                        application=fact.application,
                        attempt=fact.attempt,
                        key=recorded.id,
                        amount=taken.amount,
                        reach=_reach(fact, taken.line),
                        still_planned=0,
                    ),
                )
                for number, taken in enumerate(fact.unpaid, start=1)
            ]
            return [
                follow_up(recorded, 0, streams.payee(fact.payee), stop),
                *releases,
                *later_years.of_an_ended_grant(recorded),
            ]
        case _:
            return []
