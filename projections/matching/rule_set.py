"""Rule set: which steps of the matching count, in which order, within how many days: data, by version.

In:     `rule_sets/<version>.yaml`
Out:    CURRENT, the latest; a changed one, to be tried
Holds:  what two people matched goes before every rule, and what goes by amounts alone after it
Raises: WrongRuleSet
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from projections.matching.steps import STEPS

_FOLDER = Path(__file__).parent / "rule_sets"
_FIRST, _LAST = "by_hand", "by_return"
MOST_DAYS = 366


class WrongRuleSet(ValueError):
    """A set of rules that no matching can go by."""


class RuleStep(NamedTuple):
    """One step that counts; `days` where it has a window."""

    step: str
    days: int | None = None


class RuleSet(NamedTuple):
    """The steps in their order; `version` is 0 of a set that is only tried."""

    version: int
    steps: tuple[RuleStep, ...]

    def has(self, step: str) -> bool:
        """Whether a step counts."""
        return any(one.step == step for one in self.steps)

    def days_of(self, step: str) -> int:
        """The window of a step; 0 where the step does not count."""
        return next((one.days or 0 for one in self.steps if one.step == step), 0)


def checked(version: int, steps: Iterable[RuleStep]) -> RuleSet:
    """Take a set of rules that the matching can go by.

    Raises: WrongRuleSet for a step that nobody knows or that is named twice, for `by_hand` not first,
            `by_return` not last, and for days that are missing, out of place or out of bounds
    """
    made = RuleSet(version, tuple(steps))
    names = [one.step for one in made.steps]
    for one in made.steps:
        if one.step not in STEPS:
            raise WrongRuleSet(f"no step {one.step!r}: there are {', '.join(STEPS)}")
        if names.count(one.step) > 1:
            raise WrongRuleSet(f"{one.step} stands twice")
        if STEPS[one.step].has_window != (one.days is not None):
            raise WrongRuleSet(f"{one.step} has {'a' if one.days is None else 'no'} window")
        if one.days is not None and not 0 <= one.days <= MOST_DAYS:
            raise WrongRuleSet(f"{one.step}: {one.days} days are not within 0 and {MOST_DAYS}")
    if names[:1] != [_FIRST]:
        raise WrongRuleSet(f"{_FIRST} goes first, always")
    if _LAST in names[:-1]:
        raise WrongRuleSet(f"{_LAST} goes last, where it counts")
    return made


def read(text: str) -> RuleSet:
    """Read a set of rules as it is written.

    Raises: WrongRuleSet
    """
    try:
        body: Mapping[str, Any] = yaml.safe_load(text)
        steps = [RuleStep(str(one["step"]), one.get("window_days")) for one in body["steps"]]
        version = body["version"]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise WrongRuleSet(f"not written as a set of rules: {error}") from error
    if any(not (one.days is None or type(one.days) is int) for one in steps):
        raise WrongRuleSet("window_days is a whole number of days")
    return checked(version, steps)


@cache
def versions() -> tuple[RuleSet, ...]:
    """Every set of rules that ever counted, the present one last."""
    found = [read(path.read_text("utf-8")) for path in _FOLDER.glob("*.yaml")]
    return tuple(sorted(found))


CURRENT = versions()[-1]
"""By these the projector matches."""
