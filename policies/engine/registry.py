"""Registry: every policy version, loaded once; the door through which deciders come.

In:    the folder of policies, and optionally a city's own parameters
Out:   `Policies.evaluate`: a claim and counters in, an outcome out
Holds: immutable after loading; the same claim, counters and files give the same outcome.
"""

import copy
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from events.figures import StatedFigure
from events.values import FactValue, PolicyRef
from policies.cities import NO_CITY, Cities
from policies.duties import Duties, own_tables, shipped, with_own
from policies.duties.months import each_when_over
from policies.engine.amounts import Plan
from policies.engine.case import Case
from policies.engine.derived import RULES, with_derived
from policies.engine.evaluate import months_at_most
from policies.engine.explain import no_policy, two_versions
from policies.engine.facts_used import facts_used
from policies.engine.nodes import amounts, figures_used
from policies.engine.reckonable import beyond, to_a_person
from policies.engine.region_versions import RegionVersion, RegionVersions
from policies.engine.running_benefits import kept_as_stated, kept_on_record
from policies.engine.versions import ROOT, Policy, load_versions
from policies.engine.windows import nearest
from policies.reference_data.figure_reading import load_standards
from policies.reference_data.standards import Standards
from policies.reference_data.stated_figures import Figures, with_stated
from policies.vocabulary import Monthly
from policies.vocabulary.outcomes import (
    AT_GRANT,
    Claim,
    Counters,
    Deny,
    Outcome,
    PlanPart,
    Refer,
)


