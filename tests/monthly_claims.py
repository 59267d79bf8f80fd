"""A scene in which claims are paid month by month: the clerk asks each day for what has fallen due."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from events import streams
from events.applications import DecideApplication
from events.envelope import Asked, Recorded
from events.instalments import RecordEvidence
from events.status import RecordStatus, StatusKind
from events.values import Command, FactValue
from policies.engine.registry import Policies
from policies.vocabulary.calendar import months_from
from services.clerk.due import due_commands
from services.tools.simulation.simulated_clerk import SimulatedClerk
from tests.given_when_then import ZHANG, Scene, applies, policies_of_a_city_that_set_its_standards

FUNDS = (
    "employment_subsidy",
    "skills_special_account",
    "unemployment_insurance",
    "county_budget",
    "inclusive_finance",
)
REGION = "211202"
EMPLOYER = "uemployertoken0001"
A_MONTH = 600_00
"""What each of the claims here brings for a month, where not said otherwise, in fen."""


class MonthlyScene(Scene):
    """A ledger with money on every line, whose clerk lets no due day pass; the budgets of the years
    in `stated` come on their days."""

    def __init__(
        self,
        on: str,
        law: Policies | None = None,
        stated: Mapping[int, date] = MappingProxyType({}),
    ) -> None:
        law = law or policies_of_a_city_that_set_its_standards()
        super().__init__(on, law)
        self.clerk = SimulatedClerk(self.ledger.store, law.duties.matches)
        self._to_come = sorted((day, year) for year, day in stated.items())
        for year in range(2020, 2026):
            if year not in stated:
                self.state_budget(year)

    def state_budget(self, year: int) -> None:
        """Let every fund have the money of a year."""
        for fund in FUNDS:
            line = streams.fund_line(fund, REGION, year)
            self.budget(10_000_000, line, f"{fund}-{year}")

    def when(self, stream: str, command: Command, *, command_id: str = "") -> list[Recorded]:
        """Ask something; the clerk sees what came of it."""
        return self._seen([self.asked(stream, command, command_id=command_id)])

    def until(self, day: str | date) -> list[Recorded]:
        """Let days pass: on each the clerk asks for what is due; what it led to."""
        last = date.fromisoformat(str(day))
        led_to: list[Recorded] = []
        while self._to_come and self._to_come[0][0] <= last:
            stated_on, year = self._to_come.pop(0)
            led_to += self._all_due_until(stated_on)
            self.on = max(self.on, stated_on)
            before = len(self.ledger.facts)
            self.state_budget(year)
            led_to += self.ledger.facts[before:]
        return [*led_to, *self._all_due_until(last)]

    def _all_due_until(self, last: date) -> list[Recorded]:
        led_to: list[Recorded] = []
        while (due := self.clerk.next_day()) is not None and due <= last:
            self.on = max(self.on, due)
            now = self.asked(ZHANG, told("left", "2000-01-01")).sent_at
            led_to += self._seen(due_commands(self.clerk.due(self.on), self.on, now))
        self.on = max(self.on, last)
        return led_to

    def _seen(self, asked: list[Asked]) -> list[Recorded]:
        facts = self.ledger.ask(asked)
        self.clerk.see(facts)
        return facts


def told(status: StatusKind, since: str | date, benefit: str = "") -> RecordStatus:
    """Tell a status."""
    day = date.fromisoformat(str(since))
    return RecordStatus(status=status, since=day, source="district.hrss", benefit=benefit)


def contributed(application: str, month: str, fen: int) -> RecordEvidence:
    """Tell what was contributed for a month."""
    return RecordEvidence(
        application=f"district:{application}",
        month=month,
        kind="contributions",
        measure=fen,
        document=f"缴费 {month}",
        source="insurance",
    )


def flexible(name: str, applied_on: str, first: str, count: int) -> DecideApplication:
    """Claim contributions in flexible work of 900 yuan a month; two thirds are paid by the notice
    of 2021."""
    facts: dict[str, FactValue] = {
        "graduate.kind": "高校毕业生",
        "diploma.dated_on": "2020-07-01",
        "flexible.began_on": "2020-09-01",
        "person.status": ["灵活就业@2020-09-01/"],
        "contribution.months": _months(first, count),
        "contribution.self_paid": 900_00 * count,
    }
    return _claims(name, "flexible-si", applied_on, facts)


def hired(name: str, applied_on: str, first: str, count: int) -> DecideApplication:
    """Claim an employer's contributions of 600 yuan a month for somebody of a household without
    employment; all of it is paid."""
    facts: dict[str, FactValue] = {
        "unit.kind": "企业",
        "hardship.category": ["零就业家庭"],
        "contract.signed": True,
        "hire.insured": True,
        "hire.began_on": "2021-07-01",
        "hire.registered": True,
        "unemployment.no_other_way": True,
        "unemployment.introductions": 2,
        "unemployment.continuous_months": 12,
        "advance.requested": False,
        "hire.after_internship": False,
        "contribution.months": _months(first, count),
        "contribution.pension": 400_00 * count,
        "contribution.medical": 150_00 * count,
        "contribution.unemployment": 50_00 * count,
    }
    return _claims(name, "hire-hardship-si", applied_on, facts, EMPLOYER)


def trained(name: str, applied_on: str, first: str, count: int) -> DecideApplication:
    """Claim in-work training of a new hire: 1480 yuan a month, whatever was contributed."""
    facts: dict[str, FactValue] = {
        "unit.kind": "企业",
        "unit.size": "小型",
        "unit.insured_paying": True,
        "in_work.held": True,
        "in_work.months": _months(first, count),
        "graduate.kind": "高校毕业生",
        "diploma.dated_on": "2020-07-01",
        "hire.began_on": "2021-03-01",
        "contract.months": 12,
        "hire.insured": True,
        "hire.registered": False,
        "person.rural": False,
        "hardship.category": [],
    }
    return _claims(name, "in-work-training-hire", applied_on, facts, EMPLOYER)


def jobless(name: str, applied_on: str) -> DecideApplication:
    """Claim unemployment assistance: 800 yuan a month from the month after the application on."""
    facts: dict[str, FactValue] = {
        "ui.status": "不符合领取条件",
        "unemployment.occurred_on": "2021-03-01",
        "months_to_retirement": 240,
    }
    return _claims(name, "unemployment-assistance", applied_on, facts)


def _claims(
    name: str,
    programme: str,
    applied_on: str,
    facts: dict[str, FactValue],
    payee: str = "zhang-san-token",
) -> DecideApplication:
    return applies(
        name, facts, programme=programme, applied_on=applied_on, region=REGION, payee=payee
    )


def _months(first: str, count: int) -> list[str]:
    return months_from(date.fromisoformat(f"{first}-01"), count)
