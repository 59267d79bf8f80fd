"""Windows: which version of a programme covers a day.

In:    the versions of one programme
Out:   the one version that counts in a region on a day
Holds: the most specific jurisdiction wins; a superseding version ends the one it names on the
       day before it begins; never newest-wins: two that cover a day are both returned.
Source: docs/reference/policies.md
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from policies.engine import trace
from policies.vocabulary import PolicyText

_ONE_DAY = timedelta(days=1)


class Window(NamedTuple):
    """The days of application that a version covers, both included."""

    from_: date
    to: date | None
    need: str

    def covers(self, day: date) -> bool:
        """Whether a day lies in the window."""
        return self.from_ <= day and (self.to is None or day <= self.to)

    def state_on(self, day: date) -> Literal["受理中", "已截止", "尚未开始"]:
        """Whether applications of a day are taken, no more, or not yet."""
        if day < self.from_:
            return "尚未开始"
        return "受理中" if self.covers(day) else "已截止"


def windows(texts: Sequence[PolicyText]) -> list[Window]:
    """The window of each version, after what later versions supersede."""
    found = []
    for text in texts:
        ends = [text.select.to] if text.select.to else []
        for other in texts:
            same = (other.policy, other.jurisdiction) == (text.policy, text.jurisdiction)
            if same and any(
                old.version == text.version and not old.for_ for old in other.supersedes
            ):
                ends.append(begins(other) - _ONE_DAY)
        first, last = begins(text), min(ends, default=None)
        found.append(Window(first, last, trace.window(str(first), str(last or ""))))
    return found


def neighbours(texts: Sequence[PolicyText], spans: Sequence[Window]) -> Iterator[tuple[int, int]]:
    """Pairs of versions of one programme and place, by number: each with the next to begin."""
    places: dict[tuple[str, str], list[int]] = {}
    for number, text in enumerate(texts):
        places.setdefault((text.policy, text.jurisdiction), []).append(number)
    for members in places.values():
        yield from pairwise(sorted(members, key=lambda one: spans[one].from_))


def overlap(texts: Sequence[PolicyText], spans: Sequence[Window], earlier: int, later: int) -> bool:
    """Whether two neighbours cover one day, and the later does not say for whom it goes before."""
    before, after = spans[earlier], spans[later]
    return (before.to is None or before.to >= after.from_) and not any(
        old.version == texts[earlier].version and old.for_ for old in texts[later].supersedes
    )


def begins(text: PolicyText) -> date:
    """The first day of application: the day of issue where the file says so."""
    return text.issued if text.select.from_ == "issued" else text.select.from_


def nearest(levels: Sequence[Sequence[Window]], day: date) -> tuple[int, int]:
    """Which window a refused day just missed, by place and number: the last that ended in the most
    specific place where one has, else the next to begin in the most specific place of all.

    Holds: no window of `levels` covers the day, and one of them has a window
    """
    for place, windows_of in enumerate(levels):
        ended = [
            (window.to, window.from_, at)
            for at, window in enumerate(windows_of)
            if window.to and window.to < day
        ]
        if ended:
            return place, max(ended)[2]
    place = next(at for at, windows_of in enumerate(levels) if windows_of)
    return place, min((window.from_, at) for at, window in enumerate(levels[place]))[1]