class Policies:
    """All versions of all programmes with the figures they use."""

    def __init__(
        self,
        versions: tuple[Policy, ...],
        standards: Standards,
        cities: Cities = NO_CITY,
        duties: Duties | None = None,
    ) -> None:
        self.cities = cities
        self.duties = duties or shipped()
        """What holds for payments and money whatever the programme."""
        self._versions = versions
        self._standards = standards
        self._by_hash = {policy.content_hash: policy for policy in versions}
        self._of_regions = RegionVersions(versions, standards, self.duties, cities.regions)
        self._derived = _derived_facts(versions)
        self._written = standards
        self._figures: Figures = {}
        self._with_one_more: dict[tuple[str, int], Policies] = {}

    @classmethod
    def load(
        cls, root: Path | None = None, overrides: Path | None = None, cities: Cities = NO_CITY
    ) -> "Policies":
        """Read every programme under `root`, and what cities decide themselves.

        Shape:  `overrides` is a directory of figures that go before every other; a try-out has one
        Raises: FileProblem, ValueError: a file that breaks the vocabulary never gets in
        """
        root = root or ROOT
        own = [path for city in cities if (path := city.folder / "figures").is_dir()]
        standards = load_standards(root / "parameters", *own, overrides, regions=cities.regions)
        versions = load_versions(root, cities)
        return cls(versions, standards, cities, duties_with(versions, cities))

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._versions)

    @property
    def standards(self) -> Standards:
        """The figures that these policies use."""
        return self._standards

    @property
    def written(self) -> Standards:
        """The figures as files state them, without what was stated on the running ledger."""
        return self._written

    @property
    def figures(self) -> Figures:
        """The figures that were stated on the running ledger, as far as these policies go by them."""
        return self._figures

    def with_figures(self, figures: Iterable[StatedFigure]) -> "Policies":
        """The same policies, going by these figures of the running ledger too.

        Holds: the order in which figures are taken up makes no difference; a region that none of
               them is for keeps what was compiled for it
        """
        made = self
        for one in figures:
            made = made._with_figure(one)
        return made

    def _with_figure(self, figure: StatedFigure) -> "Policies":
        key = (figure.jurisdiction, figure.number)
        if self._figures.get(key) == figure:
            return self
        made = self._with_one_more.get(key)
        if made is None or made._figures[key] != figure:
            made = copy.copy(self)
            made._figures = {**self._figures, key: figure}
            made._standards = with_stated(self._written, made._figures.values())
            made._of_regions = self._of_regions.with_figures(made._standards, figure.jurisdiction)
            made._with_one_more = {}
            self._with_one_more[key] = made  # partitions of one process share what is compiled
        return made

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that is written: versions, figures, duties, and whatever cities state.

        Holds: what was stated on the running ledger is no part of it; those are facts
        """
        found = hashlib.sha256(self.cities.digest.encode())
        for policy in sorted(self._versions, key=lambda one: (one.name, one.city)):
            found.update(f"{policy.name} {policy.city} {policy.content_hash}\n".encode())
        for table in self.duties:
            found.update(table.model_dump_json().encode())
        names = tuple(self._written.declared)
        for place in sorted({place for _, place in self._written.stated}):
            found.update(self._written.digest(names, place).encode())
        return found.hexdigest()

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of all programmes."""
        return tuple(sorted({policy.text.policy for policy in self._versions}))

    def policy(self, content_hash: str) -> Policy:
        """The version with this content.

        Raises: KeyError
        """
        return self._by_hash[content_hash]

    def text_of(self, content_hash: str) -> str | None:
        """What the version with this content says, None where these files have no such version."""
        policy = self._by_hash.get(content_hash)
        return None if policy is None else policy.file.content()

    def bundle_of(self, ref: PolicyRef, region: str) -> str | None:
        """The figures that a version used in a region, None where they are others by now."""
        policy = self._by_hash.get(ref.content_hash)
        if policy is None:
            return None
        names = figures_used(policy.text)
        same = self._standards.digest(names, region) == ref.bundle_hash
        return self._standards.bundle(names, region) if same else None

    def completed(
        self, programme: str, applied_on: date, facts: Mapping[str, FactValue]
    ) -> Mapping[str, FactValue]:
        """The facts stated with what follows from them, as far as the programme asks for it."""
        derived = self._derived.get(programme)
        return with_derived(facts, applied_on, derived) if derived else facts

    def planned(self, claim: Claim, referred: Refer, amount_fen: int) -> Plan:
        """Plan the amount that a person says for a claim that the rules leave to him.

        Holds: whoever says the amount, a month is paid when it is over; where no source says for how
               many months to come it is, it is for the first
        """
        once = (PlanPart(1, amount_fen, AT_GRANT),)
        if referred.policy is None or referred.is_advance:
            return once
        text = self.policy(referred.policy.content_hash).text
        if any(isinstance(one, Monthly) for one in amounts(text.amount)):
            return each_when_over(amount_fen, referred.months)
        rule = self.duties.months.of(claim.programme)
        facts = self.completed(claim.programme, claim.applied_on, claim.facts)
        paid = rule and rule.paid_for(facts, claim.applied_on, months_at_most(rule, text))
        if not rule or not paid or not paid.months:
            return once
        return rule.parts(amount_fen, paid, claim.applied_on)

    def evaluate(self, claim: Claim, counters: Counters) -> Outcome:
        """Answer one claim.

        Refuses: OUT_OF_BOUNDS, NO_POLICY, then what `policies.engine.evaluate` refuses
        Holds:   city before province; two versions of one place on one day are referred
        """
        if (odd := beyond(claim)) is not None:
            return to_a_person(odd)
        key = claim[:3]  # programme, region, day
        if (derived := self._derived.get(key[0])) is not None:
            completed = with_derived(claim.facts, key[2], derived)
            if completed is not claim.facts:
                claim = claim._replace(facts=completed)
        for versions in self._of_regions.covering(key):
            left: Sequence[RegionVersion] = versions
            lacking: Mapping[str, str] | None = None
            if len(versions) > 1:
                left, lacking = _concerning(versions, claim, counters)
            if len(left) == 1:
                return self._by_version(left[0], claim, counters)
            if left:
                return two_versions([one.ref for one in left], claim, lacking)
        return self._no_version(claim)

    def _by_version(self, version: RegionVersion, claim: Claim, counters: Counters) -> Outcome:
        """Answer by the version that covers the day, or by the one that a running benefit keeps."""
        rule = version.grandfather
        if rule is not None:
            by_place = self._of_regions.by_place(claim.programme, claim.region)
            own = kept_on_record(version, rule, claim, by_place, self._standards, self.duties)
            if own is not None:
                kept, line = own
                if not isinstance(kept, RegionVersion):
                    return kept
                outcome = kept.evaluate(claim, counters)
                first, *rest = outcome.trail or (line,)
                return outcome._replace(trail=(first, line, *rest))
            kept = kept_as_stated(version, rule, claim, by_place)
            if not isinstance(kept, RegionVersion):
                return kept
            version = kept
        outcome = version.evaluate(claim, counters)
        if isinstance(outcome, Deny):
            return self._naming_the_later(version, outcome, claim)
        return outcome

    def _naming_the_later(self, version: RegionVersion, denied: Deny, claim: Claim) -> Deny:
        """Name the later notice whose window has ended, where only an earlier one still covers the
        day and refuses: the own place's first.

        Holds: the answer stays a denial; what the earlier one refuses is said beside it
        """
        began, day = version.policy.window.from_, claim.applied_on
        for versions in self._of_regions.by_place(claim.programme, claim.region):
            ended = [
                one
                for one in versions
                if one.policy.window.to is not None
                and one.policy.window.to < day
                and one.policy.window.from_ > began
            ]
            if ended:
                last = max(ended, key=lambda one: one.policy.window)
                refused = no_policy(last.ref, last.policy.window, claim)
                earlier = f"{version.ref.jurisdiction}-{version.ref.version}"
                text = f"{refused.text}；按仍在受理的 {earlier} 也不符合：{denied.text}"
                return refused._replace(text=text)
            if version in versions:
                break
        return denied

    def _no_version(self, claim: Claim) -> Deny:
        """Refuse a claim whose day no version covers, by the window that it just missed."""
        closed = [one for one in self._of_regions.by_place(claim.programme, claim.region) if one]
        if not closed:
            return no_policy(None, None, claim)
        windows_of = [[one.policy.window for one in versions] for versions in closed]
        place, at = nearest(windows_of, claim.applied_on)
        missed = closed[place][at]
        return no_policy(missed.ref, missed.policy.window, claim)


