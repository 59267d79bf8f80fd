"""A second matcher, written from the rules' words alone: slow lists and loops, no SQL."""

import re
from collections import Counter
from datetime import date
from typing import NamedTuple

_INSTRUCTION = re.compile(r"B\d{6}[0-9A-Z]{4}\d{5}")
_WINDOW_DAYS = 5


class Movement(NamedTuple):
    account: str
    movement: str
    moved_on: date
    amount: int
    instruction: str | None = None
    reference: str = ""
    line: str | None = None


class Line(NamedTuple):
    account: str
    line: str
    booked_on: date
    amount: int
    reference: str = ""
    purpose: str = ""

    @property
    def instruction(self) -> str | None:
        found = _INSTRUCTION.search(self.reference) or _INSTRUCTION.search(self.purpose)
        return found.group() if found else None


class Verdict(NamedTuple):
    """(verdict, movement, line) of one row."""

    verdict: str
    movement: str | None
    line: str | None


def match(book: list[Movement], bank: list[Line]) -> set[Verdict]:
    """Pair movements and lines one by one."""
    movements = sorted(book, key=lambda m: (m.moved_on, m.movement))
    lines = sorted(bank, key=lambda k: (k.booked_on, k.account, k.line))
    verdicts: set[Verdict] = set()
    pairs: list[tuple[Movement, Line]] = []

    def pair(verdict: str, m: Movement, k: Line) -> None:
        movements.remove(m)
        lines.remove(k)
        pairs.append((m, k))
        verdicts.add(Verdict(verdict, m.movement, k.line))

    for m in list(movements):
        for k in [k for k in lines if m.line == k.line and _same(m, k, "account", "amount")][:1]:
            pair("matched", m, k)
    for m in [m for m in movements if m.instruction and m.line is None]:
        for k in [k for k in lines if _same(m, k, "account", "instruction", "amount")][:1]:
            pair("matched", m, k)
    _by_reference(movements, lines, pair)
    for m in [m for m in movements if m.instruction]:
        same_way = [
            k
            for k in lines
            if _same(m, k, "account", "instruction") and (m.amount > 0) == (k.amount > 0)
        ]
        for k in same_way[:1]:
            pair("amount", m, k)
    for m in [m for m in movements if m.instruction]:
        for k in [k for k in lines if _same(m, k, "instruction", "amount")][:1]:
            movements.remove(m)
            lines.remove(k)
            verdicts |= {
                Verdict("wrong_account", m.movement, None),
                Verdict("wrong_account", None, k.line),
            }
    verdicts |= {Verdict("missing_at_bank", m.movement, None) for m in movements}
    verdicts |= {
        Verdict("duplicate" if _is_again(k, book, pairs) else "unknown_at_bank", None, k.line)
        for k in lines
    }
    return verdicts


def _by_reference(movements, lines, pair) -> None:  # type: ignore[no-untyped-def]
    keys = Counter((m.account, m.reference, m.amount) for m in movements if m.reference)
    for account, reference, amount in keys:
        ours = [
            m
            for m in movements
            if (m.account, m.reference, m.amount, m.line) == (account, reference, amount, None)
        ]
        theirs = [
            k
            for k in lines
            if (k.account, k.reference, k.amount, k.instruction)
            == (account, reference, amount, None)
        ]
        for m, k in zip(list(ours), list(theirs), strict=False):
            if abs((k.booked_on - m.moved_on).days) <= _WINDOW_DAYS:
                pair("matched", m, k)


def _is_again(line: Line, book: list[Movement], pairs: list[tuple[Movement, Line]]) -> bool:
    if line.instruction is not None:
        return any(
            _same(m, line, "account", "instruction") and (m.amount > 0) == (line.amount > 0)
            for m in book
        )
    days = [
        m.moved_on
        for m, k in pairs
        if k.instruction is None
        and m.line is None
        and _same(m, line, "account", "amount", "reference")
    ]
    if not days:
        return False
    before, after = (min(days) - line.booked_on).days, (line.booked_on - max(days)).days
    return before <= _WINDOW_DAYS and after <= _WINDOW_DAYS


def _same(m: Movement, k: Line, *names: str) -> bool:
    return all(getattr(m, name) == getattr(k, name) for name in names)
