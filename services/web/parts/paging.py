"""paging: 首页 上一页 下一页 末页 over a keyset page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from projections.queries.keyset import Mark, Page
from services.spreadsheets.page_table import Pager, PageTable
from services.web.request.fields import NotUnderstood, day, one_of
from services.web.request.visit import Visit
from services.wording.languages import translate

Row = TypeVar("Row")

AT_ONCE = 200
SIZES = (50, 100, 200)
LAST = "end"


def not_given(text: str) -> NotUnderstood:
    """What is answered to a place in a list that no page has given."""
    return NotUnderstood("after", translate("不是本系统给出的翻页位置"), text)


def read_mark(text: str | None) -> Mark | None:
    """Read a mark from an address.

    Raises: NotUnderstood when the text is no mark
    """
    if not text:
        return None
    on, comma, row = text.partition(",")
    if not comma or not row:
        raise not_given(text)
    return Mark(day("after", on), row)


def read_page(after: str | None, before: str | None, size: int) -> Page:
    """Read a page from an address.

    Raises: NotUnderstood when a mark is none
    """
    to_the_end = before == LAST
    return Page(
        read_mark(after),
        None if to_the_end else read_mark(before),
        to_the_end,
        int(one_of("size", str(size), [str(known) for known in SIZES])),
    )


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


def part(visit: Visit, table: PageTable[Row], key: Callable[[Row], str]) -> PageTable[Row]:
    """Show a part of a whole list, from the row after the one that the address names.

    Holds: totals and exports stay those of the whole list

    Raises: NotUnderstood when the address names no row of it
    """
    asked = visit.request.query_params
    after, before = asked.get("after", ""), asked.get("before", "")
    places = {key(row): place for place, row in enumerate(table.rows)}
    for name, mark in (("after", after), ("before", before)):
        if mark and mark != LAST and mark not in places:
            raise NotUnderstood(name, translate("不是本系统给出的翻页位置"), mark)
    number = len(table.rows)
    start = places[after] + 1 if after in places else 0
    if before in places:
        start = max(places[before] - AT_ONCE, 0)
    elif before == LAST:
        start = max(number - AT_ONCE, 0)
    end = min(start + AT_ONCE, number)
    pager = Pager(
        visit.here(after=None, before=None) if start else None,
        visit.here(after=None, before=key(table.rows[start])) if start else None,
        visit.here(after=key(table.rows[end - 1]), before=None) if end < number else None,
        visit.here(after=None, before=LAST) if end < number else None,
    )
    return replace(table, rows=table.rows[start:end], pager=pager, whole=number)
