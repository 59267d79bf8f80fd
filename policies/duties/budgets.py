"""Budget rules: which shares of a line raise an alarm, what becomes of a queue at year end, and out
of which year and fund a plan over several years is paid."""

from typing import Annotated, Literal

from pydantic import Field

from policies.duties.words import Clause, Convention
from policies.vocabulary.words import Words

QueueRule = Literal["lapse", "carry"]


class YearEnd(Words):
    """What becomes of those who still wait when a line closes."""

    queue: QueueRule
    lapse_of: list[str] = Field(default_factory=list)


class LaterYears(Words):
    """Out of which fund the later years of a plan are paid: that of its first part."""

    fund: Literal["same"]


class BudgetRules(Clause):
    """The table."""

    alarms: Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], Field(strict=False)]
    year_end: YearEnd
    later_years: LaterYears
    assume: list[Convention]

    def at_year_end(self, fund: str) -> QueueRule:
        """Tell what becomes of the queue of a fund's line, or of a ceiling's."""
        return "lapse" if fund in self.year_end.lapse_of else self.year_end.queue
