"""list page: a list that is read page by page, shown with its pager and written whole to a file.

In:   a query of one page, the mark that names an item, a table of items
Out:  one page of the table with the ways to the others, or the whole list as CSV or as a workbook
Raises: LongWork where a file is asked for that is a job
Holds: screen and files have the same columns and totals; a long CSV file never lies in memory whole
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from starlette.responses import Response

from projections.queries.keyset import Mark, Page, pages
from services.runtime import progress
from services.spreadsheets.page_table import PageTable
from services.web.parts.paging import cut
from services.web.request import long_work
from services.web.request.visit import Visit
from services.wording import figures
from services.wording.languages import translate

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
    items: int
    """How many there are in all: a file of very many is a job."""

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
        empty = self.table([])
        long_work.of_rows(self.visit, self._called(empty), self.items)
        return self.visit.csv(empty, self._rows())

    async def xlsx(self) -> Response:
        """The whole list as a workbook."""
        long_work.of_a_workbook(self.visit, self._called(self.table([])), self.items)
        items: list[Item] = []
        async for page in pages(self.read, self.mark_of):
            items += page
            progress.add(len(page))
        return self.visit.xlsx(self.table(items))

    def _called(self, empty: PageTable[Row]) -> str:
        name = translate(empty.caption)
        return translate("导出 {name} {n} 行", name=name, n=figures.count(self.items))

    async def _rows(self) -> AsyncIterator[Sequence[Row]]:
        async for items in pages(self.read, self.mark_of):
            yield self.table(items).rows
            progress.add(len(items))
