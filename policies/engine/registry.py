"""Registry: every policy version, loaded once; the door through which deciders come.

In:    the folder of policies, and optionally a city's own parameters
Out:   `Policies.evaluate`: a claim and counters in, an outcome out
Holds: immutable after loading; the same claim, counters and files give the same outcome.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from events.values import ClauseSeen, FactValue
from policies.duties import Duties, shipped
from policies.duties.months import each_when_over
from policies.engine import trace
from policies.engine.amounts import Plan
from policies.engine.case import Case, Check
from policies.engine.compile import compile_condition
from policies.engine.derived import RULES, with_derived
from policies.engine.evaluate import Evaluator, compile_policy, months_at_most
from policies.engine.explain import (
    keeping_unknown,
    kept_text_unknown,
    no_policy,
    two_versions,
)
from policies.engine.facts_used import facts_used
from policies.engine.nodes import amounts, figures_used, nodes_of
from policies.engine.reckonable import beyond, to_a_person
from policies.engine.record import first_claimed
from policies.engine.silence import Heard, compile_silence
from policies.engine.trace import KEPT, Node
from policies.engine.windows import (
    Window,
    accepted_before,
    keeps_until,
    nearest,
    running_until,
    windows,
)
from policies.reference_data.standards import Standards, load_standards
from policies.vocabulary import AllOf, Grandfather, Monthly, Months, PolicyText
from policies.vocabulary.calendar import add_months
from policies.vocabulary.files import Parsed, parsed
from policies.vocabulary.outcomes import (
    AT_GRANT,
    Claim,
    Counters,
    Deny,
    Enjoyed,
    Outcome,
    PlannedInstalment,
    PolicyRef,
    Refer,
)
from policies.vocabulary.places import jurisdictions

ROOT = Path(__file__).parents[1]
_ONE_DAY = timedelta(days=1)


class Policy(NamedTuple):
    """One version as the registry keeps it: its text, its window, its nodes by id."""

    text: PolicyText
    content_hash: str
    window: Window
    nodes: Mapping[str, Node]
    file: Parsed

    @property
    def name(self) -> str:
        """``skill-upgrade/211200-2022-01-01``."""
        return f"{self.text.policy}/{self.text.jurisdiction}-{self.text.version}"


@dataclass(frozen=True, slots=True, eq=False)
class _Door:
    """A version that is open to the claims of one region."""

    policy: Policy
    ref: PolicyRef
    heard: Heard
    evaluate: Evaluator
    keeps: Grandfather | None
    narrows: Mapping[date, Check]
    """By the version that this one replaces in part: whether a claim is among those concerned."""


_Doors = tuple[tuple[_Door, ...], ...]
"""Versions by place, the most specific place first."""

_KNOWN_DAYS = 32_768
"""For how many days of a programme in a region it is kept which versions cover it."""


class Policies:
    """All versions of all programmes with the figures they use."""

    def __init__(self, versions: tuple[Policy, ...], standards: Standards) -> None:
        self._versions = versions
        self._standards = standards
        self._by_hash = {policy.content_hash: policy for policy in versions}
        self._doors: dict[tuple[str, str], _Doors] = {}
        self._covering: dict[tuple[str, str, date], _Doors] = {}
        self._derived = _derived_facts(versions)

    @classmethod
    def load(cls, root: Path | None = None, overrides: Path | None = None) -> "Policies":
        """Read every programme under `root`; `overrides` is a city's parameter directory.

        Raises: FileProblem, ValueError: a file that breaks the vocabulary never gets in
        """
        root = root or ROOT
        files = [parsed(path) for path in sorted((root / "programmes").glob("*/*.yaml"))]
        texts = [PolicyText.model_validate(file.data) for file in files]
        versions = tuple(
            Policy(text, file.content_hash(), window, nodes_of(text, window), file)
            for text, window, file in zip(texts, windows(texts), files, strict=True)
        )
        return cls(versions, load_standards(root / "parameters", overrides))

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._versions)

    @property
    def standards(self) -> Standards:
        """The figures that these policies use."""
        return self._standards

    @property
    def duties(self) -> Duties:
        """What holds for payments and money whatever the programme."""
        return shipped()

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of all programmes."""
        return tuple(sorted({policy.text.policy for policy in self._versions}))

    def policy(self, content_hash: str) -> Policy:
        """The version with this content.

        Raises: KeyError
        """
        return self._by_hash[content_hash]

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
        once = (PlannedInstalment(1, amount_fen, AT_GRANT),)
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

    def evaluate(self, application: Claim, counters: Counters) -> Outcome:
        """Answer one claim.

        Refuses: OUT_OF_BOUNDS, NO_POLICY, then what `policies.engine.evaluate` refuses
        Holds:   city before province; two versions of one place on one day are referred
        """
        if (odd := beyond(application)) is not None:
            return to_a_person(odd)
        key = application[:3]  # programme, region, day
        if (derived := self._derived.get(key[0])) is not None:
            completed = with_derived(application.facts, key[2], derived)
            if completed is not application.facts:
                application = application._replace(facts=completed)
        covering = self._covering.get(key)
        if covering is None:
            covering = self._cover(*key)
        for doors in covering:
            left: Sequence[_Door] = doors
            lacking: Mapping[str, str] | None = None
            if len(doors) > 1:
                left, lacking = _for_this_claim(doors, application, counters)
            if len(left) == 1:
                door = left[0]
                if door.keeps is not None:
                    if (own := self._on_record(door, door.keeps, application)) is not None:
                        kept, line = own
                        if not isinstance(kept, _Door):
                            return kept
                        outcome = kept.evaluate(application, counters)
                        first, *rest = outcome.trail or (line,)
                        return outcome._replace(trail=(first, line, *rest))
                    kept = self._kept(door, door.keeps, application)
                    if not isinstance(kept, _Door):
                        return kept
                    door = kept
                outcome = door.evaluate(application, counters)
                if isinstance(outcome, Deny):
                    return self._by_the_later(door, outcome, application)
                return outcome
            if left:
                return two_versions([door.ref for door in left], application, lacking)
        closed = [doors for doors in self._levels(*key[:2]) if doors]
        if not closed:
            return no_policy(None, None, application)
        windows_of = [[door.policy.window for door in doors] for doors in closed]
        place, at = nearest(windows_of, application.applied_on)
        missed = closed[place][at]
        return no_policy(missed.ref, missed.policy.window, application)

    def _by_the_later(self, door: _Door, denied: Deny, application: Claim) -> Deny:
        """Name the later notice whose window has ended, where only an earlier one still covers the
        day and refuses: the own place's first.

        Holds: the answer stays a denial; what the earlier one refuses is said beside it
        """
        began, day = door.policy.window.from_, application.applied_on
        for doors in self._levels(application.programme, application.region):
            ended = [
                one
                for one in doors
                if one.policy.window.to is not None
                and one.policy.window.to < day
                and one.policy.window.from_ > began
            ]
            if ended:
                last = max(ended, key=lambda one: one.policy.window)
                refused = no_policy(last.ref, last.policy.window, application)
                earlier = f"{door.ref.jurisdiction}-{door.ref.version}"
                text = f"{refused.text}；按仍在受理的 {earlier} 也不符合：{denied.text}"
                return refused._replace(text=text)
            if door in doors:
                break
        return denied

    def _cover(self, programme: str, region: str, day: date) -> _Doors:
        """The versions whose window covers a day; the same for everybody who applies on it."""
        if len(self._covering) >= _KNOWN_DAYS:
            self._covering.clear()
        levels = (
            tuple([door for door in doors if door.policy.window.covers(day)])
            for doors in self._levels(programme, region)
        )
        covering = self._covering[programme, region, day] = tuple(filter(None, levels))
        return covering

    def _on_record(
        self, door: _Door, rule: Grandfather, application: Claim
    ) -> tuple[_Door | Refer, ClauseSeen] | None:
        """The version that a benefit keeps which the ledger itself shows as running, with the line
        that says so; None where it shows none, and what is stated counts.

        Holds: the version of the first approval stays until the term ends
        """
        record, running = application.record, self.duties.known.running
        if record is None or application.programme not in running.programmes:
            return None
        own = record.enjoyed(application.programme)
        if own is None or not accepted_before(rule, door.policy.window.from_, own.accepted_on):
            return None
        levels = self._levels(application.programme, application.region)
        kept = _pinned(levels, own)
        if kept is None or kept is door:
            return None
        line: ClauseSeen = (KEPT, True, own.accepted_on.isoformat(), trace.on_record(own.words))
        ends = self._term_ends(kept, application.region, own) or running_until(application.facts)
        if ends is not None and ends < first_claimed(self.duties, application):
            return None
        if rule.optional:
            keep = application.facts.get("running.keep")
            if keep is None:
                return keeping_unknown(door.ref, "running.keep"), line
            if not keep:
                return None
        return kept, line

    def _term_ends(self, door: _Door, region: str, own: Enjoyed) -> date | None:
        """The last day of a benefit's term by the months that its version allows in all."""
        for cap in door.policy.text.caps:
            if isinstance(cap, Months) and cap.only_if is None:
                most = cap.max
                if cap.param is not None:
                    figure = self._standards.figure(cap.param.of, region)
                    stated = figure.on(own.accepted_on.isoformat())
                    most = stated if isinstance(stated, int) else None
                if most is not None:
                    return add_months(own.first_month, most) - _ONE_DAY
        return None

    def _kept(self, door: _Door, rule: Grandfather, application: Claim) -> _Door | Refer:
        """The version that a running benefit keeps, or the one that covers the application.

        Holds: who keeps what he enjoys without choosing keeps the version of the day of acceptance
               or, where that is not in these files, of the last day before; a text that is not
               here is referred, never replaced by another
        """
        accepted = keeps_until(rule, door.policy.window.from_, application)
        if accepted is None:
            return door
        if isinstance(accepted, str):
            return keeping_unknown(door.ref, accepted)
        levels = self._levels(application.programme, application.region)
        before = door.policy.window.from_ - _ONE_DAY
        for day in (accepted,) if rule.optional else (accepted, before):
            for doors in levels:
                earlier = [one for one in doors if one.policy.window.covers(day)]
                if len(earlier) == 1:
                    return earlier[0]
        return kept_text_unknown(door.ref, accepted)

    def _levels(self, programme: str, region: str) -> _Doors:
        """The versions that a region's claims may meet, each compiled once."""
        if (levels := self._doors.get((programme, region))) is not None:
            return levels
        levels = tuple(
            tuple(
                self._door(policy, region)
                for policy in self._versions
                if (policy.text.policy, policy.text.jurisdiction) == (programme, place)
            )
            for place in jurisdictions(region)
        )
        self._doors[programme, region] = levels
        return levels

    def _door(self, policy: Policy, region: str) -> _Door:
        text = policy.text
        names = figures_used(text)
        ref = PolicyRef(
            text.policy,
            text.version.isoformat(),
            text.jurisdiction,
            policy.content_hash,
            self._standards.digest(names, region),
            text.family,
        )
        figures = {name: self._standards.figure(name, region) for name in names}
        narrows = {
            old.version: compile_condition(
                AllOf(kind="all", id="for", of=old.for_), figures, frozenset()
            )
            for old in text.supersedes
            if old.for_
        }
        heard = compile_silence(text.silence)
        by_month = self.duties.months.of(text.policy)
        judge = compile_policy(text, policy.window, ref, figures, by_month)
        evaluate = judge if not text.silence else _hearing(heard, judge)
        return _Door(policy, ref, heard, evaluate, text.grandfather, narrows)


