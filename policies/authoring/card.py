"""Cards: one policy version as an official signs it off (政策卡).

In:    a policy, and the figures stated for its jurisdiction
Out:   its sections, row by row: what is said, clause and quote, or the convention behind it
Holds: every row carries its clause and quote, or the convention that it rests on; what no document
       states is marked 未载明; the card of a page, a paper and the reference is the same card.
"""

from collections.abc import Iterator
from typing import NamedTuple

from events.application_facts.checking import BY_NAME
from policies.authoring.wording import (
    amount_rows,
    cap_words,
    ceiling_words,
    condition_words,
    months_words,
    period_words,
    silence_words,
)
from policies.duties import Duties
from policies.engine import trace
from policies.engine.explain import ADVANCE
from policies.engine.facts_used import facts_used
from policies.engine.nodes import amounts, conditions, params
from policies.engine.versions import Policy
from policies.reference_data.standards import NOT_STATED, Standards
from policies.reference_data.standards import FigureRow as Figure
from policies.vocabulary import Advance, Condition, Fund, Grandfather, Monthly
from policies.vocabulary.places import jurisdictions

UNSTATED = "未载明"
"""What stands where no document gives a figure."""

_PAYEES = {
    "applicant": "申请人本人",
    "employer": "用人单位",
    "training_unit": "培训机构",
    "agency": "人力资源服务机构",
    "internship_unit": "见习单位",
    "lender": "贷款银行",
}


class CardRow(NamedTuple):
    """One line of a card; `note` is a convention of ours, `open` says that no text gives it."""

    id: str
    words: str
    depth: int = 0
    cite: str = ""
    quote: str = ""
    note: str = ""
    open: bool = False

    @property
    def source(self) -> str:
        """The clause and its quote in one line, or the convention."""
        if self.quote:
            return f" —— {self.cite}「{self.quote}」"
        return f" —— 约定：{self.note}" if self.note else ""

    @property
    def line(self) -> str:
        """The row as plain text, indented."""
        name = f"{self.id}：" if self.id else ""
        return f"{'  ' * self.depth}{name}{self.words}{self.source}"


class Section(NamedTuple):
    """One part of a card: its heading, and its rows."""

    name: str
    rows: tuple[CardRow, ...]


class Card(NamedTuple):
    """A policy version, ready for a page or a sheet of paper."""

    name: str
    title: str
    programme: str
    version: str
    jurisdiction: str
    cite: str
    issued: str
    content_hash: str
    window: str
    funds: str
    payee: str
    sections: tuple[Section, ...]

    def rows(self) -> Iterator[tuple[str, CardRow]]:
        """Every row with the heading above it."""
        for section in self.sections:
            for row in section.rows:
                yield section.name, row


def policy_card(policy: Policy, standards: Standards, duties: Duties) -> Card:
    """Everything that a version says, in the words of its trails."""
    text = policy.text
    payee = text.payee
    sections = (
        Section("受理", tuple(_window(policy))),
        Section("条件", tuple(_conditions(policy, text.when))),
        Section("区分", tuple(_conditions(policy, text.given))),
        Section("标准", tuple(_amount(policy))),
        Section("发放", tuple(_paying(policy, duties))),
        Section("限额", tuple(_caps(policy))),
        Section("转人工", tuple(_conditions(policy, text.refer))),
        Section("资金", (_sourced(policy, "fund", _funds(text.fund)),)),
        Section("未填的事实", tuple(_silences(policy))),
        Section("参数", tuple(_figures(policy, standards))),
        Section("约定", tuple(_conventions(policy))),
        Section("申报事实", tuple(_facts(policy))),
    )
    return Card(
        name=policy.name,
        title=text.title,
        programme=text.policy,
        version=str(text.version),
        jurisdiction=trace.place(text.jurisdiction),
        cite=text.cite,
        issued=str(text.issued),
        content_hash=policy.content_hash,
        window=policy.window.need,
        funds=_funds(text.fund),
        payee=_PAYEES[payee]
        if isinstance(payee, str)
        else "；".join(
            [
                *(f"{value}：{_PAYEES[who]}" for value, who in payee.rows.items()),
                *([f"未填：{_PAYEES[payee.unstated]}"] if payee.unstated else []),
            ]
        ),
        sections=tuple(section for section in sections if section.rows),
    )


def _sourced(policy: Policy, node: str, words: str, depth: int = 0) -> CardRow:
    """A row with the source of its node."""
    if node not in policy.nodes:
        return _fund_row(policy, words) if node == "fund" else CardRow(node, words, depth)
    known = policy.nodes[node]
    return CardRow(node, words, depth, known.cite, known.quote, known.assume)


def _fund_row(policy: Policy, words: str) -> CardRow:
    """The funds are no node of a trail; they cite for themselves."""
    fund = policy.text.fund
    notes = {note.id: note.note for note in policy.text.assume}
    cite = fund.cite or policy.text.cite
    note = notes.get(fund.assume or "", "")
    return CardRow("fund", words, 0, cite, fund.quote or "", note, not fund.is_)


