"""Cards: one policy version as an official signs it off (政策卡).

In:    a policy, and the figures stated for its jurisdiction
Out:   plain lines by section: window, conditions, amount, caps, referrals, assumptions
Holds: every line carries its clause and quote, or the convention that it rests on.
"""

from collections.abc import Iterator
from typing import TypedDict, assert_never

from events.facts import BY_NAME
from policies import trace
from policies.facts_used import facts_used
from policies.nodes import conditions, params
from policies.registry import Policy
from policies.standards import NOT_STATED, Row, Standards
from policies.vocabulary import (
    AllOf,
    Amount,
    AnyOf,
    Between,
    Branch,
    Cap,
    Compare,
    Condition,
    Count,
    Flag,
    Flat,
    Lifetime,
    Located,
    Member,
    Monthly,
    SameYear,
    Standard,
    Table,
    Unique,
    Used,
    Within,
)
from policies.words import ParamRef

_WORDS = {"<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于", "==": "等于"}
_PAYEES = {
    "applicant": "申请人本人",
    "employer": "用人单位",
    "training_unit": "培训机构",
    "internship_unit": "见习单位",
}


class Card(TypedDict):
    """A policy version, ready for a page."""

    name: str
    title: str
    jurisdiction: str
    cite: str
    window: str
    funds: str
    payee: str
    conditions: list[str]
    amount: list[str]
    caps: list[str]
    refer: list[str]
    figures: list[str]
    assumptions: list[str]
    facts: list[str]


def policy_card(policy: Policy, standards: Standards) -> Card:
    """Everything that a version says, in the words of its trails."""
    text = policy.text

    def sourced(node: str, words: str, depth: int = 0) -> str:
        return f"{'  ' * depth}{node}：{words}{trace.source(policy.nodes[node])}"

    payee = text.payee
    return Card(
        name=policy.name,
        title=text.title,
        jurisdiction=trace.place(text.jurisdiction),
        cite=text.cite,
        window=sourced("select", f"申请日期 {policy.window.need}"),
        funds="、".join(text.fund.is_),
        payee=_PAYEES[payee]
        if isinstance(payee, str)
        else "；".join(f"{value}：{_PAYEES[who]}" for value, who in payee.rows.items()),
        conditions=[sourced(n.id, _condition(n), depth) for n, depth in conditions(text.when)],
        amount=list(_amount_lines(policy, text.amount)),
        caps=[sourced(cap.id, _cap(cap)) for cap in text.caps],
        refer=[sourced(n.id, _condition(n), depth) for n, depth in conditions(text.refer)],
        figures=[line for name in _figures(policy) for line in _figure(name, policy, standards)],
        assumptions=[f"{note.id}（{note.about}）：{note.note}" for note in text.assume],
        facts=[f"{name}（{BY_NAME[name].label}）" for name in facts_used(text)],
    )


def _condition(node: Condition) -> str:
    """What a condition needs, before anything was seen."""
    match node:
        case AllOf():
            return "以下全部满足"
        case AnyOf():
            return "以下满足其一"
        case Member():
            day = f"（{trace.label(node.as_of)}当日）" if node.as_of else ""
            return f"{trace.label(node.fact)}{day}为 {'、'.join(node.in_)}"
        case Flag():
            return f"{trace.label(node.fact)}：{'是' if node.is_ else '否'}"
        case Compare():
            limit = _param(node.param) if node.param else f"{node.value}{trace.unit(node.fact)}"
            return f"{trace.label(node.fact)}{_WORDS[node.op]}{limit}"
        case Within():
            limit = _param(node.param) if node.param else _period(str(node.max))
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


def _amount_lines(policy: Policy, node: Amount, before: str = "") -> Iterator[str]:
    match node:
        case Branch():
            for case in node.cases:
                yield from _amount_lines(policy, case.then, f"{before}满足 {case.if_}：")
            yield from _amount_lines(policy, node.else_, f"{before}其他：")
        case Flat() | Table() | Standard():
            source = trace.source(policy.nodes[node.id])
            yield f"{before}{node.id}：{_money(node)}{source}"
        case Monthly():
            stop = _param(node.stop_param) if node.stop_param else node.stop or "无"
            starts = "申请次月" if node.starts == "month_after_application" else "申请当月"
            words = f"自{starts}起按月，{_param(node.months)}个月，最晚 {stop}"
            yield f"{before}{node.id}：{words}{trace.source(policy.nodes[node.id])}"
            yield from _amount_lines(policy, node.rate, before + "  ")
        case _:
            assert_never(node)


def _money(node: Flat | Table | Standard) -> str:
    match node:
        case Flat():
            return trace.yuan(node.value * 100)
        case Table(rows=dict(rows)):
            cells = "、".join(f"{key} {yuan}元" for key, yuan in rows.items())
            return f"按{trace.label(node.by)}：{cells}；表中没有的不予发放"
        case Table():
            return f"按{trace.label(node.by)}：{_param(node.param)}；表中没有的不予发放"
        case Standard():
            return _param(node.param)


def _cap(cap: Cap) -> str:
    match cap:
        case Count():
            return f"每人每公历年不超过{_param(cap.param) if cap.param else cap.max}次"
        case Lifetime():
            return f"终身不超过{cap.max}次"
        case Unique():
            then = "转人工" if cap.repeated == "refer" else "不予发放"
            return f"{'、'.join(map(trace.label, cap.keys))}相同的，{then}"
        case _:
            assert_never(cap)


def _period(text: str) -> str:
    """``12M`` as people say it."""
    number, unit = text[:-1], {"D": "天", "M": "个月", "Y": "年"}.get(text[-1:])
    return f"{number}{unit}" if unit else text


def _param(ref: ParamRef | None) -> str:
    return f"〔参数 {ref.of}〕" if ref else ""


def _figures(policy: Policy) -> list[str]:
    return sorted({ref.of for _, ref in params(policy.text)})


def _figure(name: str, policy: Policy, standards: Standards) -> Iterator[str]:
    """A parameter with what is stated for the policy's own jurisdiction."""
    declared = standards.declared[name]
    rows = standards.stated.get((name, policy.text.jurisdiction), ())
    if not rows:
        yield f"{name} {declared.label}：未规定，转人工（{declared.why}）"
    for row in rows:
        yield f"{name} {declared.label}：{_row(row)}"


def _row(row: Row) -> str:
    value = row.value
    if row.same_as:
        words = f"同参数 {row.same_as}"
    elif isinstance(value, dict):
        words = "、".join(f"{key} {yuan}元" for key, yuan in value.items())
    elif isinstance(value, list):
        words = "、".join(value)
    else:
        words = _period(str(value))
    days = trace.window(str(row.from_), str(row.to or ""))
    stated = "文件未规定，系统默认" if row.source == NOT_STATED else row.source
    source = f"{row.cite}「{row.quote}」" if row.cite else f"来源：{stated}"
    return f"{words}，{days}，{source}"
