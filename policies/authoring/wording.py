"""Wording: what each word of a policy says in Chinese, before anything was seen.

In:    a condition, an amount, a cap of a policy
Out:   one phrase or one line a part, for cards, differences and pages
"""

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from policies.duties.months import ByMonth
from policies.engine import trace
from policies.vocabulary import (
    Age,
    AllOf,
    Amount,
    AmountSum,
    AmountTable,
    AnyOf,
    Between,
    Branch,
    Cap,
    Catalogue,
    Ceiling,
    Compare,
    Condition,
    Count,
    EachMonth,
    EitherOr,
    Flag,
    Flat,
    Least,
    Lifetime,
    Located,
    Member,
    Monthly,
    Months,
    Per,
    Ratio,
    Running,
    SameYear,
    Silence,
    Standard,
    StatedAmount,
    Times,
    Unique,
    Unresolved,
    Used,
    Within,
)
from policies.vocabulary.words import ParamRef

_WORDS = {"<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于", "==": "等于"}


def condition_words(node: Condition) -> str:
    """What a condition needs, before anything was seen."""
    match node:
        case AllOf():
            return "以下全部满足"
        case AnyOf():
            return "以下满足其一"
        case Member():
            day = f"（{trace.label(node.as_of)}当日）" if node.as_of else ""
            silence = _silence(node.unstated, "符合", "不符合")
            return f"{trace.label(node.fact)}{day}为 {_values(node)}{silence}"
        case Flag():
            silence = _silence(node.unstated, "是", "否")
            return f"{trace.label(node.fact)}：{'是' if node.is_ else '否'}{silence}"
        case Compare():
            limit = param_words(node.param) if node.param else f"{node.value}{_unit(node)}"
            limit += f"的{node.times}" if node.times else ""
            return f"{trace.label(node.fact)}{_WORDS[node.op]}{limit}"
        case Ratio():
            over = f"{trace.label(node.num)}÷{trace.label(node.den)}"
            return f"{over}{_WORDS[node.op]}{node.value or param_words(node.param)}"
        case Age():
            return f"{trace.label(node.as_of)}当日年龄{_WORDS[node.op]}{node.value}周岁"
        case Within():
            limit = param_words(node.param) if node.param else period_words(str(node.max))
            return f"{trace.label(node.end)}在{trace.label(node.start)}起 {limit} 内"
        case Between():
            days = trace.window(str(node.from_ or ""), str(node.to or ""))
            return f"{trace.label(node.fact)} {days}"
        case SameYear():
            year = "毕业学年" if node.year == "academic" else "毕业年度"
            return f"{trace.label(node.as_)}在{trace.label(node.fact)}所在{year}内"
        case Located():
            return f"{trace.label(node.fact)}在{trace.place(node.in_)}"
        case Used():
            return f"{'、'.join(map(trace.label, node.keys))}已按 {node.family} 享受"
        case _:
            assert_never(node)


class AmountRow(NamedTuple):
    """One line of an amount: how deep it stands, its node if it is one, and its words."""

    depth: int
    node: str
    words: str


def amount_rows(node: Amount, depth: int = 0) -> Iterator[AmountRow]:
    """An amount and its parts, each on a line of its own."""
    match node:
        case Branch():
            for case in node.cases:
                yield AmountRow(depth, "", f"满足 {case.if_} 时")
                yield from amount_rows(case.then, depth + 1)
            yield AmountRow(depth, "", "其他")
            yield from amount_rows(node.else_, depth + 1)
        case AmountSum():
            yield AmountRow(depth, "", "以下合计")
            for inner in node.of:
                yield from amount_rows(inner, depth + 1)
        case Least() | Times() | Per() | EachMonth():
            yield AmountRow(depth, node.id, _composed(node))
            for inner in node.of if isinstance(node, Least) else [_inner(node)]:
                yield from amount_rows(inner, depth + 1)
        case Flat() | AmountTable() | Standard() | StatedAmount() | Unresolved() | Catalogue():
            yield AmountRow(depth, node.id, _money(node))
        case Monthly():
            stop = param_words(node.stop_param) if node.stop_param else node.stop or "无"
            starts = "申请次月" if node.starts == "month_after_application" else "申请当月"
            words = f"自{starts}起按月，{param_words(node.months)}个月，最晚 {stop}"
            yield AmountRow(depth, node.id, words)
            yield from amount_rows(node.rate, depth + 1)
        case _:
            assert_never(node)


def leaf_silence(node: Flag | Member) -> str:
    """What it means for one condition that its fact is not stated."""
    if isinstance(node, Flag):
        return f"未填视为{'是' if node.unstated else '否'}"
    return f"未填视为{'属于' if node.unstated else '不属于'}所列类别"


def _silence(unstated: bool | None, yes: str, no: str) -> str:
    return "" if unstated is None else f"（未填视为{yes if unstated else no}）"


def _values(node: Member) -> str:
    return param_words(node.param) if node.param else "、".join(node.in_ or ())


def _unit(node: Compare) -> str:
    return "元" if BY_NAME[node.fact].type is FactType.FEN else trace.unit(node.fact)


