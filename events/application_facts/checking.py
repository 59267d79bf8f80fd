"""Facts: what an application may state about the person and the case, by name.

In:    the ``facts`` object of an inbound application (names to JSON values)
Out:   the same facts, canonical, or problems that say what is wrong and what to do
Holds: a value is str, int, bool or a list of str; days are ISO text, months are ``2022-03``, money is
       integer fen; whoever states no such fact leaves it out, an empty text is a problem; everything
       has its bounds, so that no rule meets a day, a number or a list that it cannot reckon with.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from events.application_facts import REGISTRY, FactName, FactType
from events.canonical import (
    FIRST_DAY,
    LAST_DAY,
    foreign_digit,
    is_number,
    iso_day,
    iso_month,
    named,
    same_words,
    says_something,
    unseen,
)
from events.values import FactValue


class FactProblem(NamedTuple):
    """A stated fact that cannot be taken: which, what is wrong, what to do."""

    name: str
    wrong: str
    remedy: str
    hidden: bool = False


BY_NAME: Mapping[str, FactName] = {fact.name: fact for fact in REGISTRY}

APPLIED_ON = "application.applied_on"
"""The day of the application: every rule may use it, no application states it as a fact."""

BORN_ON = "person.born_on"
"""The day of birth: intake takes it from the resident id where an application leaves it out."""

WITHOUT_APPLICATION = "match.without_application"
"""Nobody applied: a comparison of data found the unit. Intake notes it on the channel `auto`."""

OTHER_NAME = "beneficiary.other_name"
"""The id was first stated with another name: intake notes it, no application can state it."""

PAYEE_KIND = "payee.kind"
"""Whether a unit or a person is paid. Intake notes it where that is not the beneficiary, a person."""

_WRITTEN = (
    FactType.TEXT,
    FactType.DATE,
    FactType.ENUM,
    FactType.STATUS,
    FactType.REGION,
    FactType.MONTH,
)
TEXT_LIMIT = 120
FACTS_LIMIT = 300
"""More facts than any application can state, beside unknown ones."""

LIST_LIMIT = 240
"""Entries of a list: months of twenty years."""

FEN_LIMIT = 10**12
_COUNT_BOUNDS: Mapping[str, tuple[int, int]] = {
    "个月": (0, 1_200),
    "年": (FIRST_DAY.year, LAST_DAY.year),
    "年数": (0, 100),
    "天": (0, 36_600),
    "次": (0, 10_000),
    "人": (0, 10_000_000),
}
"""Whole numbers by their unit; a year is one of the calendar."""

_SUGGESTED = 5
_LONGEST_NAME = 64
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATED = re.compile(rf"(?P<value>[^@]+)@(?P<from>{_DAY})/(?P<to>{_DAY})?")


def check_facts(raw: Mapping[str, object]) -> tuple[dict[str, FactValue], list[FactProblem]]:
    """Take what an application states, or say for each fact why not.

    Holds: the facts returned are canonical and sorted by name; every name of `raw` is either
           among them or has a problem.
    """
    facts: dict[str, FactValue] = {}
    problems: list[FactProblem] = []
    if len(raw) > FACTS_LIMIT:
        return facts, [FactProblem("", f"超过 {FACTS_LIMIT} 项", "请只填该项目需要的事实。")]
    for name in sorted(raw):
        known = BY_NAME.get(name)
        if known is None:
            remedy = _nearest(name) if len(problems) < _SUGGESTED else _SEE_LIST
            problems.append(FactProblem(name[:_LONGEST_NAME], "没有这个事实名称", remedy))
            continue
        value = _canonical(known, raw[name])
        if isinstance(value, FactProblem):
            problems.append(value)
        else:
            facts[name] = value
    return facts, problems


_SEE_LIST = "请查看申报事实清单 application-facts。"


@lru_cache(maxsize=2_000)  # a faulty sender repeats its fault line by line
def _nearest_of(name: str) -> str:
    noun, _, rest = name.partition(".")
    kin = _OF_NOUN.get(noun) or _OF_END.get(rest) or ()
    if not kin:
        nouns = get_close_matches(noun, _OF_NOUN, n=1)
        kin = _OF_NOUN[nouns[0]] if nouns else ()
    near = get_close_matches(name, kin, n=1)
    return f"是否为 {near[0]}？" if near else _SEE_LIST


def _by(part: int) -> dict[str, tuple[str, ...]]:
    """The known names by their noun (0) or by what follows it (1)."""
    found: dict[str, tuple[str, ...]] = {}
    for name in BY_NAME:
        key = name.partition(".")[::2][part]
        found[key] = (*found.get(key, ()), name)
    return found


_OF_NOUN = _by(0)
_OF_END = _by(1)


def _nearest(name: str) -> str:
    return _SEE_LIST if len(name) > _LONGEST_NAME else _nearest_of(name)


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
    if type(value) is str and value and known.type in _WRITTEN:
        return _text(known, value)  # what most facts are; the rest takes its time
    match known.type:
        case FactType.FLAG:
            return value if isinstance(value, bool) else _problem(known, "应为 true 或 false")
        case FactType.WHOLE | FactType.FEN:
            return _whole(known, value)
        case FactType.ENUMS | FactType.STATUS | FactType.MONTHS if isinstance(value, list):
            return _many(known, value)
        case FactType.ENUMS | FactType.MONTHS:
            return _problem(known, "应为列表")
        case _:
            return _problem(known, "应为非空文本")


def whole_bounds(known: FactName) -> tuple[int, int]:
    """The least and the most that a number of this fact may say."""
    if known.type is FactType.FEN:
        return 0, FEN_LIMIT
    return _COUNT_BOUNDS["年数" if known.name.endswith(".years") else known.unit]


def _whole(known: FactName, value: object) -> FactValue | FactProblem:
    if type(value) is float and value.is_integer():
        value = int(value)  # JSON has one kind of number
    if type(value) is not int or value < 0:
        return _problem(known, "应为不小于 0 的整数" + ("（分）" if known.type == "fen" else ""))
    least, most = whole_bounds(known)
    if not least <= value <= most:
        return _problem(known, f"应在 {least} 至 {most} 之间")
    return value


def _many(known: FactName, values: list[object]) -> FactValue | FactProblem:
    if len(values) > LIST_LIMIT:
        return _problem(known, f"超过 {LIST_LIMIT} 项")
    canonical: list[str] = []
    for value in values:
        one = _text(known, value) if isinstance(value, str) else _problem(known, "应为文本")
        if isinstance(one, FactProblem):
            return one
        canonical.append(str(one))
    if known.type is not FactType.ENUMS and not canonical:
        return _problem(known, "列表为空")
    if known.type is FactType.MONTHS and len(set(canonical)) < len(canonical):
        return _problem(known, "同一月份写了两次")
    return sorted(set(canonical))


def _text(known: FactName, value: str) -> FactValue | FactProblem:
    if len(value) > TEXT_LIMIT:
        return _problem(known, f"超过 {TEXT_LIMIT} 个字符")
    if (hidden := unseen(value)) is not None:
        return _problem(known, f"含有 {hidden}")._replace(hidden=True)
    if known.type is FactType.TEXT:
        return _one_of_its_kind(known, value)
    return _word(known.name, value)


def _one_of_its_kind(known: FactName, value: str) -> FactValue | FactProblem:
    if not says_something(value):
        return _problem(known, "应为非空文本")
    if (digit := foreign_digit(value)) is not None:
        return _problem(known, f"含有 {digit}，数字只用 0 至 9")
    if (letter := _look_alike(value)) is not None:
        return _problem(known, f"含有 {letter}，字母只用 A 至 Z")
    return same_words(value)


@lru_cache(maxsize=50_000)  # days, statuses and levels come again and again
def _word(name: str, value: str) -> FactValue | FactProblem:
    known = BY_NAME[name]
    match known.type:
        case FactType.DATE:
            return value if iso_day(value) else _problem(known, f"“{value}”不是日期")
        case FactType.MONTH | FactType.MONTHS:
            return value if iso_month(value) else _problem(known, f"“{value}”不是月份")
        case FactType.REGION if not (len(value) == 6 and is_number(value)):
            return _problem(known, f"“{value}”不是六位行政区划代码")
        case FactType.STATUS if "@" in value:
            return _dated_status(known, value)
        case FactType.ENUM | FactType.ENUMS | FactType.STATUS if value not in known.values:
            return _problem(known, f"没有“{value}”这个取值")
        case _:
            return value


def _look_alike(text: str) -> str | None:
    """Name a Greek or Cyrillic letter, which looks like a Latin one: keys compare letter by letter."""
    if text.isascii():
        return None
    found = _LOOKS_LATIN.search(unicodedata.normalize("NFKC", text))
    return None if found is None else named(found[0])


_LOOKS_LATIN = re.compile(r"[\u0370-\u058f\u13a0-\u13ff]")


def _dated_status(known: FactName, value: str) -> FactValue | FactProblem:
    dated = _DATED.fullmatch(value)
    if dated is None or not all(iso_day(day) for day in dated.group("from", "to") if day):
        return _problem(known, f"“{value}”的日期段应写作 状态@起始日/终止日")
    if dated["value"] not in known.values:
        return _problem(known, f"没有“{dated['value']}”这个取值")
    if dated["to"] and dated["to"] < dated["from"]:
        return _problem(known, f"“{value}”的终止日早于起始日")
    return value


def _problem(known: FactName, wrong: str) -> FactProblem:
    example = json.dumps(known.example, ensure_ascii=False)
    allowed = f"可填：{'、'.join(known.values)}。" if known.values else ""
    return FactProblem(known.name, wrong, f"{allowed}示例：{example}（{known.label}）。")
