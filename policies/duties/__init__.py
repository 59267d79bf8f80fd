"""Duties: what holds for payments and money whatever the programme: months, stops, plans, budgets,
matches without application, written promises, what the ledger knows by itself, payees,
promised terms of service, advances, clawbacks.

In:    `policies/duties/*.yaml`
Out:   Duties, loaded once
Holds: every rule rests on a clause, with its words, or on a convention that is named under `assume`.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from policies.duties.advances import Advances
from policies.duties.budgets import BudgetRules
from policies.duties.clawbacks import Grounds
from policies.duties.known import KnownFacts
from policies.duties.matches import Matches
from policies.duties.months import Months
from policies.duties.payees import Payees
from policies.duties.plans import Plans
from policies.duties.promises import Promises
from policies.duties.services import Services
from policies.duties.stops import Stops
from policies.vocabulary.files import parsed

ROOT = Path(__file__).parent


class Duties(NamedTuple):
    """The tables."""

    months: Months
    stops: Stops
    plans: Plans
    budgets: BudgetRules
    matches: Matches
    promises: Promises
    known: KnownFacts
    payees: Payees
    services: Services
    advances: Advances
    clawbacks: Grounds


@cache
def shipped() -> Duties:
    """Read the tables that are shipped.

    Raises: FileProblem, ValueError
    """

    def data(name: str) -> object:
        return parsed(ROOT / f"{name}.yaml").data

    return Duties(
        Months.model_validate(data("months")),
        Stops.model_validate(data("stops")),
        Plans.model_validate(data("plans")),
        BudgetRules.model_validate(data("budgets")),
        Matches.model_validate(data("matches")),
        Promises.model_validate(data("promises")),
        KnownFacts.model_validate(data("known")),
        Payees.model_validate(data("payees")),
        Services.model_validate(data("services")),
        Advances.model_validate(data("advances")),
        Grounds.model_validate(data("clawbacks")),
    )
