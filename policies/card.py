"""Cards: one policy version as an official signs it off (政策卡).

In:    a policy, and the figures stated for its jurisdiction
Out:   plain lines by section: window, conditions, amount, caps, referrals, assumptions
Holds: every line carries its clause and quote, or the convention that it rests on.
"""

from collections.abc import Iterator
from typing import TypedDict

from events.facts import BY_NAME
from policies import trace
from policies.explain import ADVANCE
from policies.facts_used import facts_used
from policies.nodes import conditions, params
from policies.registry import Policy
from policies.standards import NOT_STATED, Row, Standards
from policies.vocabulary import Advance, Condition, Fund, Grandfather
from policies.wording import amount_lines, cap_words, ceiling_words, condition_words, period_words

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
    select: list[str]
    conditions: list[str]
    given: list[str]
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

    def told(nodes: list[Condition]) -> list[str]:
        return [sourced(one.id, condition_words(one), depth) for one, depth in conditions(nodes)]

    replaces = [f"代替 {old.version}{'，仅限下列人员' * bool(old.for_)}" for old in text.supersedes]
    if text.grandfather:
        replaces.append(sourced("grandfather", _grandfather(text.grandfather)))
    payee = text.payee
    return Card(
        name=policy.name,
        title=text.title,
        jurisdiction=trace.place(text.jurisdiction),
        cite=text.cite,
        window=sourced("select", f"申请日期 {policy.window.need}"),
        funds=_funds(text.fund),
        payee=_PAYEES[payee]
        if isinstance(payee, str)
        else "；".join(f"{value}：{_PAYEES[who]}" for value, who in payee.rows.items()),
        select=[*replaces, *told([one for old in text.supersedes for one in old.for_])],
        conditions=told(text.when),
        given=told(text.given),
        amount=list(amount_lines(lambda node: trace.source(policy.nodes[node]), text.amount)),
        caps=[
            *(sourced(cap.id, cap_words(cap)) for cap in text.caps),
            *(sourced(one.id, ceiling_words(one)) for one in text.ceilings),
            *([sourced(ADVANCE, _advance(text.advance))] if text.advance else []),
        ],
        refer=told(text.refer),
        figures=[line for name in _figures(policy) for line in _figure(name, policy, standards)],
        assumptions=[f"{note.id}（{note.about}）：{note.note}" for note in text.assume],
        facts=[f"{name}（{BY_NAME[name].label}）" for name in facts_used(text)],
    )


def _funds(fund: Fund) -> str:
    """The funds in order, by case where the clause tells cases apart."""
    others = "、".join(fund.is_) or "文件未规定"
    cases = [f"满足 {case.if_}：{'、'.join(case.then) or '文件未规定'}" for case in fund.cases]
    return "；".join([*cases, f"其他：{others}"]) if cases else others


def _advance(advance: Advance) -> str:
    return f"满足 {advance.if_} 时可预拨应发补贴的{advance.rate}，结算时抵扣"


def _grandfather(rule: Grandfather) -> str:
    who = f"{rule.accepted_in}年度已受理、享受期未满的" if rule.accepted_in else "正在享受的"
    return f"{who}，{'可选择' if rule.optional else ''}按原政策至享受期满"


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
        cells = ((key, yuan) for key, yuan in value.items() if isinstance(yuan, int))
        words = "、".join(f"{key} {yuan}元" for key, yuan in cells) or "见附表"
    elif isinstance(value, list):
        words = "、".join(value)
    else:
        words = period_words(str(value))
    days = trace.window(str(row.from_), str(row.to or ""))
    stated = "文件未规定，系统默认" if row.source == NOT_STATED else row.source
    source = f"{row.cite}「{row.quote}」" if row.cite else f"来源：{stated}"
    return f"{words}，{days}，{source}"
