"""Compile: turn conditions into one flat list of plain functions that leave a trail.

In:    the conditions of a policy, and the dated figures of one region
Out:   `CompiledConditions`: every condition of a file, groups and leaves in the file's order, each at
       a place that its line, its answer and what it looks at have in common
Holds: nothing is short-circuited, so that a denial can list every failing clause; None means
       that nobody can tell (a fact is missing, a figure is not stated), and `case.gaps` says why.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, assert_never

from events.values import ClauseSeen
from policies.engine import conditions, day_conditions, membership
from policies.engine.case import (
    Case,
    Check,
    Figures,
    Sight,
    looking,
)
from policies.vocabulary import (
    Age,
    AllOf,
    AnyOf,
    Between,
    Compare,
    Condition,
    Flag,
    Located,
    Member,
    Ratio,
    SameYear,
    Used,
    Within,
)

Place = tuple[int, str, "tuple[Place, ...] | None"]
"""Where a condition stands among all of a policy, and its id; a group has others below it."""

_NO_FACT = ""
"""What a group reads: nothing is stated of it, so that its line begins as the unknown one."""

Answers = Sequence[bool | None]
"""What every condition answered, each at its place."""

_LINE: Callable[..., Any] = dict.get
_ANSWER: Callable[[ClauseSeen], bool | None] = itemgetter(1)

Pick = Callable[[Answers], Answers]

Group = tuple[int, Pick, bool, ClauseSeen, ClauseSeen]
"""A group's place, what picks the answers that it joins, which of them decides, its line when it
is decided, and else. Plain, as are places: a tuple with names is unpacked at twice the cost."""


class CompiledConditions:
    """All conditions of a policy, asked at once: those that must hold, those that only choose, and
    those that a person must judge where they hold."""

    __slots__ = (
        "_below",
        "_facts",
        "_groups",
        "_known",
        "_looks",
        "_missing",
        "_named",
        "before_caps",
        "given",
        "judges",
        "musts",
        "refer",
        "when",
    )

    def __init__(
        self,
        when: Iterable[Condition],
        given: Iterable[Condition],
        refer: Iterable[Condition],
        figures: Figures,
        noted: frozenset[str],
        regions: Mapping[str, str],
    ) -> None:
        """Compile them; `regions` names the regions that are known."""
        sights: list[Sight] = []
        groups: list[Group] = []
        self.when = tuple([_placed(node, figures, regions, sights, groups) for node in when])
        self.given = tuple([_placed(node, figures, regions, sights, groups) for node in given])
        self.before_caps = len(sights)
        self.refer = tuple([_placed(node, figures, regions, sights, groups) for node in refer])
        self.musts = _pick([at for at, _, _ in self.when])
        self.judges = _pick([at for at, _, _ in self.refer])
        self._facts = tuple(sight.fact for sight in sights)
        self._known = tuple(sight.known for sight in sights)
        self._missing = tuple(sight.look for sight in sights)
        self._looks = tuple((at, one.look) for at, one in enumerate(sights) if one.fact is None)
        self._groups = tuple(groups)
        chosen = [*_every(self.when), *_every(self.given)]
        every = [*chosen, *_every(self.refer)]
        self._named = tuple((name, at) for at, name, _ in every if name in noted)
        self._below = {one[1]: (one,) for one in chosen if one[1] in noted}

    def look(self, case: Case) -> tuple[list[ClauseSeen], Answers]:
        """The line and the answer of every condition; what branches and caps ask for by id is
        noted. Gaps leave their line in the case's trail too, which whoever asks begins anew."""
        stated = map(case.facts.get, self._facts)  # type: ignore[arg-type]  # None is no name
        lines: list[Any] = [*map(_LINE, self._known, stated)]
        for at, look in self._looks:
            lines[at] = look(case)
        if not all(lines):
            for at in [at for at, line in enumerate(lines) if line is None]:
                lines[at] = self._missing[at](case)
        answers: list[bool | None] = [*map(_ANSWER, lines)]
        for at, members, decides, decided, other in self._groups:
            below = members(answers)
            if decides in below:
                lines[at], answers[at] = decided, decides
            elif None not in below:
                lines[at], answers[at] = other, not decides
        for name, at in self._named:
            case.noted[name] = answers[at]
        return lines, answers

    def open_below(self, name: str, answers: Answers) -> list[str]:
        """The leaves that leave open the condition called `name`, which must hold or chooses."""
        return leaves(self._below.get(name, ()), None, answers)


def compile_condition(
    node: Condition, figures: Figures, noted: frozenset[str], regions: Mapping[str, str]
) -> Check:
    """The function of one condition that stands alone; the case's trail are its lines."""
    asked = CompiledConditions((node,), (), (), figures, noted, regions)

    def check(case: Case) -> bool | None:
        case.trail, answers = asked.look(case)
        return answers[0]

    return check


def leaves(places: Iterable[Place], verdict: bool | None, answers: Answers) -> list[str]:
    """The leaves that give their condition this verdict, in the file's order."""
    found: list[str] = []
    for at, name, below in places:
        if answers[at] is verdict:
            if below is None:
                found.append(name)
            else:
                found += leaves(below, verdict, answers)
    return found


def _pick(places: Sequence[int]) -> Pick:
    """What takes the answers at these places."""
    if not places:
        return lambda _answers: ()
    return itemgetter(*places, places[0])  # of one place alone it would give no tuple


def _every(places: tuple[Place, ...]) -> Iterator[Place]:
    for place in places:
        yield place
        yield from _every(place[2] or ())


def _placed(
    node: Condition,
    figures: Figures,
    regions: Mapping[str, str],
    sights: list[Sight],
    groups: list[Group],
) -> Place:
    """Give a condition its place, and those below it theirs; inner groups are joined first."""
    at = len(sights)
    if not isinstance(node, AllOf | AnyOf):
        sights.append(_sight(node, figures, regions))
        return at, node.id, None
    decides = isinstance(node, AnyOf)
    need = "满足其一" if decides else "全部满足"
    met, failed, unknown = ((node.id, ok, None, need) for ok in (True, False, None))
    sights.append(Sight(_NO_FACT, {None: unknown}, lambda _case: unknown))
    below = tuple([_placed(inner, figures, regions, sights, groups) for inner in node.of])
    members = _pick([one for one, _, _ in below])
    decided, other = (met, failed) if decides else (failed, met)
    groups.append((at, members, decides, decided, other))
    return at, node.id, below


def _sight(
    node: Member | Flag | Compare | Ratio | Age | Within | Between | SameYear | Located | Used,
    figures: Figures,
    regions: Mapping[str, str],
) -> Sight:
    match node:
        case Member() if node.as_of:
            return looking(membership.status(node))
        case Member():
            return membership.member(node, figures)
        case Flag():
            return conditions.flag(node)
        case Located():
            return conditions.located(node, regions)
        case Compare():
            return conditions.compare(node, figures)
        case Ratio():
            return looking(conditions.ratio(node, figures))
        case Used():
            return looking(conditions.used(node))
        case Age():
            return looking(day_conditions.age(node))
        case Within():
            return looking(day_conditions.within(node, figures))
        case Between():
            return looking(day_conditions.between(node))
        case SameYear():
            return looking(day_conditions.same_year(node))
        case _:
            assert_never(node)
