"""Which budget line carries an instalment, and what a plan still wants of a line."""

from collections.abc import Container
from datetime import date

from events import streams
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.instalments import Instalments


def line_of(approval: Approval, due_on: date | None) -> str:
    """Find the fund line of the instalment's own year among what was committed."""
    funds = [t.line for t in approval.taken if streams.line_parts(t.line)[0] == "fund"]
    if due_on is not None:
        for line in funds:
            if streams.line_parts(line)[3] == due_on.year:
                return line
    return funds[0]


def still_planned(
    approval: Approval,
    instalments: Instalments,
    application: str,
    line: str,
    gone: Container[int] = (),
) -> int:
    """Sum the instalments to come under a line, without those that are gone now."""
    if approval.proposed is None:
        return 0
    return sum(
        part.amount
        for part in approval.proposed.instalments
        if part.no not in gone
        and (application, part.no) not in instalments.answered
        and line_of(approval, part.due_on) == line
    )
