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

from policies.duties.advances import AdvanceRules
from policies.duties.budgets import BudgetRules
from policies.duties.clawbacks import ClawbackGrounds
from policies.duties.known import KnownFacts
from policies.duties.matches import MatchRules
from policies.duties.months import MonthRules
from policies.duties.payees import PayeeRules
from policies.duties.plans import PlanRules
from policies.duties.promises import PromiseRules
from policies.duties.services import ServiceRules
from policies.duties.stops import StopRules
from policies.vocabulary.files import parsed

ROOT = Path(__file__).parent


class Duties(NamedTuple):
    """The tables."""

    months: MonthRules
    stops: StopRules
    plans: PlanRules
    budgets: BudgetRules
    matches: MatchRules
    promises: PromiseRules
    known: KnownFacts
    payees: PayeeRules
    services: ServiceRules
    advances: AdvanceRules
    clawbacks: ClawbackGrounds


@cache
def shipped() -> Duties:
    """Read the tables that are shipped.

    Raises: FileProblem, ValueError
    """

    def data(name: str) -> object:
        return parsed(ROOT / f"{name}.yaml").data

    return Duties(
        MonthRules.model_validate(data("months")),
        StopRules.model_validate(data("stops")),
        PlanRules.model_validate(data("plans")),
        BudgetRules.model_validate(data("budgets")),
        MatchRules.model_validate(data("matches")),
        PromiseRules.model_validate(data("promises")),
        KnownFacts.model_validate(data("known")),
        PayeeRules.model_validate(data("payees")),
        ServiceRules.model_validate(data("services")),
        AdvanceRules.model_validate(data("advances")),
        ClawbackGrounds.model_validate(data("clawbacks")),
    )
