"""Duties: what holds for payments and money whatever the programme, as tables of data.

In:    `policies/duties/*.yaml`, and what cities say of programmes of their own (`own`)
Out:   Duties
Holds: every rule rests on a clause, with its words, or on a convention that is named under `assume`;
       which programmes a rule is for, its figures and its days are data in the YAML file, and the
       module beside it is the table's model with the one sum or question that the table answers

| table | rules | its module reckons |
|---|---|---|
| months | which months a claim is for | the parts of a plan, and when each falls due |
| plans | what a month's payment rests on | a month's amount, the end of a term |
| stops | what ends the payments to come | nothing |
| budgets | alarms, and the queue at the year's end | what becomes of a fund's queue |
| matches | who is paid without applying, by when | the last day |
| promises | which facts a trusted payee may promise | those of a programme on a day |
| known | which stated facts the record knows better | what a status leaves possible |
| payees | whose account a policy means | nothing |
| services | terms of service that are promised | what is due back of one that is left |
| advances | the share and the time of an advance | nothing |
| clawbacks | clauses that a notice to a debtor names | nothing |
| counts | which application counts towards a target | the count and its year (`counts.counts`) |

A new programme is named in these tables where they concern it; docs/how-to/add-a-programme.md.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from policies.duties.advances import AdvanceRules
from policies.duties.budgets import BudgetRules
from policies.duties.clawbacks import ClawbackGrounds
from policies.duties.known import KnownFacts
from policies.duties.matches import MatchRules
from policies.duties.months import MonthRules
from policies.duties.own import OwnTable, joined, own_tables
from policies.duties.payees import PayeeRules
from policies.duties.plans import PlanRules
from policies.duties.promises import PromiseRules
from policies.duties.services import ServiceRules
from policies.duties.stops import StopRules
from policies.vocabulary.files import FileProblems, parsed
from policies.vocabulary.schema_words import file_problems
from policies.vocabulary.words import Words

__all__ = ["ROOT", "Duties", "own_tables", "shipped", "with_own"]

ROOT = Path(__file__).parent
_Table = TypeVar("_Table", bound=Words)


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

    Raises: FileProblems
    """
    return Duties(
        _table("months", MonthRules),
        _table("stops", StopRules),
        _table("plans", PlanRules),
        _table("budgets", BudgetRules),
        _table("matches", MatchRules),
        _table("promises", PromiseRules),
        _table("known", KnownFacts),
        _table("payees", PayeeRules),
        _table("services", ServiceRules),
        _table("advances", AdvanceRules),
        _table("clawbacks", ClawbackGrounds),
    )


def with_own(tables: Iterable[OwnTable]) -> Duties:
    """What ships, with the rows that cities add for programmes of their own.

    Raises: FileProblem
    """
    made = shipped()
    for one in tables:
        ours = getattr(made, one.name)
        made = made._replace(**{one.name: joined(ours, one)})
    return made


def _table(name: str, model: type[_Table]) -> _Table:
    file = parsed(ROOT / f"{name}.yaml")
    try:
        return model.model_validate(file.data)
    except ValueError as error:
        raise FileProblems(tuple(file_problems(file, error))) from error
