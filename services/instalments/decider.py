"""Decide whether an instalment that has fallen due may be paid."""

from datetime import date
from typing import assert_never

from events import streams
from events.advances import AdvanceGranted
from events.budgets import ReleaseBudget
from events.control import CommandRefused
from events.disbursements import Money, OrderPayment
from events.envelope import Asked, Recorded, follow_up
from events.instalments import InstalmentDue, InstalmentStopped, PreCheckInstalment
from events.values import Fact, LineTaken
from services.advances.granting import advanced, is_advance
from services.approvals.state import Approval, Approvals
from services.instalments.state import Instalments
from services.status.state import Status

InstalmentFact = InstalmentDue | InstalmentStopped | AdvanceGranted


def decide(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: PreCheckInstalment,
    on: date,
) -> list[Fact]:
    """Answer whether the instalment is paid now.

    Refuses: NOT_GRANTED, NO_INSTALMENT, NOT_YET_DUE  (first match wins)
    Holds: a repeat of an answered check changes nothing
    """
    about = f"{command.application}#{command.no}"
    if (command.application, command.no) in instalments.answered:
        return []
    approval = approvals.by_application.get(command.application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return [_refused("NOT_GRANTED", about)]
    planned = next((part for part in approval.proposed.instalments if part.no == command.no), None)
    if planned is None:
        return [_refused("NO_INSTALMENT", about)]
    if planned.due_on is not None and planned.due_on > on:
        return [_refused("NOT_YET_DUE", about)]
    line = _line_of(approval, planned.due_on)
    programme = approval.proposed.policy.programme
    reason = status.stops(programme, on)
    if reason is not None:
        return [
            InstalmentStopped(
                application=command.application,
                no=command.no,
                amount=planned.amount,
                line=line.line,
                attempt=approval.attempt,
                reason=reason,
            )
        ]
    due = InstalmentDue(
        application=command.application,
        no=command.no,
        disbursement=about,
        amount=planned.amount,
        line=line.line,
        programme=programme,
        region=approval.proposed.region,
        payee=approval.proposed.payee,
        account=approval.proposed.account,
    )
    if is_advance(approvals, command.application):
        return [advanced(approval, due, on)]
    return [due]


def _line_of(approval: Approval, due_on: date | None) -> LineTaken:
    """Find the fund line of the instalment's own year among what was committed."""
    funds = [taken for taken in approval.taken if streams.line_parts(taken.line)[0] == "fund"]
    if due_on is not None:
        for taken in funds:
            if streams.line_parts(taken.line)[3] == due_on.year:
                return taken
    return funds[0]


def _refused(code: str, about: str) -> CommandRefused:
    return CommandRefused(command="PreCheckInstalment", code=code, about=about)


def evolve(instalments: Instalments, fact: InstalmentFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case InstalmentDue():
            instalments.answered[fact.application, fact.no] = "due"
        case InstalmentStopped():
            instalments.answered[fact.application, fact.no] = "stopped"
        case AdvanceGranted():
            number = int(fact.disbursement.rpartition("#")[2])
            instalments.answered[fact.application, number] = "due"
        case _:
            assert_never(fact)


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Order the payment of what is due; give the money of what is stopped back."""
    match recorded.body:
        case InstalmentDue() as fact:
            fund = streams.line_parts(fact.line)
            order = OrderPayment(
                disbursement=fact.disbursement,
                application=fact.application,
                instalment=fact.no,
                beneficiary=recorded.stream,
                account=fact.account,
                money=Money(
                    amount=fact.amount,
                    fund=fund[1],
                    district=fund[2],
                    programme=fact.programme,
                    line=fact.line,
                ),
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), order)]
        case InstalmentStopped() as fact:
            release = ReleaseBudget(
                application=fact.application,
                attempt=fact.attempt,
                key=recorded.id,
                amount=fact.amount,
            )
            return [follow_up(recorded, 0, fact.line, release)]
        case _:
            return []
