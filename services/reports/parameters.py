"""parameters: what a report is asked for: area, fund, month, quarter, year, day; each read strictly.

In:    texts by name, as a form, a command or a recorded report has them
Out:   the same in canonical form, in words, and the last legal day that they cover
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from events.canonical import iso_day, plain
from policies.engine.registry import Policies
from services.runtime.errors import OperatingFailure
from services.wording.fund_names import FUND_NAMES

CALLED: Final = {
    "area": "区划",
    "fund": "基金",
    "month": "月份",
    "quarter": "季度",
    "year": "年度",
    "on": "截至",
}
"""Every parameter by what people call it."""

_FORMS: Final = {
    "month": re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(19|20)[0-9]{2}-[1-4]"),
    "year": re.compile(r"(19|20)[0-9]{2}"),
}
_WRITTEN: Final = {
    "area": "区划代码，六位数字",
    "fund": "基金代码，空着是全部基金",
    "month": "年-月，如 2022-08",
    "quarter": "年-季，如 2022-3",
    "year": "四位年份",
    "on": "日期，如 2022-08-31",
}


class WrongParameter(OperatingFailure):
    """A report cannot be asked for like this."""

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        super().__init__(
            f"报表的{CALLED.get(name, name)}“{value[:40]}”不对。",
            f"请写{_WRITTEN.get(name, '报表种类所列的参数')}。",
        )


class ReportPeriod(NamedTuple):
    """The legal days that a report covers; of a day alone, both are that day."""

    first: date
    last: date


def read(given: Mapping[str, str], wanted: tuple[str, ...], policies: Policies) -> dict[str, str]:
    """Read the parameters of a kind.

    Raises: WrongParameter
    """
    for name, value in given.items():
        if name not in wanted and value:
            raise WrongParameter(name, value)
    return {name: _one(name, plain(given.get(name, "")), policies) for name in wanted}


def _one(name: str, value: str, policies: Policies) -> str:
    match name:
        case "area":
            good = value.lstrip("=") in policies.cities.served and value.count("=") <= 1
        case "fund":
            good = value in ("", *FUND_NAMES)
        case "on":
            good = iso_day(value) is not None
        case _:
            good = _FORMS[name].fullmatch(value) is not None
    if not good:
        raise WrongParameter(name, value)
    return value


def period(parameters: Mapping[str, str]) -> ReportPeriod:
    """The days that parameters cover."""
    if month := parameters.get("month"):
        return _months(int(month[:4]), int(month[5:]), 1)
    if quarter := parameters.get("quarter"):
        return _months(int(quarter[:4]), int(quarter[5:]) * 3 - 2, 3)
    if year := parameters.get("year"):
        return _months(int(year), 1, 12)
    on = date.fromisoformat(parameters["on"])
    return ReportPeriod(on, on)


def _months(year: int, month: int, many: int) -> ReportPeriod:
    last = month + many - 1
    days = calendar.monthrange(year, last)[1]
    return ReportPeriod(date(year, month, 1), date(year, last, days))


def named(parameters: Mapping[str, str], policies: Policies) -> tuple[tuple[str, str], ...]:
    """The parameters in words, as a report prints them."""
    return tuple((CALLED[name], _said(name, value, policies)) for name, value in parameters.items())


def _said(name: str, value: str, policies: Policies) -> str:
    match name:
        case "area":
            code = value.lstrip("=")
            own = "（本级）" if value.startswith("=") else ""
            return f"{policies.cities.regions.get(code, '')}{own} {value}".strip()
        case "fund":
            return FUND_NAMES.get(value, "全部基金")
        case "quarter":
            return f"{value[:4]} 年第 {value[5:]} 季度"
        case "year":
            return f"{value} 年"
        case _:
            return value
