"""Which budget lines a plan asks for money, which one carries an instalment, what it still wants."""

from collections.abc import Container, Iterable
from datetime import date

from events import streams
from events.values import BudgetClaim, PlannedInstalment
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.instalments import Instalments


def budget_claims(
    parts: Iterable[PlannedInstalment], funds: Iterable[str], district: str, on: date
) -> tuple[BudgetClaim, ...]:
    """Claim each year's instalments from that year's lines, in the policy's order of funds: the
    year in which a part falls due, or this one where it is due already.

    Units: fen
    """
    amounts: dict[int, int] = {}
    for part in parts:
        year = max(part.due_on or on, on).year
        amounts[year] = amounts.get(year, 0) + part.amount
    order = tuple(funds)
    return tuple(
        BudgetClaim(
            amount=amount, lines=tuple(streams.fund_line(fund, district, year) for fund in order)
        )
        for year, amount in sorted(amounts.items())
    )


def line_of(approval: Approval, part: PlannedInstalment) -> str:
    """Find the fund line that carries a part of a plan, or that is to: that of its later year."""
    year = approval.year_of(part.no)
    return line_of_day(approval, part.due_on) if year is None else year.line


def line_of_day(approval: Approval, due_on: date | None) -> str:
    """Find the fund line of a day's own year among what was committed."""
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
        and not approval.waits_for_its_year(part.no)
        and line_of(approval, part) == line
    )
