"""Row facts: the facts that a row states, in the very writing in which applications state them."""

import re

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME, check_facts
from events.canonical import plain, whole
from events.contract.inbound.private import names_a_person
from events.values import FactValue
from policies.engine.registry import Policies
from services.prior_uses.columns import columns
from services.prior_uses.row_cells import RowCells
from services.spreadsheets.cells import UnreadableCell, read_amount, read_day

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_MONTH = re.compile(r"(?P<year>20[0-9][0-9])[-.年/](?P<month>0?[1-9]|1[0-2])月?")
_SPAN = re.compile(r"至|~|—|－")
MOST_MONTHS = 1200
_MONTH_LISTS = tuple(name for name, fact in BY_NAME.items() if fact.type is FactType.MONTHS)
_YES = {"是": True, "有": True, "1": True, "否": False, "无": False, "0": False}


def read_facts(cells: RowCells, policies: Policies) -> dict[str, FactValue]:
    """The facts that the row states, in the very writing in which applications state them."""
    raw: dict[str, object] = {}
    place: dict[str, str] = {}
    for column in columns(policies):
        if column.fact and (text := cells.text(column.field)):
            place[column.fact] = column.field
            try:
                raw[column.fact] = _value(BY_NAME[column.fact].type, text)
            except UnreadableCell as error:
                cells.wrong(column.field, f"{error}。示例：{column.example}")
    if text := cells.text("month_list"):
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
            return read_amount(text)
        case FactType.DATE:
            return read_day(text, DAYS).isoformat()
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
        if not 1 <= number <= MOST_MONTHS:
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
