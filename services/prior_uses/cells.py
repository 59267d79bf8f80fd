"""Cells: one row of a file of earlier benefits, read exactly or refused column by column.

Holds: every problem of a row is named, with what to do; no problem repeats an id or a name.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME, check_facts
from events.canonical import (
    document_number,
    foreign_digit,
    names_somebody,
    person_name,
    plain,
    unseen,
    whole,
)
from events.contract.inbound.documents import CALLED, not_yet_born, person_id
from events.contract.inbound.identity import (
    Party,
    born_after,
    resident_id,
    unit_code,
)
from events.contract.inbound.private import names_a_person
from events.values import FactValue
from policies.engine.prior import versions_for
from policies.engine.registry import Policies
from policies.vocabulary.places import REGIONS
from services.prior_uses.columns import columns
from services.spreadsheets.cells import UnreadableCell, day, fen
from services.spreadsheets.reading import FileRow

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_MONTH = re.compile(r"(?P<year>20[0-9][0-9])[-.年/](?P<month>0?[1-9]|1[0-2])月?")
_SPAN = re.compile(r"至|~|—|－")
_EARLIEST_YEAR = 1990
_MOST_MONTHS = 1200
_MONTH_LISTS = tuple(name for name, fact in BY_NAME.items() if fact.type is FactType.MONTHS)
_YES = {"是": True, "有": True, "1": True, "否": False, "无": False, "0": False}


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


class _Row:
    """One row being read; collects problems instead of stopping at the first."""

    def __init__(self, row: FileRow, places: Mapping[str, str]) -> None:
        self.row = row
        self.places = places
        self.problems: list[RowProblem] = []

    def __call__(self, field: str) -> str:
        heading = self.places.get(field)
        return self.row.cells.get(heading, "").strip() if heading else ""

    def wrong(self, field: str, text: str, *, show: bool = True) -> None:
        value = self(field)[:40] if show else ""
        column = self.places.get(field, field)
        self.problems.append(RowProblem(self.row.no, column, value, text))


def read_row(
    row: FileRow, places: Mapping[str, str], region: str, policies: Policies, today: date
) -> StatedPriorUse | list[RowProblem]:
    """Read one row, or list all that is wrong with it."""
    cells = _Row(row, places)
    for field in places:
        if (hidden := unseen(cells(field))) is not None:
            cells.wrong(field, f"含有看不见的字符 {hidden}。请删除后重新填写", show=False)
    party = _party(cells, today)
    granted_on = _granted_on(cells, today)
    place = cells("region") or region
    if place not in REGIONS:
        cells.wrong("region", "没有这个行政区划代码。请填六位代码，或在导入时选定")
    programme = _programme(cells, policies, place)
    document = document_number(cells("document"))
    if not document or len(document) > 100 or names_a_person(document, words=False):
        cells.wrong("document", "须填原批准文书编号，不超过 100 字，不含身份号码", show=False)
    amount = _amount(cells)
    year = _whole(cells, "year", _EARLIEST_YEAR, today.year, "须为四位年份")
    months = _whole(cells, "months", 1, _MOST_MONTHS, "须为月数，整数")
    facts = _facts(cells, policies)
    if cells.problems or party is None or granted_on is None or programme is None:
        return cells.problems
    return StatedPriorUse(
        party, programme, place, document, granted_on, amount, year, months, facts
    )


def _party(cells: _Row, today: date) -> Party | None:
    text, name = plain(cells("id")), person_name(cells("name"))
    if foreign_digit(name) is not None or not names_somebody(name) or len(name) > 100:
        cells.wrong("name", "须填姓名或单位名称，至少两个字", show=False)
    if kind := plain(cells("id_kind")):
        return _by_document(cells, kind, text, name, today)
    cut_short = re.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]{15}0{3}", text) is not None
    if (number := resident_id(text)) is not None and not born_after(number, today):
        return Party("person", number, name)
    if (code := unit_code(text)) is not None:
        return Party("unit", code, name)
    if cut_short:
        cells.wrong(
            "id", "号码被表格软件改成了数字，末几位已丢失。请把该列设为文本后重新填写", show=False
        )
        return None
    cells.wrong(
        "id", "不是有效的身份证号或统一社会信用代码。请核对位数、出生日期和校验码", show=False
    )
    return None


def _by_document(cells: _Row, kind: str, text: str, name: str, today: date) -> Party | None:
    """Whoever is named by another document than the resident id."""
    document = next((code for code, called in CALLED.items() if kind in (code, called)), None)
    if document is None:
        cells.wrong("id_kind", f"没有这种证件。可填：{'、'.join(CALLED.values())}")
        return None
    number = person_id(document, text, cells("country"))
    if number is None or not_yet_born(number, today):
        cells.wrong(
            "id", f"不是有效的{CALLED[document]}号码（护照另填签发国家）。请核对", show=False
        )
        return None
    return Party("person", number, name)


def _granted_on(cells: _Row, today: date) -> date | None:
    try:
        found = day(cells("granted_on"), _DAYS)
    except UnreadableCell:
        cells.wrong("granted_on", "不是日期。请写成 2021-06-15")
        return None
    if found > today or found.year < _EARLIEST_YEAR:
        cells.wrong("granted_on", f"须在 {_EARLIEST_YEAR} 年至今日之间。请核对")
        return None
    return found


def _programme(cells: _Row, policies: Policies, region: str) -> str | None:
    found = _programmes(policies).get(cells("programme"), ())
    if not found:
        cells.wrong("programme", "没有这个补贴项目。请填政策卡上的名称或代码")
        return None
    here = [one for one in found if region in REGIONS and versions_for(policies, one, region)]
    if len(here) > 1:
        cells.wrong("programme", f"这个名称有几个项目（{'、'.join(here)}）。请填代码")
    elif not here:
        cells.wrong("programme", "该区划没有这个项目的政策。请核对项目和区划")
    return here[0] if len(here) == 1 else None


@lru_cache(maxsize=16)
def _programmes(policies: Policies) -> Mapping[str, tuple[str, ...]]:
    """Which programmes each way of naming one may mean: id, title, title without brackets."""
    found: dict[str, dict[str, None]] = {}
    for policy in policies:
        title = policy.text.title
        for name in (policy.text.policy, title, title.partition("（")[0]):
            found.setdefault(name, {})[policy.text.policy] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _amount(cells: _Row) -> int:
    try:
        amount = fen(cells("amount"))
    except UnreadableCell as error:
        cells.wrong("amount", f"{error}。请填元，最多两位小数")
        return 0
    if amount <= 0:
        cells.wrong("amount", "须大于 0。请填已享受的金额")
    return amount


def _whole(cells: _Row, field: str, least: int, most: int, text: str) -> int | None:
    written = cells(field).removesuffix("年").removesuffix("个月").removesuffix("月")
    if not written:
        return None
    number = whole(written)
    if number is None or not least <= number <= most:
        cells.wrong(field, f"{text}（{least} 至 {most}）")
        return None
    return number


def _facts(cells: _Row, policies: Policies) -> dict[str, FactValue]:
    """The facts that the row states, in the very writing in which applications state them."""
    raw: dict[str, object] = {}
    place: dict[str, str] = {}
    for column in columns(policies):
        if column.fact and (text := cells(column.field)):
            place[column.fact] = column.field
            try:
                raw[column.fact] = _value(BY_NAME[column.fact].type, text)
            except UnreadableCell as error:
                cells.wrong(column.field, f"{error}。示例：{column.example}")
    if text := cells("month_list"):
        try:
            months = _months(text)
        except UnreadableCell as error:
            cells.wrong("month_list", f"{error}。示例：2021-03至2021-08")
        else:
            raw |= dict.fromkeys(_MONTH_LISTS, months)
            place |= dict.fromkeys(_MONTH_LISTS, "month_list")
    facts, wrong = check_facts(raw)
    for problem in wrong:
        cells.wrong(place[problem.name], f"{problem.wrong}。{problem.remedy.rstrip('。')}")
    for name, value in facts.items():
        if isinstance(value, str) and names_a_person(value, words=False):
            cells.wrong(place[name], "含有身份号码。号码只填在证件列", show=False)
    return facts


def _value(kind: FactType, text: str) -> object:
    match kind:
        case FactType.WHOLE:
            if (number := whole(text)) is None:
                raise UnreadableCell("须为整数")
            return number
        case FactType.FEN:
            return fen(text)
        case FactType.DATE:
            return day(text, _DAYS).isoformat()
        case FactType.FLAG:
            if text not in _YES:
                raise UnreadableCell("须填是或否")
            return _YES[text]
        case FactType.MONTHS:
            return _months(text)
        case FactType.MONTH:
            return _months(text)[0]
        case FactType.ENUMS | FactType.STATUS:
            return [part.strip() for part in re.split(r"[、,，;；]", text) if part.strip()]
        case _:
            return text


def _months(text: str) -> list[str]:
    """Read months: a list, or a span from one to another."""
    if len(ends := _SPAN.split(text)) == 2:
        (year, month), (last_year, last_month) = map(_month, ends)
        number = (last_year - year) * 12 + last_month - month + 1
        if not 1 <= number <= _MOST_MONTHS:
            raise UnreadableCell("起止月份颠倒")
        counted = ((month - 1 + n) for n in range(number))
        return [f"{year + n // 12}-{n % 12 + 1:02d}" for n in counted]
    months = [_month(part) for part in re.split(r"[、,，;； ]+", plain(text)) if part]
    return [f"{year}-{month:02d}" for year, month in months]


def _month(text: str) -> tuple[int, int]:
    found = _MONTH.fullmatch(plain(text))
    if found is None:
        raise UnreadableCell("不是月份")
    return int(found["year"]), int(found["month"])
