"""Say what of a planned instalment is not due, month by month, and give it back to its line."""

from events.instalments import InstalmentCut, InstalmentReduced
from events.values import Fact, PlannedInstalment
from services.deciders.beneficiary.instalments.budget_lines import line_of, still_planned
from services.deciders.beneficiary.instalments.month_values import (
    CONVENTION,
    InstalmentValue,
    MonthValue,
)
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.instalments import Instalments


def reductions_of(
    application: str,
    approval: Approval,
    instalments: Instalments,
    part: PlannedInstalment,
    value: InstalmentValue,
) -> list[Fact]:
    """Say that less is due than was planned: by the evidence first, then by the days.

    Holds: what the facts take away is what the part was planned at, less what is due of it
    """
    line = line_of(approval, part)
    wanted = part.amount + still_planned(approval, instalments, application, line, (part.no,))
    facts: list[Fact] = []
    for one in value.months:
        # served days stand in both: what the evidence leaves is never below what the days leave
        evidenced = max(one.evidenced, one.amount)
        if evidenced != one.planned and value.rule is not None:
            wanted -= one.planned - evidenced
            facts.append(
                InstalmentReduced(
                    application=application,
                    no=part.no,
                    attempt=approval.attempt,
                    planned=one.planned,
                    amount=evidenced,
                    line=line,
                    kind=value.rule.rests_on,
                    measure=one.measure or 0,
                    rule=f"plans/{value.rule.id}",
                    still_planned=wanted,
                    month=one.month,
                )
            )
        if one.amount != evidenced and one.stop is not None:
            wanted -= evidenced - one.amount
            facts.append(_cut(application, approval, part, one, evidenced, line, wanted))
    return facts


def _cut(
    application: str,
    approval: Approval,
    part: PlannedInstalment,
    one: MonthValue,
    evidenced: int,
    line: str,
    wanted: int,
) -> InstalmentCut:
    assert one.stop is not None
    return InstalmentCut(
        application=application,
        no=part.no,
        attempt=approval.attempt,
        month=one.month,
        planned=evidenced,
        amount=one.amount,
        days=one.days,
        line=line,
        reason=one.stop.reason,
        since=one.stop.since,
        rule=one.stop.rule,
        convention=CONVENTION,
        still_planned=wanted,
    )
