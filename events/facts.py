"""Facts: what an application may state about the person and the case, by name.

In:    the ``facts`` object of an inbound application (names to JSON values)
Out:   the same facts, canonical, or problems that say what is wrong and what to do
Holds: a value is str, int, bool or a list of str; days are ISO text, money is integer fen;
       whoever states no such fact leaves it out, an empty text is a problem.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from events.values import FactValue


class FactType(StrEnum):
    """How a fact is written down."""

    ENUM = "enum"
    ENUMS = "enums"
    STATUS = "status"
    DATE = "date"
    WHOLE = "int"
    FEN = "fen"
    FLAG = "bool"
    REGION = "region"
    TEXT = "text"


class FactName(NamedTuple):
    """One name of the registry: its type, words and an example."""

    name: str
    type: FactType
    label: str
    example: FactValue
    values: tuple[str, ...] = ()
    unit: str = ""
    description: str = ""


class FactProblem(NamedTuple):
    """A stated fact that cannot be taken: which, what is wrong, what to do."""

    name: str
    wrong: str
    remedy: str


LEVELS = ("五级", "四级", "三级", "二级", "一级", "专项职业能力")
STATUSES = (
    "在职",
    "其他在职",
    "领取失业保险金期间",
    "登记失业",
    "失业",
    "未就业",
    "灵活就业",
    "退休",
)
HARDSHIPS = (
    "低保家庭",
    "家庭经济困难的残疾人子女",
    "脱贫家庭",
    "农村低收入家庭",
    "防止返贫监测对象家庭",
    "边缘易致贫家庭",
    "特困人员",
    "残疾",
    "烈士子女",
    "孤儿",
    "事实无人抚养儿童",
    "国家助学贷款",
)

# A table: one fact, two lines.
# fmt: off
REGISTRY: tuple[FactName, ...] = (
    FactName("applicant.kind", FactType.ENUM, "申请主体", "职工", ("职工", "企业", "个人"),
             description="谁提出申请并收款：企业职工本人、出资组织培训的企业，或不是企业职工的个人。"),
    FactName("certificate.level", FactType.ENUM, "证书等级", "四级", LEVELS,
             description="职业资格证书或职业技能等级证书的等级；五级为初级工，一级为高级技师。"),
    FactName("certificate.occupation", FactType.TEXT, "证书职业（工种）", "电工",
             description="证书所载职业名称或职业编码，同一职业始终用同一写法；全角、大小写和空格自动统一。"),
    FactName("certificate.number", FactType.TEXT, "证书编号", "2221060000400123",
             description="证书上的编号，用来发现同一证书重复申请。"),
    FactName("certificate.issued_on", FactType.DATE, "取得证书日期", "2022-03-15",
             description="证书所载发证日期。"),
    FactName("insured_months", FactType.WHOLE, "失业保险累计缴费月数", 26, unit="个月",
             description="截至申请之日参加失业保险累计缴费的月数。"),
    FactName("contract.months", FactType.WHOLE, "劳动合同期限", 36, unit="个月",
             description="与企业签订的劳动合同约定的期限；无固定期限合同填 999。"),
    FactName("person.status", FactType.STATUS, "就业失业状态", ["在职@2019-03-01/2022-01-31", "领取失业保险金期间@2022-02-01/"], STATUSES,
             description="“在职”指企业在职职工，机关事业单位等其他在职填“其他在职”。可按日期段申报，见“按日期段申报的状态”。"),
    FactName("course.paid_by", FactType.ENUM, "培训出资方", "企业", ("企业", "个人", "政府"),
             description="取得证书的培训由谁出资。"),
    FactName("ui.status", FactType.ENUM, "失业保险待遇状态", "期满仍未就业", ("期满仍未就业", "不符合领取条件", "正在领取", "未参保"),
             description="参保失业人员的失业保险金待遇状态；没有参加过失业保险的填“未参保”。"),
    FactName("unemployment.occurred_on", FactType.DATE, "情形发生日期", "2021-03-01",
             description="失业保险金领取期满之日，或不符合领取条件者的失业之日。"),
    FactName("months_to_retirement", FactType.WHOLE, "距法定退休年龄月数", 30, unit="个月",
             description="申请之日距法定退休年龄的足月数；不足一个月填 0。"),
    FactName("diploma.school_kind", FactType.ENUM, "院校类别", "高校", ("高校", "中职", "技工院校", "其他"),
             description="毕业院校的类别；中职含职业高中、中专，技工院校含技师学院。"),
    FactName("diploma.school_region", FactType.REGION, "院校所在地", "211202",
             description="毕业院校所在县（市、区）的行政区划代码（GB/T 2260，六位）。"),
    FactName("diploma.dated_on", FactType.DATE, "毕业证书所注日期", "2022-06-30",
             description="毕业证书所注日期；尚未毕业的填院校确认的预计日期。"),
    FactName("graduate.seeking", FactType.FLAG, "有就业创业意愿并积极求职创业", True,
             description="院校核实的求职创业意愿。"),
    FactName("hardship.category", FactType.ENUMS, "困难类别", ["低保家庭", "国家助学贷款"], HARDSHIPS,
             description="符合的全部困难类别；一项都不符合填空列表 []。"),
)
# fmt: on

BY_NAME: Mapping[str, FactName] = {fact.name: fact for fact in REGISTRY}

APPLIED_ON = "application.applied_on"
"""The day of the application: every rule may use it, no application states it as a fact."""

_WRITTEN = (
    FactType.TEXT,
    FactType.DATE,
    FactType.ENUM,
    FactType.STATUS,
    FactType.REGION,
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
        case FactType.ENUMS | FactType.STATUS if isinstance(value, list):
            return _many(known, value)
        case FactType.ENUMS:
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
    if known.type is FactType.STATUS and not canonical:
        return _problem(known, "列表为空")
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
        case FactType.REGION if not (value.isascii() and value.isdigit() and len(value) == 6):
            return _problem(known, f"“{value}”不是六位行政区划代码")
        case FactType.STATUS if "@" in value:
            return _dated_status(known, value)
        case FactType.ENUM | FactType.ENUMS | FactType.STATUS if value not in known.values:
            return _problem(known, f"没有“{value}”这个取值")
        case _:
            return value


def _same_writing(text: str) -> str:
    """One writing for one thing: keys of caps are compared letter by letter."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


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
    allowed = f"可填：{'、'.join(known.values)}。" if known.values else ""
    return FactProblem(known.name, wrong, f"{allowed}示例：{known.example!r}（{known.label}）。")