def _window(policy: Policy) -> Iterator[CardRow]:
    text = policy.text
    yield _sourced(policy, "select", f"申请日期 {policy.window.need}")
    notes = {note.id: note.note for note in text.assume}
    for old in text.supersedes:
        words = f"代替 {old.version}{'，仅限下列人员' * bool(old.for_)}"
        yield CardRow("supersedes", words, note=notes.get(old.assume, ""))
        yield from _conditions(policy, old.for_, 1)
    if text.grandfather:
        yield _sourced(policy, "grandfather", _grandfather(text.grandfather))


def _conditions(policy: Policy, nodes: list[Condition], depth: int = 0) -> Iterator[CardRow]:
    for one, below in conditions(nodes):
        yield _sourced(policy, one.id, condition_words(one), depth + below)


def _amount(policy: Policy) -> Iterator[CardRow]:
    for depth, node, words in amount_rows(policy.text.amount):
        row = _sourced(policy, node, words, depth)
        unresolved = node in policy.nodes and policy.nodes[node].kind == "unresolved"
        yield row._replace(open=unresolved)


def _paying(policy: Policy, duties: Duties) -> Iterator[CardRow]:
    """When what is paid by the month falls due, by the duty that says so."""
    table = duties.months
    notes = {note.id: note.note for note in table.assume}
    rule = table.of(policy.text.policy)
    if rule is not None:
        row = CardRow(
            f"months/{rule.id}", months_words(rule), note=notes.get(rule.assume or "", "")
        )
        yield row._replace(cite=rule.cite or "", quote=rule.quote or "")
    elif any(isinstance(one, Monthly) for one in amounts(policy.text.amount)):
        yield CardRow("months", "每月一期，于该月结束后的第一天到期", note=notes["M1"])


def _caps(policy: Policy) -> Iterator[CardRow]:
    text = policy.text
    for cap in text.caps:
        yield _sourced(policy, cap.id, cap_words(cap))
    for ceiling in text.ceilings:
        yield _sourced(policy, ceiling.id, ceiling_words(ceiling))
    if text.advance:
        yield _sourced(policy, ADVANCE, _advance(text.advance))


def _silences(policy: Policy) -> Iterator[CardRow]:
    notes = {note.id: note.note for note in policy.text.assume}
    for rule in policy.text.silence:
        words = f"{BY_NAME[rule.fact].label}{silence_words(rule)}"
        yield CardRow(rule.fact, words, note=notes.get(rule.assume, ""))


def _conventions(policy: Policy) -> Iterator[CardRow]:
    for note in policy.text.assume:
        yield CardRow(f"{note.id}（{note.about}）", note.note)


def _facts(policy: Policy) -> Iterator[CardRow]:
    for name in facts_used(policy.text):
        known = BY_NAME[name]
        yield CardRow(name, f"{known.label}{f'（{known.unit}）' if known.unit else ''}")


def _funds(fund: Fund) -> str:
    """The funds in order, by case where the clause tells cases apart."""
    others = "、".join(fund.is_) or UNSTATED
    cases = [f"满足 {case.if_}：{'、'.join(case.then) or UNSTATED}" for case in fund.cases]
    return "；".join([*cases, f"其他：{others}"]) if cases else others


def _advance(advance: Advance) -> str:
    return f"满足 {advance.if_} 时可预拨应发补贴的{advance.rate}，结算时抵扣"


def _grandfather(rule: Grandfather) -> str:
    who = f"{rule.accepted_in}年度已受理、享受期未满的" if rule.accepted_in else "正在享受的"
    return f"{who}，{'可选择' if rule.optional else ''}按原政策至享受期满"


def _figures(policy: Policy, standards: Standards) -> Iterator[CardRow]:
    """The parameters with what is stated for the policy's place."""
    for name in sorted({ref.of for _, ref in params(policy.text)}):
        declared = standards.declared[name]
        rows = rows_of(name, policy, standards)
        if not rows:
            words = f"{declared.label}：{UNSTATED}，转人工（{declared.why}）"
            yield CardRow(name, words, open=True)
        for row in rows:
            yield _figure(name, f"{declared.label}：", row)


def rows_of(name: str, policy: Policy, standards: Standards) -> list[Figure]:
    """What is stated of a figure for a version's place: its own rows, then those of its province."""
    return [
        row
        for place in jurisdictions(policy.text.jurisdiction)
        for row in standards.stated.get((name, place), ())
    ]


def _figure(name: str, label: str, row: Figure) -> CardRow:
    words = f"{label}{_value(row)}，{trace.window(str(row.from_), str(row.to or ''))}"
    if row.cite:
        return CardRow(name, words, cite=row.cite, quote=row.quote or "")
    if row.source == NOT_STATED:
        return CardRow(name, f"{words}，来源：{UNSTATED}，系统默认", open=True)
    return CardRow(name, f"{words}，来源：{row.source}")


def _value(row: Figure) -> str:
    match row.value:
        case None:
            return f"同参数 {row.same_as}"
        case dict() as rows:
            known = [f"{key} {cell}元" for key, cell in rows.items() if isinstance(cell, int)]
            return "、".join(known) or f"见目录，共{len(rows)}项"
        case list() as values:
            return "、".join(values)
        case value:
            return period_words(str(value))
