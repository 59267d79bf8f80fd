"""Applications of one beneficiary, as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from events import applications
from events.links import ApplicationReceived

_NONE: Mapping[str, tuple[applications.ApplicationCorrected, ...]] = MappingProxyType({})

Correction = tuple[str, str]
"""(digest replaced, digest that replaces it): what tells one correction from another."""


@dataclass(slots=True)
class Filed:
    """One claim line: the content that stands, every digest that ever stood, each correction made."""

    digest: str
    stated: applications.Stated
    withdrawn: bool = False
    digests: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(slots=True)
class Applications:
    """The claim lines of one beneficiary, by application key.

    What few beneficiaries ever have is a shared empty one until then: there are millions of them.
    """

    filed: dict[str, Filed] = field(default_factory=dict)
    withdrawn_early: frozenset[str] = frozenset()
    corrected_early: Mapping[str, tuple[applications.ApplicationCorrected, ...]] = field(
        default_factory=lambda: _NONE
    )
    conflicts: frozenset[tuple[str, str]] = frozenset()

    def waiting(self, application: str) -> tuple[applications.ApplicationCorrected, ...]:
        """List the corrections that came before what they replace."""
        return self.corrected_early.get(application, ())

    def filed_as(self, fact: applications.ApplicationFiled) -> None:
        """Fold a filing."""
        early = fact.application in self.withdrawn_early
        self.filed[fact.application] = Filed(fact.digest, fact.stated, early, (fact.digest,))

    def received(self, fact: ApplicationReceived) -> None:
        """Fold an application that another history has filed."""
        self.filed[fact.application] = Filed(fact.digest, fact.stated, False, (fact.digest,))

    def corrected_to(self, fact: applications.ApplicationCorrected) -> None:
        """Fold a correction."""
        if fact.before_filing:
            waiting = (*self.waiting(fact.application), fact)
            self.corrected_early = {**self.corrected_early, fact.application: waiting}
            return
        claim = self.filed[fact.application]
        claim.digest, claim.stated = fact.digest, fact.stated
        claim.digests += (fact.digest,)
        claim.corrections += ((fact.replaces, fact.digest),)

    def withdrawn(self, fact: applications.ApplicationWithdrawn) -> None:
        """Fold a withdrawal."""
        if fact.before_filing:
            self.withdrawn_early |= {fact.application}
        else:
            self.filed[fact.application].withdrawn = True

    def conflicted(self, fact: applications.ApplicationConflicted) -> None:
        """Fold a conflict, so that its repeat stays quiet."""
        self.conflicts |= {(fact.application, fact.digest)}
