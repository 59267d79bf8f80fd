"""Advances: up to which share one goes where no version says it, and how long one may stay open."""

from typing import Annotated

from pydantic import Field

from policies.duties.words import Clause, Convention
from policies.vocabulary.words import FractionText, fraction


class AdvanceRules(Clause):
    """The table."""

    highest: FractionText
    settle_months: Annotated[int, Field(gt=0)]
    assume: list[Convention]

    @property
    def highest_bp(self) -> int:
        """The share in hundredths of a percent."""
        return int(fraction(self.highest) * 10_000)
