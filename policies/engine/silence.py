"""Silence: what it means that an application does not state a fact, where a version says so.

In:    a version's `silence`, a claim
Out:   the claim as that version reads it
Holds: what is stated is never changed; silence that no version speaks of stays a missing fact.
"""

from collections.abc import Callable, Iterable, Mapping

from events.application_facts.checking import APPLIED_ON
from events.values import FactValue
from policies.vocabulary import Silence
from policies.vocabulary.outcomes import Claim

ReadsSilence = Callable[[Claim], Claim]


def compile_silence(rules: Iterable[Silence]) -> ReadsSilence:
    """The function that reads a claim with its silences."""
    silent = tuple(rules)
    if not silent:
        return _as_stated

    def with_silences(claim: Claim) -> Claim:
        meant: dict[str, FactValue] = {}
        for rule in silent:
            if rule.fact not in claim.facts and not _barred(rule, claim.facts):
                value = rule.means if rule.as_ is None else _stated_instead(rule.as_, claim)
                if value is not None:
                    meant[rule.fact] = value
        return claim._replace(facts={**claim.facts, **meant}) if meant else claim

    return with_silences


def _as_stated(claim: Claim) -> Claim:
    return claim


def _barred(rule: Silence, facts: Mapping[str, FactValue]) -> bool:
    """Whether another fact says that silence means nothing here."""
    barred = any(_is_stated(facts, fact, values) for fact, values in rule.unless.items())
    return barred or not all(_is_stated(facts, fact, values) for fact, values in rule.only.items())


def _is_stated(facts: Mapping[str, FactValue], fact: str, values: Iterable[str]) -> bool:
    """Whether a fact is stated as one of these values."""
    stated = facts.get(fact)
    return not set(values).isdisjoint(stated if isinstance(stated, list) else [str(stated)])


def _stated_instead(facts: list[str], claim: Claim) -> FactValue | None:
    """What other facts say instead: one by itself, several joined; None where none is stated."""
    known = {**claim.facts, APPLIED_ON: claim.applied_on.isoformat()}
    values = [known[fact] for fact in facts if fact in known]
    return values[0] if len(values) == 1 else "|".join(map(str, values)) or None
