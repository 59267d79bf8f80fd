"""list page: a list that is read page by page, shown with its pager and written whole to a file.

In:   a query of one page, the mark that names an item, a table of items
Out:  one page of the table with the ways to the others, or the whole list as CSV or as a workbook
Holds: screen and files have the same columns and totals; a long CSV file never lies in memory whole
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from starlette.responses import Response

from projections.queries.keyset import Mark, Page, pages
from services.spreadsheets.page_table import PageTable
from services.web.parts.paging import cut
from services.web.request.visit import Visit

Item = TypeVar("Item")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Item, Row]):
    """A list over a query of one page; an item of the query may be several rows of the table."""

    visit: Visit
    read: Callable[[Page], Awaitable[list[Item]]]
    """One page of items, and one item more where there is one."""
    mark_of: Callable[[Item], Mark]
    table: Callable[[list[Item]], PageTable[Row]]
    """Items as rows; the totals are those of the whole list."""

    async def shown(self, at: Page) -> PageTable[Row]:
        """One page, with the ways to the other pages."""
        items, pager = cut(await self.read(at), at, self.visit, self.mark_of)
        return replace(self.table(items), pager=pager)

    async def exported(self, csv: str | None, xlsx: str | None) -> Response | None:
        """The whole list as the file that is asked for; None where the page is."""
        if csv:
            return self.csv()
        return await self.xlsx() if xlsx else None

    def csv(self) -> Response:
        """The whole list as CSV, written while it is read."""
        return self.visit.csv(self.table([]), self._rows())

    async def xlsx(self) -> Response:
        """The whole list as a workbook."""
        items = [item async for page in pages(self.read, self.mark_of) for item in page]
        return self.visit.xlsx(self.table(items))

    async def _rows(self) -> AsyncIterator[Sequence[Row]]:
        async for items in pages(self.read, self.mark_of):
            yield self.table(items).rows