def _inner(node: Times | Per | EachMonth) -> Amount:
    return node.rate if isinstance(node, EachMonth) else node.of


def _composed(node: Least | Times | Per | EachMonth) -> str:
    match node:
        case Least():
            return "以下各项取其低者"
        case Times():
            return f"以下的{node.by or param_words(node.param)}"
        case Per():
            most = f"，最多{node.max}{trace.unit(node.count)}" if node.max else ""
            return (
                f"每{trace.label(node.count)}单位（{trace.unit(node.count) or '项'}）{most}按以下"
            )
        case EachMonth():
            months = node.months or node.start or ""
            most = f"，最多{node.max}个月" if node.max else ""
            return f"按{trace.label(months)}逐月{most}"
        case _:
            assert_never(node)


def _money(node: Flat | AmountTable | Standard | StatedAmount | Unresolved | Catalogue) -> str:
    match node:
        case Flat():
            return trace.yuan(node.value * 100)
        case AmountTable(rows=dict(rows)):
            cells = "、".join(f"{key} {yuan}元" for key, yuan in rows.items())
            return f"按{trace.label(node.by)}：{cells}；表中没有的不予发放"
        case AmountTable():
            return f"按{trace.label(node.by)}：{param_words(node.param)}；表中没有的不予发放"
        case Standard():
            return param_words(node.param)
        case StatedAmount():
            return f"{trace.label(node.fact)}（据实）"
        case Unresolved():
            return f"{node.reason}，转人工"
        case Catalogue():
            cell = f"{trace.label(node.row)}、{trace.label(node.column)}"
            return f"按目录〔{node.of}〕的{cell}；空格不予发放，目录外转人工"
        case _:
            assert_never(node)


def silence_words(rule: Silence) -> str:
    """What it means that a fact is not stated: ``未填视为否``."""
    meant = (
        value_in_words(rule.means)
        if rule.as_ is None
        else f"与{'、'.join(map(trace.label, rule.as_))}同"
    )
    unless = "".join(
        f"（{trace.label(fact)}为{'、'.join(values)}的除外）"
        for fact, values in rule.unless.items()
    )
    only = "".join(
        f"（仅{trace.label(fact)}为{'、'.join(values)}的）" for fact, values in rule.only.items()
    )
    return f"未填视为{meant}{unless}{only}"


def value_in_words(value: bool | int | str | list[str] | None) -> str:
    """A fact's value as people say it."""
    match value:
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(value) or "没有"
        case _:
            return str(value)


def cap_words(cap: Cap) -> str:
    """What a cap allows, and when it applies."""
    applies = f"（满足 {cap.only_if} 时）" if cap.only_if else ""
    return applies + _cap(cap, "每人" if cap.per == "person" else "每单位")


def _cap(cap: Cap, each: str) -> str:
    match cap:
        case Count():
            return f"{each}每公历年不超过{param_words(cap.param) if cap.param else cap.max}次"
        case Lifetime():
            return f"{each}终身不超过{cap.max}次"
        case Unique():
            then = "转人工" if cap.repeated == "refer" else "不予发放"
            return f"{'、'.join(map(trace.label, cap.keys))}相同的，{then}"
        case Months():
            longer = "".join(
                f"；满足 {one.if_} 时{one.max or param_words(one.param)}个月"
                for one in cap.extended
            )
            free = f"，不计{cap.without_year}年的{trace.label(cap.without)}" if cap.without else ""
            return f"{each}累计不超过{cap.max or param_words(cap.param)}个月{free}{longer}"
        case EitherOr():
            by = "、".join(map(trace.label, (*cap.keys, *cap.also)))
            alike = f"（{by}任一相同的）" if by else ""
            return f"不与{'、'.join(map(trace.programme, cap.with_))}重复享受{alike}"
        case Running():
            return f"{each}同时只享受一笔（{trace.label(cap.key)}）"
        case _:
            assert_never(cap)


def ceiling_words(ceiling: Ceiling) -> str:
    """What a shared limit allows."""
    whose = "、".join(map(trace.label, ceiling.scope)) or "全项目"
    when = "每公历年" if ceiling.period == "calendar_year" else "累计"
    most = f"{ceiling.max}{'元' if ceiling.of == 'yuan' else '个'}"
    then = "超出部分不发" if ceiling.remainder == "pay" else "超出的不予发放"
    return f"{whose}{when}不超过{most}，{then}"


def period_words(text: str) -> str:
    """``12M`` as people say it."""
    number, unit = text[:-1], {"D": "天", "M": "个月", "Y": "年"}.get(text[-1:])
    return f"{number}{unit}" if unit else text


def param_words(ref: ParamRef | None) -> str:
    return f"〔参数 {ref.of}〕" if ref else ""


def months_words(rule: ByMonth) -> str:
    """When the months of a claim fall due."""
    of = rule.listed or rule.count or rule.until or ""
    what = f"按{trace.label(of)}计发"
    if rule.settled == "at_end":
        return f"{what}，全期结束后的第一天一次到期；申请时已结束的核准时到期"
    return (
        f"{what}：申请之日以前已结束的月份合为一期，核准时到期；其余逐月，于该月结束后的第一天到期"
    )
