"""Rows: one row of a file of prior uses, read exactly or refused column by column.

Holds: every problem of a row is named, with what to do; no problem repeats an id or a name.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from events.canonical import document_number, unseen, whole
from events.contract.inbound.identity import Party
from events.contract.inbound.private import names_a_person
from events.values import FactValue
from policies.engine.programme_names import programmes_anywhere, programmes_called
from policies.engine.registry import Policies
from services.prior_uses.row_facts import read_facts
from services.prior_uses.row_party import read_party
from services.spreadsheets.cells import UnreadableCell, read_amount, read_day
from services.spreadsheets.fact_cells import DAYS, MOST_MONTHS
from services.spreadsheets.reading import FileRow
from services.spreadsheets.row_cells import RowCells, RowProblem

_EARLIEST_YEAR = 1990


class StatedPriorUse(NamedTuple):
    """What a row states, canonical."""

    party: Party
    programme: str
    region: str
    document: str
    granted_on: date
    amount_fen: int
    year: int | None
    months: int | None
    facts: dict[str, FactValue]


def read_row(
    row: FileRow, places: Mapping[str, str], region: str, policies: Policies, today: date
) -> StatedPriorUse | list[RowProblem]:
    """Read one row, or list all that is wrong with it."""
    cells = RowCells(row, places)
    for field in places:
        if (hidden := unseen(cells.text(field))) is not None:
            cells.wrong(field, f"含有看不见的字符 {hidden}。请删除后重新填写", show=False)
    party = read_party(cells, today)
    granted_on = _granted_on(cells, today)
    place = cells.text("region") or region
    if place not in policies.cities.served:
        known = place in policies.cities.regions
        what = "这个区划不属于本台账的城市" if known else "没有这个行政区划代码"
        cells.wrong("region", f"{what}。请填六位代码，或在导入时选定")
    programme = _programme(cells, policies, place)
    document = document_number(cells.text("document"))
    if not document or len(document) > 100 or names_a_person(document, words=False):
        cells.wrong("document", "须填原批准文书编号，不超过 100 字，不含身份号码", show=False)
    amount = _amount(cells)
    year = _whole(cells, "year", _EARLIEST_YEAR, today.year, "须为四位年份")
    months = _whole(cells, "months", 1, MOST_MONTHS, "须为月数，整数")
    facts = read_facts(cells, policies)
    if cells.problems or party is None or granted_on is None or programme is None:
        return cells.problems
    return StatedPriorUse(
        party, programme, place, document, granted_on, amount, year, months, facts
    )


def _granted_on(cells: RowCells, today: date) -> date | None:
    try:
        found = read_day(cells.text("granted_on"), DAYS)
    except UnreadableCell:
        cells.wrong("granted_on", "不是日期。请写成 2021-06-15")
        return None
    if found > today or found.year < _EARLIEST_YEAR:
        cells.wrong("granted_on", f"须在 {_EARLIEST_YEAR} 年至今日之间。请核对")
        return None
    return found


def _programme(cells: RowCells, policies: Policies, region: str) -> str | None:
    name = cells.text("programme")
    if not programmes_anywhere(policies, name):
        cells.wrong("programme", "没有这个补贴项目。请填政策卡上的名称或代码")
        return None
    here = programmes_called(policies, name, region)
    if len(here) > 1:
        cells.wrong("programme", f"这个名称有几个项目（{'、'.join(here)}）。请填代码")
    elif not here:
        cells.wrong("programme", "该区划没有这个项目的政策。请核对项目和区划")
    return here[0] if len(here) == 1 else None


def _amount(cells: RowCells) -> int:
    try:
        amount = read_amount(cells.text("amount"))
    except UnreadableCell as error:
        cells.wrong("amount", f"{error}。请填元，最多两位小数")
        return 0
    if amount <= 0:
        cells.wrong("amount", "须大于 0。请填已享受的金额")
    return amount


def _whole(cells: RowCells, field: str, least: int, most: int, text: str) -> int | None:
    written = cells.text(field).removesuffix("年").removesuffix("个月").removesuffix("月")
    if not written:
        return None
    number = whole(written)
    if number is None or not least <= number <= most:
        cells.wrong(field, f"{text}（{least} 至 {most}）")
        return None
    return number
