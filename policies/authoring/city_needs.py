"""City needs: what the notices leave to one city, and who asks for it on which days.

In:    the policies with all figures that are stated; the city's code
Out:   the versions that take the city's applications, the figures that no source states for them,
       the funds that they pay from
Holds: a version of the province counts only on days on which the city has none of its own; what is
       the same as another figure is asked for under that figure's name
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from policies.engine.nodes import all_conditions, conditions, params
from policies.engine.registry import Policies
from policies.engine.versions import Policy
from policies.reference_data.standards import Declared, Standards
from policies.vocabulary.dated import DaySpan, without
from policies.vocabulary.places import FUNDS, jurisdictions

_DECLARED_FUND = "declared.fund"
"""The fact by which an application itself says its fund: no clause names one."""


class TakingVersion(NamedTuple):
    """A version, and days on which it takes the city's applications."""

    policy: Policy
    days: DaySpan


class FigureAsked(NamedTuple):
    """One version that asks for a figure: where, with which clause, on which days without an answer."""

    policy: Policy
    cite: str
    quote: str
    days: DaySpan


class Need(NamedTuple):
    """A figure that some version asks for and no source states, for the days of `asked`."""

    name: str
    declared: Declared
    asked: tuple[FigureAsked, ...]
    ever_stated: bool

    @property
    def group(self) -> str:
        """The folder in which it is stated."""
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        """Its name within the group."""
        return self.name.partition(".")[2]

    @property
    def first(self) -> date:
        """The first day for which it is asked."""
        return min(one.days.first for one in self.asked)


def taken(code: str, policies: Iterable[Policy]) -> Iterator[TakingVersion]:
    """The versions that take a city's applications, each with its days."""
    by_programme: dict[str, list[Policy]] = {}
    for policy in policies:
        by_programme.setdefault(policy.text.policy, []).append(policy)
    for versions in by_programme.values():
        nearer: list[DaySpan] = []
        for place in jurisdictions(code):
            here = [one for one in versions if one.text.jurisdiction == place]
            spans = [DaySpan(one.window.from_, one.window.to or date.max) for one in here]
            for policy, span in zip(here, spans, strict=True):
                for days in without(span, nearer) if span.first <= span.last else ():
                    yield TakingVersion(policy, days)
            nearer += spans


def needs(code: str, policies: Policies, since: date = date.min) -> list[Need]:
    """What no source states for a city's applications from a day on, by the names of the figures."""
    standards = policies.standards
    asked: dict[str, list[FigureAsked]] = {}
    for policy, all_days in taken(code, policies):
        if all_days.last < since:
            continue
        days = DaySpan(max(all_days.first, since), all_days.last)
        for node, ref in params(policy.text):
            known = policy.nodes.get(node)
            cite, quote = (known.cite, known.quote) if known else (policy.text.cite, "")
            for name, unstated in _unstated(ref.of, code, days, standards):
                one = FigureAsked(policy, cite, quote, unstated)
                if one not in asked.setdefault(name, []):
                    asked[name].append(one)
    return [
        Need(
            name,
            standards.declared[name],
            tuple(sorted(found, key=lambda one: (one.days, one.policy.name))),
            any((name, place) in standards.stated for place in jurisdictions(code)),
        )
        for name, found in sorted(asked.items())
    ]


def _unstated(
    name: str, code: str, days: DaySpan, standards: Standards
) -> Iterator[tuple[str, DaySpan]]:
    """The days on which a figure has no answer, each under the name by which it is to be stated."""
    figure = standards.figure(name, code)
    stated = [DaySpan(date.fromisoformat(r.from_), date.fromisoformat(r.to)) for r in figure.rows]
    follows = [
        (row.same_as, DaySpan(row.from_, row.to or date.max))
        for place in jurisdictions(code)
        for row in standards.stated.get((name, place), ())
        if row.same_as
    ]
    for gap in without(days, stated):
        for other, span in follows:
            both = DaySpan(max(gap.first, span.first), min(gap.last, span.last))
            if both.first <= both.last:
                yield other, both
        for rest in without(gap, [span for _, span in follows]):
            yield name, rest


def funds_paid(code: str, policies: Iterable[Policy]) -> Mapping[str, tuple[str, ...]]:
    """The funds that clauses name for the city's programmes, by id, with the titles of the programmes."""
    found: dict[str, list[str]] = {}
    for policy, _ in taken(code, policies):
        for fund in _named(policy):
            titles = found.setdefault(FUNDS[fund], [])
            if policy.text.title not in titles:
                titles.append(policy.text.title)
    return {fund: tuple(found[fund]) for fund in FUNDS.values() if fund in found}


def _named(policy: Policy) -> Iterator[str]:
    """The funds that a version's clauses name; not those that an application would have to say."""
    text = policy.text
    said = {
        node.id
        for node, _ in conditions(all_conditions(text))
        if getattr(node, "fact", "") == _DECLARED_FUND
    }
    yield from text.fund.is_
    for case in text.fund.cases:
        if case.if_ not in said:
            yield from case.then


class DutyNeed(NamedTuple):
    """A figure that a duty asks for and no source states on that day, and what it does then."""

    name: str
    declared: Declared
    duty: str
    on: date
    policy: Policy
    instead: str


def duty_needs(code: str, policies: Policies, since: date = date.min) -> Iterator[DutyNeed]:
    """What duties would reckon without for the city's programmes: they ask nobody."""
    standards, duties = policies.standards, policies.duties
    for policy, days in taken(code, policies):
        if days.last < since:
            continue
        programme = policy.text.policy
        asked: list[tuple[str, str, date, str]] = []
        plan = duties.plans.of(programme, str(policy.text.version))
        if plan is not None and plan.share is not None and plan.share.param is not None:
            instead = f"按实际缴费的{plan.share.most or '全部'}封顶计算"
            asked.append((plan.share.param, f"plans/{plan.id}", plan.from_, instead))
        service = duties.services.of(programme)
        if service is not None:
            day = max(days.first, since)
            asked.append((service.recovers.of, f"services/{service.id}", day, "不追回"))
        for name, duty, on, instead in asked:
            if standards.figure(name, code).on(on.isoformat()) is None:
                yield DutyNeed(name, standards.declared[name], duty, on, policy, instead)
