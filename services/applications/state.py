"""Applications of one beneficiary, as they stand."""

from dataclasses import dataclass, field

from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    Stated,
)


@dataclass(slots=True)
class Filed:
    """One claim line: the content that stands, and every digest it ever had."""

    digest: str
    stated: Stated
    withdrawn: bool = False
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Applications:
    """The claim lines of one beneficiary, by application key."""

    filed: dict[str, Filed] = field(default_factory=dict)
    withdrawn_early: set[str] = field(default_factory=set)
    corrected_early: dict[str, ApplicationCorrected] = field(default_factory=dict)

    def filed_as(self, fact: ApplicationFiled) -> None:
        """Fold a filing."""
        early = fact.application in self.withdrawn_early
        self.filed[fact.application] = Filed(fact.digest, fact.stated, early, {fact.digest})

    def corrected_to(self, fact: ApplicationCorrected) -> None:
        """Fold a correction."""
        if fact.before_filing:
            self.corrected_early[fact.application] = fact
            return
        claim = self.filed[fact.application]
        claim.digest, claim.stated = fact.digest, fact.stated
        claim.seen.add(fact.digest)
        self.corrected_early.pop(fact.application, None)

    def withdrawn(self, fact: ApplicationWithdrawn) -> None:
        """Fold a withdrawal."""
        if fact.before_filing:
            self.withdrawn_early.add(fact.application)
        else:
            self.filed[fact.application].withdrawn = True

    def conflicted(self, fact: ApplicationConflicted) -> None:
        """Fold a conflict, so that its repeat stays quiet."""
        if claim := self.filed.get(fact.application):
            claim.seen.add(fact.digest)
