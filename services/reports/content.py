"""content: what a report says: sheets of typed cells, with a digest over what was counted.

Holds: words beside a code (the name of a programme, say) are printed and not in the digest, so that
       another name given later does not make the figures others
Units: amounts are fen
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from msgspec import json

from events.position_vector import PositionVector
from events.reports import number_of
from services.spreadsheets.page_table import ColumnKind

Cell = str | int | date | None


class ReportColumn(NamedTuple):
    """One column; of `words` nothing is counted: they say a code beside them in Chinese."""

    header: str
    kind: ColumnKind = ColumnKind.TEXT
    words: bool = False


class ReportSheet(NamedTuple):
    """One table of a report; `totals` is its last line, cell by cell."""

    name: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] = ()
    note: str = ""

    @property
    def counted(self) -> list[list[Cell]]:
        """The cells that the digest is over."""
        places = [place for place, column in enumerate(self.columns) if not column.words]
        lines = [*self.rows, self.totals] if self.totals else self.rows
        return [[line[place] for place in places] for line in lines]


class MadeReport(NamedTuple):
    """A report as it was made, before it is a file.

    `named` are its parameters in words, in the order in which they are printed.
    """

    kind: str
    form: int
    title: str
    region: str
    parameters: Mapping[str, str]
    named: tuple[tuple[str, str], ...]
    through: date
    vector: PositionVector
    rules: str
    sheets: tuple[ReportSheet, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over every counted cell of every sheet."""
        counted = [sheet.counted for sheet in self.sheets]
        return sha256(json.encode(counted)).hexdigest()

    @property
    def number(self) -> str:
        """The number that follows from what the report says."""
        return number_of(
            self.kind, self.form, self.parameters, self.vector.text, self.rules, self.digest
        )

    @property
    def provenance(self) -> tuple[tuple[str, str], ...]:
        """What there is to prove it by, as every file of it prints."""
        return (
            ("报表编号", self.number),
            ("截至账务日", self.through.isoformat()),
            ("台账位置", self.vector.text or "（空）"),
            ("规则摘要", self.rules),
            ("数字摘要", self.digest),
        )


def total(
    columns: tuple[ReportColumn, ...], rows: tuple[tuple[Cell, ...], ...]
) -> tuple[Cell, ...]:
    """The line of totals: amounts and counts are summed, the first cell says so."""

    def of(place: int, column: ReportColumn) -> Cell:
        if column.kind not in (ColumnKind.AMOUNT, ColumnKind.DIFFERENCE, ColumnKind.COUNT):
            return None
        return sum(value for row in rows if isinstance(value := row[place], int))

    line = [of(place, column) for place, column in enumerate(columns)]
    return ("合计", *line[1:]) if rows else ()