def duties_with(versions: tuple[Policy, ...], cities: Cities) -> Duties:
    """The duties that ship, with what cities say of programmes that they bring in themselves.

    Raises: FileProblem
    """
    ours = {one.text.policy for one in versions if not one.city}
    return with_own(
        table
        for city in cities
        for table in own_tables(
            city.folder / "duties",
            {one.text.policy for one in versions if one.city == city.code} - ours,
            city.has,
        )
    )


def _derived_facts(versions: tuple[Policy, ...]) -> dict[str, tuple[str, ...]]:
    """The facts of each programme that follow from others, of those programmes that have any."""
    found: dict[str, set[str]] = {}
    for policy in versions:
        asked = RULES.keys() & set(facts_used(policy.text))
        if asked:
            found.setdefault(policy.text.policy, set()).update(asked)
    return {
        programme: tuple(name for name in RULES if name in asked)
        for programme, asked in found.items()
    }


def _concerning(
    covering: Sequence[RegionVersion], claim: Claim, counters: Counters
) -> tuple[Sequence[RegionVersion], dict[str, str]]:
    """What is left of versions that cover a day, when those for some persons have been asked; and
    by node, what is lacking where nobody can tell."""
    left, lacking = list(covering), dict[str, str]()
    for newer in covering:
        for version, concerns in newer.narrows.items():
            older = [one for one in left if one.policy.text.version == version]
            if not older or newer not in left:
                continue
            case = Case(newer.reads_silence(claim).facts, claim.applied_on, counters)
            verdict = concerns(case)
            if verdict is None:
                lacking |= {name: text for name, ok, _, text in case.trail if name in case.gaps}
            else:
                gone = older[0] if verdict else newer
                left = [one for one in left if one is not gone]
    return left, lacking
