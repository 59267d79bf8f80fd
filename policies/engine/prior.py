"""Prior: which uses of which caps a benefit took that was enjoyed before this ledger.

In:    a programme, a region, the day, and whatever is known of the case as facts
Out:   the slots, under every version that may judge later claims, and what could not be told
Holds: nothing is judged: it did happen; a cap that cannot be told is named, never guessed.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, assert_never

from events.application_facts.checking import APPLIED_ON, BY_NAME
from events.values import CapSlot, FactValue
from policies.engine.caps import counted_months, either_keys
from policies.engine.case import (
    Case,
    Check,
    desk_keys,
    key_of,
    read_day,
)
from policies.engine.compile import compile_condition
from policies.engine.nodes import figures_used
from policies.engine.registry import Policies
from policies.engine.silence import compile_silence
from policies.engine.versions import Policy
from policies.vocabulary import Cap, Count, EitherOr, Lifetime, Months, Running, Unique
from policies.vocabulary.outcomes import (
    LIFETIME,
    Claim,
    NothingUsed,
    Slot,
)
from policies.vocabulary.places import jurisdictions


class PastBenefit(NamedTuple):
    """A benefit of the past; `year` and `months` where the papers state them."""

    programme: str
    region: str
    on: date
    facts: Mapping[str, FactValue]
    year: int | None = None
    months: int | None = None


class Uses(NamedTuple):
    """What was taken; `unknown` names caps that cannot be told, with what is missing."""

    slots: tuple[CapSlot, ...]
    unknown: tuple[str, ...]


@lru_cache(maxsize=4096)
def versions_for(policies: Policies, programme: str, region: str) -> tuple[Policy, ...]:
    """List the versions that may judge this region's claims."""
    places = jurisdictions(region)
    return tuple(
        policy
        for policy in policies
        if policy.text.policy == programme and policy.text.jurisdiction in places
    )


def uses_of(policies: Policies, enjoyed: PastBenefit) -> Uses:
    """Work out the slots of a past benefit, each once."""
    slots: dict[tuple[str, str, str, str], CapSlot] = {}
    unknown: dict[str, str] = {}
    for policy in versions_for(policies, enjoyed.programme, enjoyed.region):
        case = _case(policies, policy, enjoyed)
        for cap in policy.text.caps:
            if cap.only_if and case.noted.get(cap.only_if) is False:
                continue
            taken = list(_slots(cap, case, enjoyed))
            if not taken:
                missing = _missing(cap, case)
                unknown[missing] = unknown.get(missing) or cap.quote or ""
            for slot in taken:
                name = (policy.text.family, slot.cap, slot.period, slot.key)
                slots.setdefault(name, CapSlot(family=policy.text.family, **slot._asdict()))
    unknown_caps = tuple(
        f"{quote}：{missing}" if quote else missing for missing, quote in unknown.items()
    )
    return Uses(tuple(slots[name] for name in sorted(slots)), unknown_caps)


@lru_cache(maxsize=16)
def cap_facts(policies: Policies) -> tuple[str, ...]:
    """Name the facts that caps ask for: what a record of the past should state."""
    found: dict[str, None] = {}
    for policy in policies:
        for cap in policy.text.caps:
            found |= dict.fromkeys(_asked(cap))
    found.pop(APPLIED_ON, None)
    return tuple(sorted(found))


def _case(policies: Policies, policy: Policy, enjoyed: PastBenefit) -> Case:
    """A case of which the conditions that caps depend on have been asked."""
    known = policies.completed(enjoyed.programme, enjoyed.on, enjoyed.facts)
    stated = Claim(enjoyed.programme, enjoyed.region, enjoyed.on, known)
    facts = compile_silence(policy.text.silence)(stated).facts
    case = Case(facts, enjoyed.on, NothingUsed())
    for ask in _conditions(policies, policy.content_hash, enjoyed.region):
        ask(case)
    case.gaps.clear()
    return case


@lru_cache(maxsize=4096)
def _conditions(policies: Policies, content_hash: str, region: str) -> tuple[Check, ...]:
    """The conditions of a version, where a cap of it depends on one."""
    text = policies.policy(content_hash).text
    wanted = frozenset(cap.only_if for cap in text.caps if cap.only_if)
    if not wanted:
        return ()
    names = figures_used(text)
    figures = {name: policies.standards.figure(name, region) for name in names}
    nodes = (*text.when, *text.given)
    regions = policies.cities.regions
    return tuple(compile_condition(node, figures, wanted, regions) for node in nodes)


def _slots(cap: Cap, case: Case, enjoyed: PastBenefit) -> Iterator[Slot]:
    match cap:
        case Count():
            yield Slot(
                cap.id, str(enjoyed.year or (read_day(cap.by)(case) or case.applied)[:4]), ""
            )
        case Lifetime():
            yield Slot(cap.id, LIFETIME, "")
        case Unique():
            yield from (Slot(cap.id, LIFETIME, key) for key in _keys(cap, case))
        case Months():
            if (months := _months(cap, case, enjoyed)) is not None:
                yield Slot(cap.id, LIFETIME, "", months)
        case EitherOr():
            for key in either_keys(cap, key_of(tuple(cap.keys)))(case):
                yield Slot(cap.id, LIFETIME, key)
        case Running():
            which = key_of((cap.key,))(case, cap.id)
            start, end = read_day(cap.start)(case), read_day(cap.end)(case)
            for fact, value in ((cap.start, start), (cap.end, end)):
                if value is None:
                    case.lacks(cap.id, fact)
            if which is not None and start is not None and end is not None:
                yield Slot(cap.id, LIFETIME, f"{start}/{end}/{which}")
        case _:
            assert_never(cap)


def _keys(cap: Unique, case: Case) -> list[str]:
    return desk_keys(tuple(cap.keys))(case, cap.id) or []


def _months(cap: Months, case: Case, enjoyed: PastBenefit) -> int | None:
    """The months stated as such, else those that the facts list or count."""
    if enjoyed.months is not None:
        return enjoyed.months
    stated = case.facts.get(cap.take)
    if stated is None:
        case.lacks(cap.id, cap.take)
        return None
    return counted_months(cap, stated, case.facts)


def _asked(cap: Cap) -> tuple[str, ...]:
    match cap:
        case Count():
            return (cap.by,)
        case Lifetime():
            return ()
        case Unique() | EitherOr():
            return tuple(cap.keys)  # `also` is what intake notes, no column of a form
        case Months():
            return (cap.take, *([cap.without] if cap.without else []))
        case Running():
            return (cap.key, cap.start, cap.end)
        case _:
            assert_never(cap)


def _missing(cap: Cap, case: Case) -> str:
    """Say which facts a cap needs, in the words of the form."""
    missing = [
        BY_NAME[fact].label
        for fact in _asked(cap)
        if fact in BY_NAME and case.facts.get(fact) is None
    ]
    return f"缺少{'、'.join(missing) or '依据'}"
