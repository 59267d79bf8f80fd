"""Plans: what a month's payment rests on, how it is worked out, ended early or prolonged.

Units: fen
Holds: what is paid for a month never exceeds what was planned for it; one rounding, half up.
"""

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.duties.words import Clause, Convention, Resting, each_once
from policies.vocabulary.words import (
    FractionText,
    Words,
    exactly_one,
    fraction,
    round_half_up,
)

Evidence = Literal["contributions", "days_served"]
DAYS_OF_A_MONTH = 30


class ContributionShare(Words):
    """Which part of what was contributed is paid: stated here, or a figure that a city sets, never
    more than `most`."""

    value: FractionText | None = None
    param: str | None = None
    most: FractionText | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        return exactly_one(self, self.value, self.param)


class WholeTerm(Clause):
    """A stable job with less than this part of the term left counts as the whole term."""

    left_below: FractionText
    accepted_to: date

    def holds(self, left: int, months: int, on: date) -> bool:
        """Tell whether the months left of a term are few enough, on the day of the job."""
        return on <= self.accepted_to and 0 < left < fraction(self.left_below) * months


class PlanExtension(Clause):
    """How many months a plan may be prolonged by, once."""

    months: Annotated[int, Field(gt=0)]


class Plan(Resting):
    """The rule of some programmes' plans, for policies dated from a day on."""

    programmes: list[str]
    from_: Annotated[date, Field(alias="from")]
    rests_on: Evidence
    share: ContributionShare | None = None
    whole_term: WholeTerm | None = None
    extension: PlanExtension | None = None

    @model_validator(mode="after")
    def _a_share_of_contributions(self) -> Self:
        if (self.rests_on == "contributions") != (self.share is not None):
            raise ValueError("按实际缴费计发的须有 share，其他的不能有")
        return self

    def due(self, planned: int, share: Fraction, measure: int) -> int:
        """Work out a month: `measure` is what was contributed (fen), or the days served."""
        part = share * measure
        if self.rests_on == "days_served":
            part = Fraction(planned * min(measure, DAYS_OF_A_MONTH), DAYS_OF_A_MONTH)
        return min(planned, round_half_up(part))


class PlanRules(Words):
    """The table."""

    plans: list[Plan]
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once(
            (plan.id, (programme, plan.from_))
            for plan in self.plans
            for programme in plan.programmes
        )
        return self

    def of(self, programme: str, version: str) -> Plan | None:
        """Find the latest rule of a programme that is no younger than the policy's version."""
        found = [
            plan
            for plan in self.plans
            if programme in plan.programmes and str(plan.from_) <= version
        ]
        return max(found, key=lambda plan: plan.from_, default=None)
