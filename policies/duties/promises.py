"""Promises (告知承诺): which facts a trusted payee may promise in writing instead of proving.

Holds: a promise replaces papers, never a fact: what is promised is stated, and judged as ever.
"""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import Field

from events.payees import Grade
from policies.duties.words import Clause, Convention, Resting
from policies.vocabulary.outcomes import Payee
from policies.vocabulary.places import lies_in
from policies.vocabulary.words import Region

FACT = "promise.facts"
"""What such an application states: the names of the facts that are promised in writing."""


class Offer(Resting):
    """The facts that may be promised when applying for these programmes."""

    programmes: list[str]
    facts: Annotated[list[str], Field(min_length=1)]


class PromiseRules(Clause):
    """The table: from when and where, for payees of which grades and kinds."""

    jurisdiction: Region
    from_: Annotated[date, Field(alias="from")]
    grades: list[Grade]
    payees: list[Payee]
    offers: list[Offer]
    assume: list[Convention]

    def promisable(self, programme: str, region: str, on: date) -> Collection[str]:
        """List the facts of a programme that may be promised there on that day; often none."""
        if on < self.from_ or not lies_in(region, self.jurisdiction):
            return ()
        return [
            fact for offer in self.offers if programme in offer.programmes for fact in offer.facts
        ]
