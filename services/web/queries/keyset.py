"""keyset: pages of a list that stand still while new rows arrive.

Holds: a page is named by the sort value and the id of the row before it or after it, so rows that
       come in shift nothing
"""

from datetime import date
from typing import NamedTuple

SIZES = (50, 100, 200)
LAST = "end"


class Mark(NamedTuple):
    """The row that a page begins after, or ends before."""

    on: date
    id: str

    def __str__(self) -> str:
        return f"{self.on.isoformat()},{self.id}"


def mark(text: str | None) -> Mark | None:
    """Read a mark from an address.

    Raises: ValueError when the text is no mark
    """
    if not text:
        return None
    on, comma, row = text.partition(",")
    if not comma or not row:
        raise ValueError(f"{text!r} is no mark")
    return Mark(date.fromisoformat(on), row)


class Page(NamedTuple):
    """Where a list stands."""

    after: Mark | None
    before: Mark | None
    to_the_end: bool
    size: int

    @property
    def backwards(self) -> bool:
        """Whether the rows are read from the far end."""
        return self.to_the_end or self.before is not None


def page(after: str | None, before: str | None, size: int) -> Page:
    """Read a page from an address.

    Raises: ValueError when a mark is none
    """
    to_the_end = before == LAST
    return Page(
        mark(after),
        None if to_the_end else mark(before),
        to_the_end,
        size if size in SIZES else SIZES[0],
    )
