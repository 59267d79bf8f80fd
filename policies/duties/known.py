"""Known: which stated facts the ledger's own record can know better, and what it says of them.

Holds: what stands in no row here, the record cannot know; such a fact stands as it was stated.
Source: docs/adr/0026-what-the-ledger-knows-goes-first.md
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from events.application_facts.checking import BY_NAME
from events.status import StatusKind
from policies.duties.words import Clause, Convention
from policies.vocabulary.words import Words

Days = Annotated[list[str], Field(min_length=1)]
"""The facts that name the day on which something is tested: the first one stated counts."""

YES = "是"
_STATUS: TypeAdapter[StatusKind] = TypeAdapter(StatusKind)


class StatusRule(Words):
    """Which values of a fact a recorded status rules out; without `on`, the clause names the day."""

    id: str
    fact: str
    on: Days | None = None
    day_before: bool = False
    rules_out: dict[str, list[str]]
    assume: str

    @cached_property
    def values(self) -> frozenset[str]:
        """Every value that the fact may have."""
        return frozenset(BY_NAME[self.fact].values or (YES,))

    @cached_property
    def remaining(self) -> tuple[tuple[StatusKind, str, frozenset[str]], ...]:
        """(status, benefit, what remains possible)."""
        return tuple(
            (*_status(name), self.values - frozenset(values))
            for name, values in self.rules_out.items()
        )


def _status(name: str) -> tuple[StatusKind, str]:
    """``receiving unemployment-benefit``: the status, and the benefit where it is of one."""
    status, _, benefit = name.partition(" ")
    return _STATUS.validate_python(status), benefit


class Longest(Words):
    """A number of months out of work, which a recorded job shortens."""

    id: str
    fact: str
    on: Days
    assume: str


class Began(Words):
    """A day on which something is said to have begun that a recorded status excludes."""

    id: str
    fact: str
    not_while: Literal["employed"]
    assume: str


class Granted(Words):
    """A count that is never less than what was granted before under these programmes; a person sees to
    one that is."""

    id: str
    fact: str
    programmes: list[str]
    assume: str


class OfHousehold(Words):
    """The category of `stops.household`, lost for good; `own_job` names the programmes that pay for
    the very job by which the person's own household lost it."""

    on: Days
    own_job: list[str]
    assume: str


class RunningOn(Clause):
    """The programmes whose benefit goes on over several claims."""

    programmes: list[str]
    assume: str


class KnownFacts(Clause):
    """The table."""

    words: dict[str, str]
    benefits: dict[str, str]
    said: list[StatusRule]
    longest: list[Longest]
    began: list[Began]
    granted: list[Granted]
    household: OfHousehold
    running: RunningOn
    assume: list[Convention]

    @cached_property
    def by_clause(self) -> dict[str, StatusRule]:
        """The rules of facts that are tested on a clause's own day, by fact."""
        return {rule.fact: rule for rule in self.said if rule.on is None}

    def status(self, status: str, benefit: str = "") -> str:
        """A status in words."""
        return f"{self.words[status]}{self.benefits.get(benefit, benefit)}"
