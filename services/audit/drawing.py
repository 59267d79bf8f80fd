"""Drawing: which grants a plan draws, by chance or by a risk; a pure function of plan and grants.

In:    a plan; the grants that it draws from; which of their accounts are one account, or phones one phone
Out:   the items of the sample, what the rule found, and the population's digest
Holds: the order of the grants does not matter; chance is SHA-256 over seed and key, which anybody
       can compute with a pocket tool; what a risk found together is drawn together or not at all,
       unless it is more than the whole sample
Source: docs/adr/0048-samples-can-be-drawn-again.md
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from statistics import median
from typing import NamedTuple

from events.samples import DrawSample, SampledItem, SamplePlan, SampleRule
from projections.queries.sample_population import GrantRow

RULES_VERSION = 1
LEAST_PEERS = 3
"""Fewer other units of a programme are no peers to measure against."""

THRESHOLDS: Mapping[SampleRule, int] = {"minutes_apart": 10, "above_peers": 300}
"""What a form proposes: minutes; percent of the peers' median. The plan says what was taken."""

Groups = dict[str, list[str]]
"""What was found together: by the group's name, the keys of its applications."""


class Drawn(NamedTuple):
    """What a plan draws."""

    plan: SamplePlan
    population: int
    population_digest: str
    found: int
    items: tuple[SampledItem, ...]

    def command(self, operator: str) -> DrawSample:
        """Put it on record."""
        return DrawSample(
            number=self.plan.number,
            plan=self.plan,
            population=self.population,
            population_digest=self.population_digest,
            found=self.found,
            items=self.items,
            operator=operator,
        )


def draw(
    plan: SamplePlan, grants: Sequence[GrantRow], same_thing: Mapping[str, str] | None = None
) -> Drawn:
    """Draw a plan's sample.

    Shape: `same_thing` is token of an account → one name for all tokens of the same real account;
           for `shared_phone` the same of phones
    """
    ordered = sorted(grants, key=lambda grant: grant.application)
    digest = sha256("\n".join(grant.application for grant in ordered).encode()).hexdigest()
    groups = _RULES[plan.rule](plan, ordered, same_thing or {})
    return Drawn(plan, len(ordered), digest, *_cut(plan, groups))


def rank(seed: str, key: str) -> str:
    """The place of a key in the order of chance: SHA-256 over seed, a line feed and key."""
    return sha256(f"{seed}\n{key}".encode()).hexdigest()


def _cut(plan: SamplePlan, groups: Groups) -> tuple[int, tuple[SampledItem, ...]]:
    """Take groups in the order of chance while they fit; an application stands in its first group.

    Of a group that is larger than the whole sample, members are taken in the order of chance.
    """
    found = len({key for members in groups.values() for key in members})
    taken: dict[str, str] = {}
    chance = plan.rule == "random"
    for name in sorted(groups, key=lambda name: (rank(plan.seed, name), name)):
        if len(taken) == plan.size:
            break
        new = [key for key in groups[name] if key not in taken]
        if len(new) > plan.size:
            new = sorted(new, key=lambda key: rank(plan.seed, key))[: plan.size - len(taken)]
        if len(taken) + len(new) <= plan.size:
            taken |= dict.fromkeys(new, "" if chance else name)
    return found, tuple(SampledItem(application=key, group=taken[key]) for key in taken)


def _random(plan: SamplePlan, grants: Sequence[GrantRow], _same: Mapping[str, str]) -> Groups:
    return {grant.application: [grant.application] for grant in grants}


def _shared_account(
    _plan: SamplePlan, grants: Sequence[GrantRow], same: Mapping[str, str]
) -> Groups:
    """One real account into which more than one payee is paid."""
    return _groups(
        grants,
        lambda grant: same.get(grant.account, grant.account),
        lambda members: len({grant.payee for grant in members}) > 1,
    )


def _shared_phone(_plan: SamplePlan, grants: Sequence[GrantRow], same: Mapping[str, str]) -> Groups:
    """One real phone that more than one person or unit stated as their own."""
    return _groups(
        grants,
        lambda grant: same.get(grant.phone, grant.phone),
        lambda members: len({grant.beneficiary for grant in members}) > 1,
    )


def _same_certificate(
    _plan: SamplePlan, grants: Sequence[GrantRow], _same: Mapping[str, str]
) -> Groups:
    """One certificate for which more than one claim was granted."""
    return _groups(grants, lambda grant: grant.certificate, lambda members: len(members) > 1)


def _minutes_apart(plan: SamplePlan, grants: Sequence[GrantRow], same: Mapping[str, str]) -> Groups:
    """Claims of one person, or into one account, that arrived within minutes of each other.

    Claims into a unit's account are its own business: many come in one batch.
    """
    found: Groups = {}
    for key_of in (
        lambda grant: grant.beneficiary,
        lambda grant: same.get(grant.account, grant.account) if grant.payee[:1] == "p" else "",
    ):
        by_key = _groups(grants, key_of, lambda members: len(members) > 1)
        whole = {grant.application: grant for grant in grants}
        for members in by_key.values():
            run: list[GrantRow] = []
            for grant in sorted((whole[key] for key in members), key=_arrival):
                apart = (grant.filed_at - run[-1].filed_at).total_seconds() if run else 0.0
                if run and apart > plan.threshold * 60:
                    _keep_run(found, run)
                    run = []
                run.append(grant)
            _keep_run(found, run)
    return found


def _arrival(grant: GrantRow) -> tuple[float, str]:
    return grant.filed_at.timestamp(), grant.application


def _keep_run(found: Groups, run: list[GrantRow]) -> None:
    if len(run) > 1:
        members = sorted(grant.application for grant in run)
        found[_name(members)] = members


def _above_peers(plan: SamplePlan, grants: Sequence[GrantRow], _same: Mapping[str, str]) -> Groups:
    """Units that were granted more of a programme than so many percent of their peers' median.

    A unit's peers are the other units of the same programme in the population.
    """
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for grant in grants:
        if grant.payee[:1] == "u":
            sums[grant.programme][grant.payee] += grant.amount_fen
            members[grant.programme, grant.payee].append(grant.application)
    found: Groups = {}
    for programme, by_unit in sums.items():
        for unit, amount in by_unit.items():
            peers = [other for name, other in by_unit.items() if name != unit]
            if len(peers) >= LEAST_PEERS and amount * 100 > median(peers) * plan.threshold:
                keys = sorted(members[programme, unit])
                found[_name(keys)] = keys
    return found


def _groups(
    grants: Iterable[GrantRow],
    key_of: Callable[[GrantRow], str],
    tells: Callable[[list[GrantRow]], bool],
) -> Groups:
    """Put grants with one key together, and keep the groups that tell something."""
    by_key: dict[str, list[GrantRow]] = defaultdict(list)
    for grant in grants:
        if key := key_of(grant):
            by_key[key].append(grant)
    told = (
        sorted(grant.application for grant in members)
        for members in by_key.values()
        if tells(members)
    )
    return {_name(members): members for members in told}


def _name(members: Sequence[str]) -> str:
    """Name a group after its members alone, so that no token or number stands in a sample."""
    return sha256("\n".join(members).encode()).hexdigest()[:8]


_RULES: Mapping[
    SampleRule, Callable[[SamplePlan, Sequence[GrantRow], Mapping[str, str]], Groups]
] = {
    "random": _random,
    "shared_account": _shared_account,
    "minutes_apart": _minutes_apart,
    "above_peers": _above_peers,
    "same_certificate": _same_certificate,
    "shared_phone": _shared_phone,
}
