"""Duties: what holds for payments and money whatever the programme: stops, plans, budgets.

In:    `policies/duties/*.yaml`
Out:   Duties, loaded once
Holds: every rule rests on a clause, with its words, or on a convention that is named under `assume`.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from policies.duties.budgets import BudgetRules
from policies.duties.plans import Plans
from policies.duties.stops import Stops
from policies.files import parsed

ROOT = Path(__file__).parent


class Duties(NamedTuple):
    """The three tables."""

    stops: Stops
    plans: Plans
    budgets: BudgetRules


@cache
def shipped() -> Duties:
    """Read the tables that are shipped.

    Raises: FileProblem, ValueError
    """

    def data(name: str) -> object:
        return parsed(ROOT / f"{name}.yaml").data

    return Duties(
        Stops.model_validate(data("stops")),
        Plans.model_validate(data("plans")),
        BudgetRules.model_validate(data("budgets")),
    )
