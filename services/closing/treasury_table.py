"""Treasury table: a treasury's figures of a month as a file states them, read exactly or refused row by row.

In:   the bytes of a CSV or workbook; the city whose treasury it is
Out:  rows for `StateTreasuryFigures`, and everything that is wrong
Holds: nothing is guessed and nothing left out: one row that cannot be read refuses the file
"""

from collections.abc import Mapping
from typing import NamedTuple

from events.treasury import MOST_ROWS, TreasuryRow
from policies.cities import City
from policies.vocabulary.places import FUNDS
from services.spreadsheets.cells import UnreadableCell, read_amount
from services.spreadsheets.file_lines import UnreadableFile
from services.spreadsheets.headings import plain_heading
from services.spreadsheets.reading import FileRow, read_table
from services.spreadsheets.row_cells import RowCells, RowProblem

HEADINGS: dict[str, tuple[str, ...]] = {
    "fund": ("资金", "基金", "资金名称", "资金代码"),
    "district": ("区划", "区划代码", "行政区划", "地区"),
    "appropriated": ("拨款", "本月拨款", "财政拨款"),
    "paid": ("支出", "本月支出", "支付"),
    "balance": ("余额", "月末余额", "期末余额", "结余"),
}
"""Each column by its field; the first heading is the template's."""

_KNOWN = {plain_heading(name): field for field, names in HEADINGS.items() for name in names}
_AMOUNTS = ("appropriated", "paid", "balance")
_TOTALS = frozenset({"合计", "总计", "小计"})


class TreasuryTable(NamedTuple):
    """What a file states; with problems, nothing of it is taken."""

    rows: tuple[TreasuryRow, ...]
    problems: tuple[RowProblem, ...]


def read_treasury_table(raw: bytes, city: City) -> TreasuryTable:
    """Read a file. Never on an event loop: a workbook takes a process of its own."""
    try:
        sheet = read_table(raw, _KNOWN, plain_heading)
    except UnreadableFile as error:
        return TreasuryTable((), (RowProblem(0, "", "", str(error)),))
    places = {
        _KNOWN[plain]: name for name in sheet.headings if (plain := plain_heading(name)) in _KNOWN
    }
    problems = [
        RowProblem(0, names[0], "", "没有这一列")
        for field, names in HEADINGS.items()
        if field not in places
    ]
    rows = list[TreasuryRow]()
    for row in sheet.rows if not problems else ():
        if not any(row.cells.values()) or row.cells.get(places["fund"], "").strip() in _TOTALS:
            continue
        read = _row(row, places, city)
        if isinstance(read, TreasuryRow):
            rows.append(read)
        else:
            problems += read
    if not rows and not problems:
        problems.append(RowProblem(0, "", "", "没有数据行"))
    if len(rows) > MOST_ROWS:
        problems.append(RowProblem(0, "", "", f"超过 {MOST_ROWS} 行"))
    return TreasuryTable(tuple(rows), tuple(problems))


def _row(row: FileRow, places: Mapping[str, str], city: City) -> TreasuryRow | list[RowProblem]:
    cells = RowCells(row, places)
    fund, district = FUNDS.get(cells.text("fund"), cells.text("fund")), cells.text("district")
    if fund not in FUNDS.values():
        cells.wrong("fund", f"没有这项资金，只有 {'、'.join(FUNDS)}")
    named = {name: code for code, name in {city.code: city.name, **city.about.districts}.items()}
    district = named.get(district, district)
    if not city.has(district):
        cells.wrong("district", "不是本市或本市的区划")
    amounts = {field: _amount(cells, field) for field in _AMOUNTS}
    if cells.problems:
        return cells.problems
    return TreasuryRow(fund=fund, district=district, **amounts)


def _amount(cells: RowCells, field: str) -> int:
    try:
        return read_amount(cells.text(field))
    except UnreadableCell as error:
        cells.wrong(field, str(error))
        return 0
