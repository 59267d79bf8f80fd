"""Clawbacks: the clauses that a notice to a debtor names beside the decision's own document."""

from policies.duties.words import Resting
from policies.vocabulary.words import Words


class ClawbackGround(Resting):
    """The clauses for some causes of a debt."""

    causes: list[str]
    cites: list[str]


class ClawbackGrounds(Words):
    """The table."""

    grounds: list[ClawbackGround]

    def cites(self, cause: str) -> str:
        """Name the clauses for a cause, in words; nothing where no clause speaks of it."""
        found = next((one.cites for one in self.grounds if cause in one.causes), [])
        return "；".join(cite.replace("#", " ") for cite in found)
