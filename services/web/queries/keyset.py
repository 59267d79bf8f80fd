"""keyset: pages of a list that stand still while new rows arrive.

Holds: a page is named by the sort value and the id of the row before it or after it, so rows that
       come in shift nothing
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import NamedTuple, TypeVar

from services.web.fields import NotUnderstood, day, one_of
from services.web.languages import translate

SIZES = (50, 100, 200)
LAST = "end"
_AT_ONCE = 1000

_Row = TypeVar("_Row")


class Mark(NamedTuple):
    """The row that a page begins after, or ends before."""

    on: date
    id: str

    def __str__(self) -> str:
        return f"{self.on.isoformat()},{self.id}"


def mark(text: str | None) -> Mark | None:
    """Read a mark from an address.

    Raises: NotUnderstood when the text is no mark
    """
    if not text:
        return None
    on, comma, row = text.partition(",")
    if not comma or not row:
        raise NotUnderstood("after", translate("不是本系统给出的翻页位置"), text)
    return Mark(day("after", on), row)


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

    Raises: NotUnderstood when a mark is none
    """
    to_the_end = before == LAST
    return Page(
        mark(after),
        None if to_the_end else mark(before),
        to_the_end,
        int(one_of("size", str(size), [str(known) for known in SIZES])),
    )


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
