"""Stops: which circumstances end which payments to come, and which category hangs on a household."""

from typing import Self

from pydantic import Field, model_validator

from events.status import StatusKind
from policies.duties.words import Clause, Convention, Resting, each_once


class Stop(Resting):
    """What stops some programmes: circumstances, benefits of others, programmes of this ledger.

    A circumstance ends a plan until a person resumes it, and so do the benefits named `lasting`; the
    other benefits, and programmes, only take the days and months for which they are paid.
    """

    programmes: list[str]
    by: list[StatusKind] = Field(default_factory=list)
    benefits: list[str] = Field(default_factory=list)
    lasting: list[str] = Field(default_factory=list)
    not_with: list[str] = Field(default_factory=list)


class HouseholdCategory(Clause):
    """A category of hardship that a whole household has or loses at once; `other` is for the rest."""

    fact: str
    category: str
    other: str


class StopRules(Clause):
    """The table."""

    always: list[StatusKind]
    stops: list[Stop]
    household: HouseholdCategory
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once((one.id, name) for one in self.stops for name in one.programmes)
        return self

    def of(self, programme: str) -> Stop | None:
        """Find what stops a programme, beside what stops every one."""
        return next((stop for stop in self.stops if programme in stop.programmes), None)
