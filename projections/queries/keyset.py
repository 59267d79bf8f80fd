"""keyset: pages of a list that stand still while new rows arrive.

Holds: a page is named by the sort value and the id of the row before it or after it, so rows that
       come in shift nothing
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import NamedTuple, TypeVar

_AT_ONCE = 1000

_Row = TypeVar("_Row")


class Mark(NamedTuple):
    """The row that a page begins after, or ends before."""

    on: date
    id: str

    def __str__(self) -> str:
        return f"{self.on.isoformat()},{self.id}"


class UnknownMark(ValueError):
    """A mark that names no row of its list; the text is what was asked with."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


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


async def pages(
    read: Callable[[Page], Awaitable[list[_Row]]], mark_of: Callable[[_Row], Mark]
) -> AsyncIterator[list[_Row]]:
    """Read a whole list page by page, for an export; `read` gives one row more where there is one."""
    at: Mark | None = None
    while True:
        rows = (await read(Page(at, None, False, _AT_ONCE)))[:_AT_ONCE]
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        at = mark_of(rows[-1])
