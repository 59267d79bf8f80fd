"""Questions: everything that the legal owner must confirm, because no document states it.

In:    the policies and their figures
Out:   conventions (约定), shipped defaults and figures that nobody states (未载明), by document and
       programme, each once however many versions share it
Holds: every `assume`, every row whose source is ``not stated``, every figure without a row and
       every amount that a clause leaves open is a question.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from policies.authoring.card import policy_card, rows_of
from policies.authoring.walk import walk
from policies.engine import trace
from policies.engine.nodes import params
from policies.engine.registry import Policies
from policies.engine.versions import Policy
from policies.reference_data.standards import NOT_STATED

Kind = Literal["约定", "默认值", "未载明"]


class Question(NamedTuple):
    """One thing to confirm: where it stands, what we read or lack, and whom it concerns."""

    document: str
    programme: str
    title: str
    kind: Kind
    about: str
    text: str
    clauses: tuple[str, ...]
    quotes: tuple[str, ...]
    versions: tuple[str, ...]


def questions(policies: Policies) -> list[Question]:
    """Every question, by document, programme and the order of the files; equal ones are one."""
    merged: dict[tuple[str, str, str, str, str], Question] = {}
    for policy in policies:
        for one in _asked(policy, policies):
            key = (one.document, one.programme, one.kind, one.about, one.text)
            known = merged.get(key)
            merged[key] = one if known is None else _both(known, one)
    return sorted(merged.values(), key=lambda one: (one.document, one.programme))


def _both(one: Question, other: Question) -> Question:
    return one._replace(
        clauses=tuple(dict.fromkeys(one.clauses + other.clauses)),
        quotes=tuple(dict.fromkeys(one.quotes + other.quotes)),
        versions=tuple(dict.fromkeys(one.versions + other.versions)),
    )


def _asked(policy: Policy, policies: Policies) -> Iterator[Question]:
    yield from _conventions(policy)
    yield from _figures(policy, policies)
    yield from _open(policy, policies)


def _conventions(policy: Policy) -> Iterator[Question]:
    """What a file signs off under `assume`, with the clauses that it interprets."""
    text = policy.text
    for note in text.assume:
        resting = [
            place for place in walk(text, text.cite) if getattr(place.node, "assume", "") == note.id
        ]
        clauses = [place.cite for place in resting] or [text.cite]
        quotes = [quote for place in resting if (quote := getattr(place.node, "quote", None))]
        yield _question(policy, "约定", f"{note.id}（{note.about}）", note.note, clauses, quotes)


def _figures(policy: Policy, policies: Policies) -> Iterator[Question]:
    """The figures that a version asks for and no document gives."""
    standards = policies.standards
    for node, ref in params(policy.text):
        declared = standards.declared[ref.of]
        rows = rows_of(ref.of, policy, standards)
        about = f"{ref.of}（{node}）"
        known = policy.nodes.get(node)
        cites, quotes = ([known.cite], [known.quote]) if known else ([policy.text.cite], [])
        if not rows:
            text = f"{declared.label}：未载明，转人工，待市里确定。{declared.why}"
            yield _question(policy, "未载明", about, text, cites, quotes)
        for row in rows:
            if row.source == NOT_STATED:
                days = trace.window(str(row.from_), str(row.to or ""))
                default = row.same_as or row.value
                text = f"{declared.label}：未载明，{days}暂用系统默认值 {default}。{declared.why}"
                yield _question(policy, "默认值", about, text, cites, quotes)


def _open(policy: Policy, policies: Policies) -> Iterator[Question]:
    """Amounts and funds that a clause leaves open in the file itself."""
    for section, row in policy_card(policy, policies.standards, policies.duties).rows():
        if row.open and section != "参数":
            text = f"{section}：{row.words}"
            quotes = [row.quote] if row.quote else []
            yield _question(policy, "未载明", row.id, text, [row.cite], quotes)


def _question(
    policy: Policy, kind: Kind, about: str, text: str, clauses: list[str], quotes: list[str]
) -> Question:
    return Question(
        policy.text.cite.partition("#")[0],
        policy.text.policy,
        policy.text.title,
        kind,
        about,
        text,
        tuple(dict.fromkeys(clauses)),
        tuple(dict.fromkeys(quote for quote in quotes if quote)),
        (policy.name.partition("/")[2],),
    )


_HEAD = """# 待法制审核确认的事项

由 `benefit-ledger docs` 从政策文件生成，请勿手改。三类：**约定**是本系统对原文的理解；**默认值**是原文未
载明、系统暂用的数字，市里可用自己的参数文件改；**未载明**是原文没有、系统不作推定、一律转人工的标准。
逐条确认后，把“约定”改成引文，或在参数文件里写明来源，本页相应条目随之消失。

"""


def questions_page(policies: Policies) -> str:
    """The page of the reference, in Chinese, for the legal owner."""
    asked = questions(policies)
    return _HEAD + "\n".join(_lines(asked)) + "\n"


def _lines(asked: list[Question]) -> Iterator[str]:
    counts = {kind: sum(one.kind == kind for one in asked) for kind in ("约定", "默认值", "未载明")}
    yield (
        f"共 {len(asked)} 条：" + "，".join(f"{kind} {n} 条" for kind, n in counts.items()) + "。\n"
    )
    for document, of_document in groupby(asked, key=lambda one: one.document):
        yield f"## {document}\n"
        for programme, rows in groupby(of_document, key=lambda one: one.programme):
            first, *others = rows
            yield f"### {first.title}（{programme}）\n"
            yield "| 类 | 编号 | 事项 | 条款与原文 | 版本 |\n|---|---|---|---|---|"
            yield from map(_row, (first, *others))
            yield ""


def _row(one: Question) -> str:
    sources = "；".join([*one.clauses, *(f"「{quote}」" for quote in one.quotes)])
    cells = (one.kind, one.about, one.text, sources, "、".join(one.versions))
    row = " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {row} |"
