"""Which budget line carries an instalment."""

from datetime import date

from events import streams
from services.approvals.state import Approval


def line_of(approval: Approval, due_on: date | None) -> str:
    """Find the fund line of the instalment's own year among what was committed."""
    funds = [t.line for t in approval.taken if streams.line_parts(t.line)[0] == "fund"]
    if due_on is not None:
        for line in funds:
            if streams.line_parts(line)[3] == due_on.year:
                return line
    return funds[0]