def _pinned(levels: _Doors, own: Enjoyed) -> _Door | None:
    """The version under which a running benefit was first approved, or that covered its day."""
    for doors in levels:
        for one in doors:
            text, window = one.policy.text, one.policy.window
            if own.version == (text.jurisdiction, text.version.isoformat()):
                return one
            if own.version is None and window.covers(own.accepted_on):
                return one
    return None


def _hearing(heard: Heard, judge: Evaluator) -> Evaluator:
    """Answer a claim with its silences."""
    return lambda claim, counters: judge(heard(claim), counters)


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


def _for_this_claim(
    covering: Sequence[_Door], application: Claim, counters: Counters
) -> tuple[Sequence[_Door], dict[str, str]]:
    """What is left of versions that cover a day, when those for some persons have been asked; and
    by node, what is lacking where nobody can tell."""
    left, lacking = list(covering), dict[str, str]()
    for door in covering:
        for version, concerns in door.narrows.items():
            older = [one for one in left if one.policy.text.version == version]
            if not older or door not in left:
                continue
            case = Case(door.heard(application).facts, application.applied_on, counters)
            verdict = concerns(case)
            if verdict is None:
                lacking |= {name: text for name, ok, _, text in case.trail if name in case.gaps}
            else:
                gone = older[0] if verdict else door
                left = [one for one in left if one is not gone]
    return left, lacking
