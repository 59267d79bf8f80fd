"""Samples: grants drawn for inspection, and what the inspector found in each.

A sample is what its plan draws from the facts at or below its position vector: whoever has the ledger
draws the same again. Its number is a digest of the plan, so a plan makes one sample.
Source: docs/adr/0048-samples-can-be-drawn-again.md
"""

from datetime import date
from hashlib import sha256
from typing import Literal

from events.values import ApplicationKey, Command, Fact, Value

SampleRule = Literal[
    "random",
    "shared_account",
    "minutes_apart",
    "above_peers",
    "same_certificate",
    "shared_phone",
]
"""By chance alone; or by a risk: one bank account for several payees, one phone for several people, applications of one person or
account minutes apart, a unit far above its peers, one certificate stated twice."""

Conclusion = Literal["sound", "doubtful", "wrong"]

MOST_ITEMS = 500
"""Applications in one sample: more is no sample that people inspect."""


class SamplePlan(Value):
    """By what a sample is drawn.

    Units: `threshold` is minutes (minutes_apart) or percent of the peers' median (above_peers), and
    0 for the rules that have none; `vector` is the canonical text of a position vector; an empty
    programme or region means all
    """

    rule: SampleRule
    rules_version: int
    seed: str
    size: int
    programme: str
    region: str
    granted_from: date
    granted_to: date
    threshold: int
    vector: str

    @property
    def number(self) -> str:
        """Name the sample after all that it is drawn by: ``SP-`` and 12 digits of SHA-256."""
        said = "\n".join(f"{name} {value}" for name, value in self)
        return f"SP-{sha256(said.encode()).hexdigest()[:12]}"


class SampledItem(Value):
    """One application; those of one `group` were found together (empty where chance alone drew)."""

    application: ApplicationKey
    group: str


class DrawSample(Command):
    """An inspector puts a sample on record before looking into it.

    Units: `population` counts the grants that the plan draws from, `population_digest` is SHA-256 over
    their keys; `found` counts those that the rule found, before `size` cut them
    """

    number: str
    plan: SamplePlan
    population: int
    population_digest: str
    found: int
    items: tuple[SampledItem, ...]
    operator: str


class ConcludeItem(Command):
    """An inspector says what was found in one application of a sample."""

    number: str
    application: ApplicationKey
    conclusion: Conclusion
    finding: str
    operator: str


class CloseSample(Command):
    """An inspector ends a sample in which every application has its conclusion."""

    number: str
    operator: str


class SampleDrawn(Fact):
    """A sample is on record: what was drawn, from what, by which plan."""

    number: str
    plan: SamplePlan
    population: int
    population_digest: str
    found: int
    items: tuple[SampledItem, ...]
    operator: str


class ItemConcluded(Fact):
    """What was found in one application of a sample; a later conclusion replaces an earlier one."""

    number: str
    application: ApplicationKey
    conclusion: Conclusion
    finding: str
    operator: str


class SampleClosed(Fact):
    """Every application of the sample has its conclusion; none changes any more."""

    number: str
    sound: int
    doubtful: int
    wrong: int
    operator: str


SampleCommand = DrawSample | ConcludeItem | CloseSample
SampleFact = SampleDrawn | ItemConcluded | SampleClosed
