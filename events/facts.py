"""Facts: what an application may state about the person and the case, by name.

In:    the ``facts`` object of an inbound application (names to JSON values)
Out:   the same facts, canonical, or problems that say what is wrong and what to do
Holds: a value is str, int, bool or a list of str; days are ISO text, months are ``2022-03``, money is integer fen;
       whoever states no such fact leaves it out, an empty text is a problem.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from events.fact_names import REGISTRY, FactName, FactType
from events.values import FactValue


class FactProblem(NamedTuple):
    """A stated fact that cannot be taken: which, what is wrong, what to do."""

    name: str
    wrong: str
    remedy: str


BY_NAME: Mapping[str, FactName] = {fact.name: fact for fact in REGISTRY}

APPLIED_ON = "application.applied_on"
"""The day of the application: every rule may use it, no application states it as a fact."""

BORN_ON = "person.born_on"
"""The day of birth: intake takes it from the resident id where an application leaves it out."""

WITHOUT_APPLICATION = "match.without_application"
"""Nobody applied: a comparison of data found the unit. Intake notes it on the channel `auto`."""

_WRITTEN = (
    FactType.TEXT,
    FactType.DATE,
    FactType.ENUM,
    FactType.STATUS,
    FactType.REGION,
    FactType.MONTH,
)
_TEXT_LIMIT = 120
_WHOLE_LIMIT = 10**12
_DATED = re.compile(r"(?P<value>[^@]+)@(?P<from>\d{4}-\d\d-\d\d)/(?P<to>\d{4}-\d\d-\d\d)?")


def check_facts(raw: Mapping[str, object]) -> tuple[dict[str, FactValue], list[FactProblem]]:
    """Take what an application states, or say for each fact why not.

    Holds: the facts returned are canonical and sorted by name; every name of `raw` is either
           among them or has a problem.
    """
    facts: dict[str, FactValue] = {}
    problems: list[FactProblem] = []
    for name in sorted(raw):
        known = BY_NAME.get(name)
        if known is None:
            near = get_close_matches(name, BY_NAME, n=1)
            remedy = f"是否为 {near[0]}？" if near else "请查看申报事实清单 application-facts。"
            problems.append(FactProblem(name, "没有这个事实名称", remedy))
            continue
        value = _canonical(known, raw[name])
        if isinstance(value, FactProblem):
            problems.append(value)
        else:
            facts[name] = value
    return facts, problems


def statuses_on(value: FactValue, day: str) -> tuple[str, ...]:
    """The statuses that hold on an ISO day; empty when nothing is stated for that day."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return ()
    return tuple(status for entry in value if (status := _status_on(entry, day)))


def _status_on(entry: str, day: str) -> str:
    status, _, period = entry.partition("@")
    if not period:
        return status
    start, _, end = period.partition("/")
    return status if start <= day and (not end or day <= end) else ""


def _canonical(known: FactName, value: object) -> FactValue | FactProblem:
    """One value as it travels inside, or what is wrong with it."""
    if type(value) is str and known.type in _WRITTEN and (text := value.strip()):
        return _text(known, text)  # what most facts are; the rest takes its time
    match known.type:
        case FactType.FLAG:
            return value if isinstance(value, bool) else _problem(known, "应为 true 或 false")
        case FactType.WHOLE | FactType.FEN:
            return _whole(known, value)
        case FactType.ENUMS | FactType.STATUS | FactType.MONTHS if isinstance(value, list):
            return _many(known, value)
        case FactType.ENUMS | FactType.MONTHS:
            return _problem(known, "应为列表")
        case _ if not isinstance(value, str) or not value.strip():
            return _problem(known, "应为非空文本")
        case _:
            return _text(known, value.strip())


def _whole(known: FactName, value: object) -> FactValue | FactProblem:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _WHOLE_LIMIT:
        return _problem(known, "应为不小于 0 的整数" + ("（分）" if known.type == "fen" else ""))
    return value


def _many(known: FactName, values: list[object]) -> FactValue | FactProblem:
    canonical: list[str] = []
    for value in values:
        one = _text(known, value.strip()) if isinstance(value, str) else _problem(known, "应为文本")
        if isinstance(one, FactProblem):
            return one
        canonical.append(str(one))
    if known.type is not FactType.ENUMS and not canonical:
        return _problem(known, "列表为空")
    if known.type is FactType.MONTHS and len(set(canonical)) < len(canonical):
        return _problem(known, "同一月份写了两次")
    return sorted(set(canonical))


def _text(known: FactName, value: str) -> FactValue | FactProblem:
    if known.type is FactType.TEXT:
        return _one_of_its_kind(known, value)
    return _word(known.name, value)


def _one_of_its_kind(known: FactName, value: str) -> FactValue | FactProblem:
    if len(value) > _TEXT_LIMIT:
        return _problem(known, f"超过 {_TEXT_LIMIT} 个字符")
    return _same_writing(value)


@lru_cache(maxsize=50_000)  # days, statuses and levels come again and again
def _word(name: str, value: str) -> FactValue | FactProblem:
    known = BY_NAME[name]
    match known.type:
        case FactType.DATE:
            return value if _is_day(value) else _problem(known, f"“{value}”不是日期")
        case FactType.MONTH | FactType.MONTHS:
            return value if _is_day(f"{value}-01") else _problem(known, f"“{value}”不是月份")
        case FactType.REGION if not (value.isascii() and value.isdigit() and len(value) == 6):
            return _problem(known, f"“{value}”不是六位行政区划代码")
        case FactType.STATUS if "@" in value:
            return _dated_status(known, value)
        case FactType.ENUM | FactType.ENUMS | FactType.STATUS if value not in known.values:
            return _problem(known, f"没有“{value}”这个取值")
        case _:
            return value


_BETWEEN_CHARACTERS = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
"""Chinese is written without spaces: 电 工 is 电工."""


def _same_writing(text: str) -> str:
    """One writing for one thing: keys of caps are compared letter by letter."""
    if text.isascii() and text.isalnum():
        return text.upper()
    spaced = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    return _BETWEEN_CHARACTERS.sub("", spaced)


def _dated_status(known: FactName, value: str) -> FactValue | FactProblem:
    dated = _DATED.fullmatch(value)
    if dated is None or not all(_is_day(day) for day in dated.group("from", "to") if day):
        return _problem(known, f"“{value}”的日期段应写作 状态@起始日/终止日")
    if dated["value"] not in known.values:
        return _problem(known, f"没有“{dated['value']}”这个取值")
    if dated["to"] and dated["to"] < dated["from"]:
        return _problem(known, f"“{value}”的终止日早于起始日")
    return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _problem(known: FactName, wrong: str) -> FactProblem:
    example = json.dumps(known.example, ensure_ascii=False)
    allowed = f"可填：{'、'.join(known.values)}。" if known.values else ""
    return FactProblem(known.name, wrong, f"{allowed}示例：{example}（{known.label}）。")
