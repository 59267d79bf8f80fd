"""Completing: what a claim's facts say that its sender need not write.

Holds: nothing of it was stated, so no digest counts it.
"""

from events.application_facts import checking
from events.contract.inbound.applications import AUTO
from events.contract.inbound.claims import Claim
from events.contract.inbound.documents import birth_of
from events.contract.inbound.semantics import Known


def completed(claim: Claim, known: Known) -> Claim:
    """Add the day of birth, and that nobody applied."""
    return _as_matched(_with_birth(claim, known))


def _with_birth(claim: Claim, known: Known) -> Claim:
    """Take the day of birth from an id that has one, where the programme asks for it: the document
    knows better than what is stated."""
    asked = claim.programme in known.asking_birth and claim.beneficiary.kind == "person"
    if not asked:
        return claim
    born = birth_of(claim.beneficiary.id)
    return claim if born is None else claim._replace(facts={**claim.facts, checking.BORN_ON: born})


def _as_matched(claim: Claim) -> Claim:
    """Note on a claim that a data match has made (免申即享) that nobody applied."""
    if claim.channel != AUTO or checking.WITHOUT_APPLICATION in claim.facts:
        return claim
    return claim._replace(facts={**claim.facts, checking.WITHOUT_APPLICATION: True})
