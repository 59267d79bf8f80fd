"""The words in which tests speak: given facts, when a command, then facts.

A `Scene` is one in-memory ledger with a legal day; `when` sends a command and keeps what it led to.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from events import streams
from events.applications import CorrectApplication, DecideApplication, Stated, WithdrawApplication
from events.budgets import AllocateBudget
from events.envelope import Asked, Recorded
from events.hands import NOBODY_ALONE, RULE_ALONE
from events.instalments import PreCheckInstalment
from events.values import Arrival, Command, Fact, FactValue
from policies.engine.registry import Policies
from services.streams.in_memory import InMemoryLedger
from tests.example_cities import policies_with

F = TypeVar("F", bound=Fact)

ZHANG = streams.beneficiary("zhang-san-token")
DISTRICT = "211202"
FUND = "unemployment_insurance"
LINE_2022 = streams.fund_line(FUND, DISTRICT, 2022)
ARRIVED = Arrival(topic="benefits.applications.v1", partition=0, offset=0, event="e-1")


@cache
def policies() -> Policies:
    """The shipped policies, loaded once for all tests; of the example cities no figure of their own."""
    return policies_with()


@cache
def policies_of_a_city_that_set_its_standards() -> Policies:
    """The shipped policies with the figures that a city must set itself (allowances, say)."""
    return policies_with(Path(__file__).parent / "policies" / "city-parameters")


def certificate(
    occupation: str = "电工", level: str = "四级", on: str = "2022-03-15", **more: FactValue
) -> dict[str, FactValue]:
    """State a certificate obtained while drawing unemployment benefit."""
    return {
        "certificate.occupation": occupation,
        "certificate.level": level,
        "certificate.number": f"{occupation}-{level}-{on}",
        "certificate.issued_on": on,
        "person.status": ["领取失业保险金期间@2022-01-01/"],
        **more,
    }


def stated(
    facts: dict[str, FactValue] | None = None,
    *,
    programme: str = "skill-upgrade",
    applied_on: str = "2022-08-12",
    region: str = DISTRICT,
    payee: str = "zhang-san-token",
) -> Stated:
    """State an application for the skill-upgrade subsidy, or another programme."""
    return Stated(
        programme=programme,
        region=region,
        applied_on=date.fromisoformat(applied_on),
        channel="window",
        payee=payee,
        account=f"account-of-{payee}",
        facts=certificate() if facts is None else facts,
    )


def applies(
    application: str = "a",
    facts: dict[str, FactValue] | None = None,
    *,
    digest: str = "",
    programme: str = "skill-upgrade",
    applied_on: str = "2022-08-12",
    region: str = DISTRICT,
    payee: str = "zhang-san-token",
) -> DecideApplication:
    """Apply under the id `application`; its digest follows from its content unless given."""
    content = stated(facts, programme=programme, applied_on=applied_on, region=region, payee=payee)
    return DecideApplication(
        application=f"district:{application}",
        digest=digest or _digest(content),
        stated=content,
        arrived=ARRIVED,
    )


def corrects(
    application: str,
    replaces: DecideApplication | CorrectApplication,
    facts: dict[str, FactValue],
    *,
    programme: str = "skill-upgrade",
    applied_on: str = "2022-08-12",
    payee: str = "zhang-san-token",
) -> CorrectApplication:
    """Correct an application, naming what it replaces."""
    content = stated(facts, programme=programme, applied_on=applied_on, payee=payee)
    return CorrectApplication(
        application=f"district:{application}",
        replaces=replaces.digest,
        digest=_digest(content),
        stated=content,
        arrived=ARRIVED,
    )


def withdraws(application: str = "a") -> WithdrawApplication:
    """Take an application back."""
    return WithdrawApplication(application=f"district:{application}", reason="本人撤回")


def pre_checks(application: str = "a", no: int = 1) -> PreCheckInstalment:
    """Check an instalment that has fallen due."""
    return PreCheckInstalment(application=f"district:{application}", no=no)


def _digest(content: Stated) -> str:
    return uuid5(NAMESPACE_URL, content.model_dump_json()).hex


class Scene:
    """An in-memory ledger, with the legal day of what is asked next."""

    def __init__(self, on: str = "2022-08-12", law: Policies | None = None) -> None:
        self.ledger = InMemoryLedger(law or policies())
        self.on = date.fromisoformat(on)
        self._asked = 0

    def budget(self, yuan: int, line: str = LINE_2022, document: str = "") -> "Scene":
        """Allocate money to a line."""
        document = document or f"拨款-{self._asked}"
        self.when(line, AllocateBudget(document=document, amount=yuan * 100))
        return self

    def when(self, stream: str, command: Command, *, command_id: str = "") -> list[Recorded]:
        """Send a command; what it led to, on all streams, in order."""
        return self.ledger.ask([self.asked(stream, command, command_id=command_id)])

    def asked(self, stream: str, command: Command, *, command_id: str = "") -> Asked:
        """Put a command into its envelope; what takes two people, as once both have said so."""
        self._asked += 1
        by = "desk" if type(command).__name__ in (NOBODY_ALONE | RULE_ALONE) else "test"
        return Asked(
            command_id or str(uuid5(NAMESPACE_URL, f"test/{self._asked}")),
            stream,
            datetime(2026, 1, 1, 0, 0, self._asked % 60, tzinfo=UTC),
            self.on,
            by,
            command,
        )


def kinds(facts: Iterable[Recorded]) -> list[str]:
    """Name the facts."""
    return [type(recorded.body).__name__ for recorded in facts]


def only(facts: Iterable[Recorded], kind: type[F]) -> F:
    """Find the one fact of a kind."""
    found = [recorded.body for recorded in facts if isinstance(recorded.body, kind)]
    assert len(found) == 1, f"{len(found)} × {kind.__name__}"
    return found[0]
