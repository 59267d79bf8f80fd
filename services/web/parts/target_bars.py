"""target bars: how far each target is reached, as bars made on the server whose marks are links.

Holds: all bars have one scale, the share of the target; a bar is never longer than its track, and
       whatever is not nothing can be seen
"""

from typing import NamedTuple

MARK = 80
"""Where the target stands on a track of a hundred; what is beyond it shows on the rest."""


class Bullet(NamedTuple):
    """One bar: its name, its length out of a hundred, what it says, where it leads."""

    label: str
    width: int
    words: str
    share: str
    href: str


def width(done: int, target: int) -> int:
    """The length of a bar whose target stands at MARK."""
    if done <= 0 or target <= 0:
        return 0
    return max(1, min(100, done * MARK // target))
