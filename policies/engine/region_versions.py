"""Region versions: which versions the claims of one region may meet, and which of them on a day.

In:    all versions, the figures of each region, the names of the regions that are known
Out:   by place, the most specific first, each version compiled once for the region
Holds: the same for everybody who applies in a region on a day, so it is kept
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from events.values import PolicyRef
from policies.duties import Duties
from policies.engine.case import Check
from policies.engine.compile import compile_condition
from policies.engine.evaluate import Evaluator, compile_policy
from policies.engine.nodes import figures_used
from policies.engine.silence import ReadsSilence, compile_silence
from policies.engine.versions import Policy
from policies.reference_data.standards import Standards
from policies.vocabulary import AllOf, Grandfather
from policies.vocabulary.places import jurisdictions, lies_in


@dataclass(frozen=True, slots=True, eq=False)
class RegionVersion:
    """A version compiled with the figures of one region."""

    policy: Policy
    ref: PolicyRef
    reads_silence: ReadsSilence
    evaluate: Evaluator
    grandfather: Grandfather | None
    narrows: Mapping[date, Check]
    """By the version that this one replaces in part: whether a claim is among those concerned."""


VersionsByPlace = tuple[tuple[RegionVersion, ...], ...]
"""Versions by place, the most specific place first."""

_KNOWN_DAYS = 32_768
"""For how many days of a programme in a region it is kept which versions cover it."""


class RegionVersions:
    """The versions of all programmes for all regions, compiled when a region first asks."""

    def __init__(
        self,
        versions: tuple[Policy, ...],
        standards: Standards,
        duties: Duties,
        regions: Mapping[str, str],
    ) -> None:
        self._versions = versions
        self._standards = standards
        self._duties = duties
        self._regions = regions
        self._by_place: dict[tuple[str, str], VersionsByPlace] = {}
        self._covering: dict[tuple[str, str, date], VersionsByPlace] = {}

    def with_figures(self, standards: Standards, jurisdiction: str) -> "RegionVersions":
        """The same versions with other figures in one jurisdiction; the other regions stay as they
        were compiled."""
        made = RegionVersions(self._versions, standards, self._duties, self._regions)
        made._by_place = {
            key: found for key, found in self._by_place.items() if not lies_in(key[1], jurisdiction)
        }
        made._covering = {
            key: found for key, found in self._covering.items() if not lies_in(key[1], jurisdiction)
        }
        return made

    def by_place(self, programme: str, region: str) -> VersionsByPlace:
        """The versions that a region's claims may meet."""
        found = self._by_place.get((programme, region))
        if found is None:
            found = self._by_place[programme, region] = tuple(
                tuple(
                    self._compiled(policy, region)
                    for policy in self._versions
                    if (policy.text.policy, policy.text.jurisdiction) == (programme, place)
                )
                for place in jurisdictions(region)
            )
        return found

    def covering(self, key: tuple[str, str, date]) -> VersionsByPlace:
        """The versions whose window covers a day, by programme, region and day; no empty place."""
        found = self._covering.get(key)
        if found is None:
            if len(self._covering) >= _KNOWN_DAYS:
                self._covering.clear()
            programme, region, day = key
            places = (
                tuple([one for one in versions if one.policy.window.covers(day)])
                for versions in self.by_place(programme, region)
            )
            found = self._covering[key] = tuple(filter(None, places))
        return found

    def _compiled(self, policy: Policy, region: str) -> RegionVersion:
        text = policy.text
        names = figures_used(text)
        ref = PolicyRef(
            programme=text.policy,
            version=text.version.isoformat(),
            jurisdiction=text.jurisdiction,
            family=text.family,
            content_hash=policy.content_hash,
            bundle_hash=self._standards.digest(names, region),
        )
        figures = {name: self._standards.figure(name, region) for name in names}
        narrows = {
            old.version: compile_condition(
                AllOf(kind="all", id="for", of=old.for_), figures, frozenset(), self._regions
            )
            for old in text.supersedes
            if old.for_
        }
        reads_silence = compile_silence(text.silence)
        judge = compile_policy(text, policy.window, ref, figures, self._regions, self._duties)
        evaluate = judge if not text.silence else _with_silence(reads_silence, judge)
        return RegionVersion(policy, ref, reads_silence, evaluate, text.grandfather, narrows)


def _with_silence(reads_silence: ReadsSilence, judge: Evaluator) -> Evaluator:
    """Answer a claim with its silences."""
    return lambda claim, counters: judge(reads_silence(claim), counters)
