"""paging: 首页 上一页 下一页 末页 over a keyset page."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from services.web.queries.keyset import LAST, Mark, Page
from services.web.visit import Visit

Row = TypeVar("Row")


class Pager(NamedTuple):
    """Where one can go from a page; None where there is nowhere to go."""

    first: str | None
    previous: str | None
    next: str | None
    last: str | None


def cut(
    rows: Sequence[Row], at: Page, visit: Visit, mark: Callable[[Row], Mark]
) -> tuple[list[Row], Pager]:
    """Take the row too many off, and say from it what lies on either side."""
    more = len(rows) > at.size
    shown = list(rows[1:] if more and at.backwards else rows[: at.size])
    if not shown:
        return shown, Pager(visit.here(after=None, before=None) if at.after else None, *[None] * 3)
    before = more if at.backwards else at.after is not None
    after = at.before is not None if at.backwards else more
    return shown, Pager(
        visit.here(after=None, before=None) if before else None,
        visit.here(after=None, before=str(mark(shown[0]))) if before else None,
        visit.here(after=str(mark(shown[-1])), before=None) if after else None,
        visit.here(after=None, before=LAST) if after else None,
    )
