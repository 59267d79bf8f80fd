"""Services: which benefits are paid for a promised term, and what is due back of one that is not
served.

Units: fen; days
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.duties.words import Convention, Resting, each_once
from policies.vocabulary.calendar import add_months
from policies.vocabulary.words import Words


class Recovery(Words):
    """The parameter by which a city says what is due back, and what its words mean."""

    of: str
    by_day: str
    whole: str
    nothing: str

    def of_unserved(self, manner: str, amount_fen: int, unserved: int, term: int) -> int:
        """Work out what is due back: nothing, all, or the days that were not served, half up."""
        if manner == self.nothing:
            return 0
        if manner == self.whole:
            return amount_fen
        return (2 * amount_fen * unserved + term) // (2 * term)


class Service(Resting):
    """A promised term, from the day that `begins` states, or from the application."""

    programmes: list[str]
    months: Annotated[int, Field(gt=0)]
    begins: str
    recovers: Recovery

    def ends(self, began: date) -> date:
        """The day on which the term is served."""
        return add_months(began, self.months)


class ServiceRules(Words):
    """The table."""

    services: list[Service]
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once((one.id, name) for one in self.services for name in one.programmes)
        return self

    def of(self, programme: str) -> Service | None:
        """Find the term that a programme is paid for, if any."""
        return next((one for one in self.services if programme in one.programmes), None)
