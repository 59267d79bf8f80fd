"""Reckonable: whether the days and numbers of a claim are ones that rules can reckon with.

In:    a claim, as it was stated
Out:   the first fact that lies outside of all bounds, or None
Holds: whatever comes past the contract (an older command, another producer) is looked at by a
       person; no rule meets a day after which the calendar ends
"""

from functools import lru_cache

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME, LIST_LIMIT, whole_bounds
from events.canonical import FIRST_DAY, LAST_DAY, iso_day, iso_month
from policies.vocabulary.outcomes import Claim, Refer

_DAYS = frozenset(name for name, fact in BY_NAME.items() if fact.type is FactType.DATE)
_MONTHS = frozenset(
    name for name, fact in BY_NAME.items() if fact.type in (FactType.MONTH, FactType.MONTHS)
)
_NUMBERS = {
    name: whole_bounds(fact)
    for name, fact in BY_NAME.items()
    if fact.type in (FactType.WHOLE, FactType.FEN)
}


def beyond(claim: Claim) -> str | None:
    """Name what nobody can reckon with."""
    if not FIRST_DAY <= claim.applied_on <= LAST_DAY:
        return "application.applied_on"
    for name, value in claim.facts.items():
        if isinstance(value, str):
            if (name in _DAYS and not _is_day(value)) or (name in _MONTHS and not _is_month(value)):
                return name
        elif isinstance(value, list):
            months = name in _MONTHS and not all(map(_is_month, value))
            if months or len(value) > LIST_LIMIT:
                return name
        elif (bounds := _NUMBERS.get(name)) and not bounds[0] <= value <= bounds[1]:
            return name
    return None


@lru_cache(maxsize=16_384)
def _is_day(value: str) -> bool:
    return iso_day(value) is not None


@lru_cache(maxsize=4_096)
def _is_month(value: str) -> bool:
    return iso_month(value) is not None


def to_a_person(fact: str) -> Refer:
    """Refer a claim for a fact that lies outside of all bounds."""
    known = BY_NAME.get(fact)
    text = f"{known.label if known else '申请日期'}超出可以计算的范围，须更正后再办理。"
    return Refer(None, "OUT_OF_BOUNDS", (fact,), text, None, (), (), (), None, ())
