"""Row cells: one row of a table while it is read, and what is wrong with it.

Holds: every problem is named with its row and column, and says what to do
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.spreadsheets.reading import FileRow


class RowProblem(NamedTuple):
    """One thing that keeps a row (or, with row 0, the file) from being taken."""

    row: int
    column: str
    value: str
    wrong: str

    @property
    def text(self) -> str:
        """Say where, what is wrong, and what to do."""
        where = f"第 {self.row} 行" if self.row else "文件"
        column = f"“{self.column}”" if self.column else ""
        value = f"为“{self.value}”，" if self.value else ""
        return f"{where}{column}{value}{self.wrong}。"


class RowCells:
    """One row being read; collects problems instead of stopping at the first."""

    def __init__(self, row: FileRow, places: Mapping[str, str]) -> None:
        self.row = row
        self.places = places
        self.problems: list[RowProblem] = []

    def text(self, field: str) -> str:
        """The cell of a field, without the spaces around it; empty where the file lacks the column."""
        heading = self.places.get(field)
        return self.row.cells.get(heading, "").strip() if heading else ""

    def wrong(self, field: str, text: str, *, show: bool = True) -> None:
        """Name a problem of a field; `show` repeats what stands there, which a name never is."""
        value = self.text(field)[:40] if show else ""
        column = self.places.get(field, field)
        self.problems.append(RowProblem(self.row.no, column, value, text))
