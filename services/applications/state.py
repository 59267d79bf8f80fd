"""Applications of one beneficiary, as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    Stated,
)

_NONE: Mapping[str, ApplicationCorrected] = MappingProxyType({})


@dataclass(slots=True)
class Filed:
    """One claim line: the content that stands, and every digest it ever had."""

    digest: str
    stated: Stated
    withdrawn: bool = False
    seen: tuple[str, ...] = ()


@dataclass(slots=True)
class Applications:
    """The claim lines of one beneficiary, by application key.

    What few beneficiaries ever have is a shared empty one until then: there are millions of them.
    """

    filed: dict[str, Filed] = field(default_factory=dict)
    withdrawn_early: frozenset[str] = frozenset()
    corrected_early: Mapping[str, ApplicationCorrected] = field(default_factory=lambda: _NONE)

    def filed_as(self, fact: ApplicationFiled) -> None:
        """Fold a filing."""
        early = fact.application in self.withdrawn_early
        self.filed[fact.application] = Filed(fact.digest, fact.stated, early, (fact.digest,))

    def corrected_to(self, fact: ApplicationCorrected) -> None:
        """Fold a correction."""
        if fact.before_filing:
            self.corrected_early = {**self.corrected_early, fact.application: fact}
            return
        claim = self.filed[fact.application]
        claim.digest, claim.stated = fact.digest, fact.stated
        claim.seen += (fact.digest,)

    def withdrawn(self, fact: ApplicationWithdrawn) -> None:
        """Fold a withdrawal."""
        if fact.before_filing:
            self.withdrawn_early |= {fact.application}
        else:
            self.filed[fact.application].withdrawn = True

    def conflicted(self, fact: ApplicationConflicted) -> None:
        """Fold a conflict, so that its repeat stays quiet."""
        if claim := self.filed.get(fact.application):
            claim.seen += (fact.digest,)
