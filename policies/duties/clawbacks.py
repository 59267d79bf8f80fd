"""Clawbacks: the clauses that a notice to a debtor names beside the decision's own document."""

from typing import Self

from pydantic import model_validator

from policies.duties.words import Resting, each_once
from policies.vocabulary.words import Words


class ClawbackGround(Resting):
    """The clauses for some causes of a debt."""

    causes: list[str]
    cites: list[str]


class ClawbackGrounds(Words):
    """The table."""

    grounds: list[ClawbackGround]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once((one.id, cause) for one in self.grounds for cause in one.causes)
        return self

    def cites(self, cause: str) -> str:
        """Name the clauses for a cause, in words; nothing where no clause speaks of it."""
        found = next((one.cites for one in self.grounds if cause in one.causes), [])
        return "；".join(cite.replace("#", " ") for cite in found)
