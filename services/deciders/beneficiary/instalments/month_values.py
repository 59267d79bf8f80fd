"""Month values: what each month of an instalment is worth, by its days and by what it rests on.

Units: fen; each month is rounded once, half up
Holds: the same answer before a payment and after it, whatever was told in between
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from events.values import PlannedInstalment
from policies.duties.plans import DAYS_OF_A_MONTH, Plan
from policies.engine.registry import Policies
from policies.vocabulary.words import round_half_up
from services.deciders.beneficiary.instalments import plans
from services.deciders.beneficiary.instalments.calendar import (
    DaysLeft,
    StopSpan,
    days_left_of,
    is_ahead,
    stop_spans,
)
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.status import Status

NOTHING: Mapping[str, int] = {}

CONVENTION = "stops/L1"
"""The assumption of the table of stops by which the month of a change counts by days."""


class MonthValue(NamedTuple):
    """One month: what was planned, what its evidence gives, and what of that its days leave due."""

    month: str
    planned: int
    evidenced: int
    amount: int
    measure: int | None
    days: int
    stop: StopSpan | None


class InstalmentValue(NamedTuple):
    """All months of an instalment, the rule of what they rest on, and the first that lacks it."""

    months: tuple[MonthValue, ...]
    rule: Plan | None
    lacks: str

    @property
    def amount(self) -> int:
        """What is due in all."""
        return sum(one.amount for one in self.months)

    @property
    def stop(self) -> StopSpan | None:
        """What first takes days away."""
        return next((one.stop for one in self.months if one.stop is not None), None)


def value_of(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    part: PlannedInstalment,
    policies: Policies,
    excluded: Iterable[StopSpan] = (),
    had: Mapping[str, int] = NOTHING,
) -> InstalmentValue:
    """Work out what the months of an instalment are worth, as far as anybody has told.

    `excluded` are whole months that another payment takes; `had` is what earlier parts of the same
    plan have brought for a month, and keep.
    """
    approval = approvals.by_application[application]
    assert approval.proposed is not None
    ahead = is_ahead(approval, part)
    whole = plans.is_whole(instalments, application, part)
    rule = plans.rule_of(policies, approval.proposed)
    found = stop_spans(
        policies,
        status,
        instalments,
        application,
        approval,
        ahead=ahead,
        by_evidence=rule is not None,
    )
    found = [*found, *excluded]
    rule = None if whole else rule
    months: list[MonthValue] = []
    lacks = ""
    for one in part.months:
        left = days_left_of(one.month, found)
        measure = instalments.measure(application, part.no, one.month) if rule else None
        evidenced = one.amount
        if rule is not None and measure is not None:
            evidenced = plans.worked_out(policies, rule, approval.proposed, one.amount, measure)
        elif rule is not None and ahead and left.days and not lacks:
            lacks = one.month
        amount = _of_days(rule, one.amount, evidenced, measure, left)
        amount = max(amount - had.get(one.month, 0), 0)
        months.append(
            MonthValue(one.month, one.amount, evidenced, amount, measure, left.days, left.stop)
        )
    return InstalmentValue(tuple(months), rule, lacks)


def _of_days(
    rule: Plan | None, planned: int, evidenced: int, measure: int | None, left: DaysLeft
) -> int:
    """What the days of a month leave due; days that were served are not taken away twice."""
    if left.days == DAYS_OF_A_MONTH:
        return evidenced
    if rule is not None and rule.rests_on == "days_served" and measure is not None:
        most = round_half_up(Fraction(planned * left.days, DAYS_OF_A_MONTH))
        return min(evidenced, most)
    return round_half_up(Fraction(evidenced * left.days, DAYS_OF_A_MONTH))
