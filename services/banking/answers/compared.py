"""Compared: an answer beside the payments of its batches, as the books have them.

In:   BankAnswer; the batches' payments
Out:  the answer with every instruction spelled out and every contradiction named; what it leaves out
Holds: what is said of an instruction itself goes before what is said of its batch
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from events.canonical import unseen
from events.contract.inbound.fields import LONGEST_TEXT
from events.ids import batch_of
from events.money import yuan
from projections.queries.results import ExpectedPayment
from services.banking.answers.bank_answer import BankAnswer, ResultLine, ResultProblem


def compared_with_books(
    answer: BankAnswer, ordered: Mapping[str, ExpectedPayment], today: date
) -> BankAnswer:
    """Spell out what is said of whole batches, fill in what the bank left out, and find what cannot
    be: a payment nobody knows, a day before the sending or after today, two verdicts on one, words
    that no message of a bank may hold.

    Holds: what is said of an instruction itself goes before what is said of its batch; each problem
           names its line
    """
    named = {line.about for line in answer.lines}
    lines: list[ResultLine] = []
    problems = list(answer.problems)
    for line in answer.lines:
        if line.about in ordered:
            lines.append(_filled(line, line.about, ordered, today))
            continue
        whole = [
            instruction for instruction in sorted(ordered) if batch_of(instruction) == line.about
        ]
        if not whole:
            problems.append(ResultProblem(line.line, "指令号", line.about, "账上没有这笔付款"))
        lines += [
            _filled(line._replace(about=instruction), instruction, ordered, today)
            for instruction in whole
            if instruction not in named
        ]
    problems += [
        ResultProblem(line.line, "入账日期", str(line.value_on), wrong)
        for line in lines
        if (wrong := _wrong_day(line, ordered[line.about], today))
    ]
    problems += [
        ResultProblem(line.line, column, text[:80], wrong)
        for line in lines
        for column, text in _texts(line)
        if (wrong := _wrong_text(text))
    ]
    lines, contradictions = _one_verdict(lines)
    return answer._replace(lines=tuple(lines), problems=(*problems, *contradictions))


def _filled(
    line: ResultLine, instruction: str, ordered: Mapping[str, ExpectedPayment], today: date
) -> ResultLine:
    amount = ordered[instruction].amount_fen if line.amount is None else line.amount
    return line._replace(amount=amount, value_on=line.value_on or today)


def _wrong_day(line: ResultLine, ordered: ExpectedPayment, today: date) -> str:
    """Say why a line's day cannot be; empty where it can."""
    assert line.value_on is not None
    if line.value_on > today:
        return f"晚于今天 {today}"
    if ordered.sending_on is not None and line.value_on < ordered.sending_on:
        return f"早于这一批的发送日 {ordered.sending_on}"
    return ""


def _texts(line: ResultLine) -> Iterator[tuple[str, str]]:
    yield "返回码", line.code
    yield "失败原因", line.reason
    yield "银行流水号", line.bank_reference


def _wrong_text(text: str) -> str:
    """Say why the ledger would refuse a bank's words; empty where it would not."""
    if hidden := unseen(text):
        return f"有看不见的字符 {hidden}"
    return f"超过 {LONGEST_TEXT} 字" if len(text) > LONGEST_TEXT else ""


def _one_verdict(lines: list[ResultLine]) -> tuple[list[ResultLine], list[ResultProblem]]:
    """Take one verdict an instruction: what is said twice once, a payment and its reversal in order.

    Holds: two payments under two references of the bank's both stay: the ledger doubts the second
    """
    verdicts: dict[str, list[ResultLine]] = {}
    problems: list[ResultProblem] = []
    for line in lines:
        earlier = verdicts.setdefault(line.about, [])
        last = earlier[-1] if earlier else None
        if last is None or (line.reversal and last.outcome == "settled" and _same(line, last)):
            earlier.append(line)
        elif (line.outcome, line.amount) != (last.outcome, last.amount):
            wrong = f"第 {last.line} 行与第 {line.line} 行对同一指令说法不同"
            problems += [
                ResultProblem(no, "指令号", line.about, wrong) for no in (last.line, line.line)
            ]
        elif line.bank_reference and last.bank_reference not in ("", line.bank_reference):
            earlier.append(line)
    order = {id(line): place for place, line in enumerate(lines)}
    taken = sorted(
        (line for of_one in verdicts.values() for line in of_one), key=lambda o: order[id(o)]
    )
    return taken, problems


def _same(line: ResultLine, last: ResultLine) -> bool:
    return line.amount == last.amount


class Missing(NamedTuple):
    """An instruction of a batch that an answer speaks of, of which it says nothing."""

    batch: str
    instruction: str
    amount: int


def missing(answer: BankAnswer, ordered: Mapping[str, ExpectedPayment]) -> tuple[Missing, ...]:
    """Find what the answer leaves out of its batches and nobody has answered before."""
    spoken, batches = {line.about for line in answer.lines}, set(answer.batches)
    return tuple(
        Missing(batch_of(instruction), instruction, one.amount_fen)
        for instruction, one in sorted(ordered.items())
        if one.unanswered and batch_of(instruction) in batches and instruction not in spoken
    )


def missing_in_words(left_out: tuple[Missing, ...]) -> str:
    """Say what an answer leaves out: how many, how much, the first few."""
    first = "、".join(one.instruction for one in left_out[:5])
    more = " 等" if len(left_out) > 5 else ""
    total = yuan(sum(one.amount for one in left_out))
    return f"缺 {len(left_out)} 笔 {total} 元未回：{first}{more}"
