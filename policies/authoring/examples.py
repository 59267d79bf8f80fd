"""Examples: for each version the smallest claim that it decides as its golden cases say.

In:    golden results, the policies as shipped
Out:   by version, a claim with no past, and its outcome
Holds: every example was decided by the rules when the page was made; a fact that could be left out
       without another outcome is left out; a place without a notice of its own stands for its
       province. A version that never pays by shipped figures has a claim that a person must complete.
"""

from collections.abc import Iterable, Mapping

from policies.authoring.golden import Result
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import (
    Claim,
    Grant,
    NothingUsed,
    Outcome,
    Refer,
)
from policies.vocabulary.places import jurisdictions

Example = tuple[Claim, Outcome]


def examples(policies: Policies, results: Iterable[Result]) -> Mapping[str, Example]:
    """By version (``<programme>/<jurisdiction>-<date>``): its first plain case, reduced."""
    places = {policy.text.jurisdiction for policy in policies}
    granted: dict[str, Example] = {}
    referred: dict[str, Example] = {}
    for result in results:
        claim = result.claim
        of_a_city = places & set(jurisdictions(claim.region)[:-1])
        if not of_a_city and result.outcome.policy is not None:
            claim = claim._replace(region=result.outcome.policy.jurisdiction)
        outcome = policies.evaluate(claim, NothingUsed())
        if outcome.policy is None:
            continue
        name = f"{outcome.policy.programme}/{outcome.policy.jurisdiction}-{outcome.policy.version}"
        match outcome:
            case Grant() if name not in granted:
                granted[name] = _reduced(policies, claim, outcome)
            case Refer(code="NOT_STATED") if name not in referred:
                referred[name] = _reduced(policies, claim, outcome)
            case _:
                pass
    return {**referred, **granted}


def _reduced(policies: Policies, claim: Claim, outcome: Outcome) -> Example:
    """Leave out, one by one, what makes no difference."""
    wanted = _gist(outcome)
    for fact in sorted(claim.facts):
        less = {name: value for name, value in claim.facts.items() if name != fact}
        without = claim._replace(facts=less)
        if _gist(policies.evaluate(without, NothingUsed())) == wanted:
            claim = without
    return claim, policies.evaluate(claim, NothingUsed())


def _gist(outcome: Outcome) -> tuple[object, ...]:
    """What must stay the same: the version, what is paid, or what a person must complete."""
    match outcome:
        case Grant():
            return ("granted", outcome.policy, outcome.plan, outcome.slots, outcome.payee)
        case Refer():
            return ("referred", outcome.policy, outcome.code, outcome.text)
        case _:
            return ("denied",)
