"""A second matcher, written from the rules' words alone: slow lists and loops, no SQL."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

_INSTRUCTION = re.compile(r"B\d{6}[0-9A-Z]{4}\d{5}", re.ASCII)
_BATCH = re.compile(r"(?<![0-9A-Z])B\d{6}[0-9A-Z]{4}(?![0-9A-Z])", re.ASCII)


class Movement(NamedTuple):
    account: str
    movement: str
    moved_on: date
    amount: int
    instruction: str | None = None
    reference: str = ""
    line: str | None = None
    line_month: str = "2022-08"

    @property
    def batch(self) -> str | None:
        return self.instruction[:11] if self.instruction else None


class Line(NamedTuple):
    account: str
    line: str
    booked_on: date
    amount: int
    reference: str = ""
    purpose: str = ""
    month: str = "2022-08"

    def _texts(self) -> list[str]:
        plain = [
            unicodedata.normalize("NFKC", text).upper() for text in (self.reference, self.purpose)
        ]
        return ["".join(text.split()) for text in plain]

    @property
    def instruction(self) -> str | None:
        for text in (self.reference, self.purpose):
            if found := _INSTRUCTION.search(text):
                return found.group()
        for text in self._texts():
            for found in re.finditer(r"[0-9A-Z]+", text):
                if _INSTRUCTION.fullmatch(found.group()):
                    return found.group()
        return None

    @property
    def batch(self) -> str | None:
        if self.instruction:
            return self.instruction[:11]
        for text in self._texts():
            if found := _BATCH.search(text):
                return found.group()
        return None

    @property
    def mark(self) -> str:
        return "" if self.batch else self._texts()[0]

    @property
    def says_return(self) -> bool:
        return any(w in self.reference + " " + self.purpose for w in ("退票", "退汇", "退回"))


class ByHand(NamedTuple):
    match: str
    account: str
    movement: str | None
    month: str | None
    line: str | None
    amount: int


class Verdict(NamedTuple):
    """What one movement or line came to; those of one match share its first member's name."""

    verdict: str
    rule: str
    movement: str | None
    line: str | None
    match: str = ""


class Item:
    """A movement or a line, while it is being matched."""

    def __init__(self, source: Movement | Line) -> None:
        self.ours = isinstance(source, Movement)
        self.source = source
        self.account = source.account
        self.name = source.movement if isinstance(source, Movement) else source.line
        self.day = source.moved_on if isinstance(source, Movement) else source.booked_on
        self.amount = source.amount
        self.instruction = source.instruction
        self.batch = source.batch
        self.reference = source.reference if isinstance(source, Movement) else source.mark
        if isinstance(source, Movement):
            self.cites = (source.line_month, source.line) if source.line else None
            self.says_return = False
        else:
            self.cites = (source.month, source.line)
            self.says_return = source.says_return

    @property
    def order(self) -> tuple[date, str, str, str]:
        month = self.source.month if isinstance(self.source, Line) else ""
        return self.day, self.account, month, self.name

    @property
    def way(self) -> int:
        return (self.amount > 0) - (self.amount < 0)


class Matcher:
    """Applies one rule after the other to what is left."""

    def __init__(self, book: Iterable[Movement], bank: Iterable[Line]) -> None:
        self.all = sorted([Item(m) for m in book] + [Item(k) for k in bank], key=lambda i: i.order)
        self.left = dict.fromkeys(self.all)
        self.verdicts: set[Verdict] = set()
        self.by_reference: dict[Hashable, list[date]] = defaultdict(list)
        self.totalled = {i.batch for i in self.all if not i.ours and i.batch and not i.instruction}
        self.cited = {(i.account, i.cites) for i in self.all if i.ours and i.cites}

    def batch_key(self, i: Item) -> Hashable | None:
        taken = i.batch in self.totalled and (i.ours or not i.instruction)
        return (i.account, i.batch, i.way) if taken else None

    def take(self, verdict: str, rule: str, members: list[Item]) -> None:
        first = min((not i.ours, i.account, i.name) for i in members)
        for i in members:
            del self.left[i]
            self.verdicts.add(
                Verdict(
                    verdict,
                    rule,
                    i.name if i.ours else None,
                    None if i.ours else i.name,
                    "/".join((str(int(first[0])), *first[1:])),
                )
            )

    def groups(self, key: Callable[[Item], Hashable | None]) -> list[list[Item]]:
        found: dict[Hashable, list[Item]] = defaultdict(list)
        for i in self.left:
            if (k := key(i)) is not None:
                found[k].append(i)
        return list(found.values())

    def pairs(
        self,
        rule: str,
        key: Callable[[Item], Hashable | None],
        *,
        side: Callable[[Item], bool] = lambda i: i.ours,
        near: Callable[[Item, Item], bool] = lambda a, b: True,
    ) -> None:
        for group in self.groups(key):
            here = [i for i in group if side(i)]
            there = [i for i in group if not side(i)]
            for a, b in zip(here, there, strict=False):
                if near(a, b):
                    if rule == "reference":
                        self.by_reference[a.account, a.amount, a.reference].append(a.day)
                    self.take("matched", rule, [a, b])

    def sums(
        self,
        rule: str,
        key: Callable[[Item], Hashable | None],
        *,
        only: Callable[[list[Item]], bool] = lambda group: True,
        verdict: str = "matched",
    ) -> None:
        for group in self.groups(key):
            ours = [i for i in group if i.ours]
            theirs = [i for i in group if not i.ours]
            equal = sum(i.amount for i in ours) == sum(i.amount for i in theirs)
            if ours and theirs and only(group) and (equal or verdict == "amount"):
                self.take(verdict, rule, group)


def _close(a: Item, b: Item, days: int) -> bool:
    return abs((a.day - b.day).days) <= days


def _together(group: list[Item], within: int) -> bool:
    days = [i.day for i in group]
    return (max(days) - min(days)).days <= within


def _instruction(i: Item) -> Hashable | None:
    return (i.account, i.instruction, i.way) if i.instruction else None


def _steps(m: Matcher) -> dict[str, Callable[[int], None]]:
    """Every rule but the first and the last, each told its window."""

    def by_line(days: int) -> None:
        m.pairs(
            "line",
            lambda i: (
                (i.account, i.cites, i.amount)
                if i.cites and (i.account, i.cites) in m.cited
                else None
            ),
        )

    def taken_back(days: int) -> None:
        m.pairs(
            "reversal",
            lambda i: (i.account, i.cites, abs(i.amount)) if i.ours and i.cites else None,
            side=lambda i: i.amount < 0,
        )

    def by_batch(days: int) -> None:
        m.sums("batch", m.batch_key)

    def by_instruction(days: int) -> None:
        m.pairs("instruction", lambda i: (_instruction(i), i.amount) if i.instruction else None)

    def by_reference(days: int) -> None:
        m.pairs(
            "reference",
            lambda i: (i.account, i.reference, i.amount) if i.reference else None,
            near=lambda a, b: _close(a, b, days),
        )

    def by_reversal(days: int) -> None:
        m.pairs(
            "reversal",
            lambda i: (
                (i.account, i.instruction or i.batch or i.reference, abs(i.amount))
                if not i.ours and (i.instruction or i.batch or i.reference)
                else None
            ),
            side=lambda i: i.amount < 0,
            near=lambda a, b: bool(a.batch) or _close(a, b, days),
        )

    def by_batch_net(days: int) -> None:
        m.sums(
            "batch",
            lambda i: (i.account, i.batch) if i.batch in m.totalled else None,
            only=lambda group: any(not i.ours and not i.instruction for i in group),
        )

    def by_reference_sum(days: int) -> None:
        m.sums(
            "reference",
            lambda i: (i.account, i.reference, i.way) if i.reference else None,
            only=lambda group: _together(group, days),
        )

    return {
        "by_line": by_line,
        "taken_back": taken_back,
        "by_batch": by_batch,
        "by_instruction": by_instruction,
        "by_reference": by_reference,
        "by_split": lambda days: m.sums("split", _instruction),
        "by_reversal": by_reversal,
        "by_batch_left": by_batch,
        "by_batch_net": by_batch_net,
        "by_reference_sum": by_reference_sum,
    }


Rules = Sequence[tuple[str, int | None]]
RULES: Rules = (
    ("by_hand", None),
    ("taken_back", None),
    ("by_line", None),
    ("by_batch", None),
    ("by_instruction", None),
    ("by_reference", 5),
    ("by_split", None),
    ("by_reversal", 5),
    ("by_batch_left", None),
    ("by_batch_net", None),
    ("by_reference_sum", 5),
    ("by_return", 5),
)
"""The rules of version 3, once more."""


def match(
    book: Iterable[Movement],
    bank: Iterable[Line],
    by_hand: Iterable[ByHand] = (),
    rules: Rules = RULES,
) -> set[Verdict]:
    """Match all that can be, rule by rule."""
    m = Matcher(book, bank)
    steps = _steps(m)
    for rule, days in rules:
        if rule == "by_hand":
            _manual(m, by_hand)
        elif rule != "by_return":
            steps[rule](days or 0)
    m.sums("batch", m.batch_key, verdict="amount")
    m.sums("instruction", _instruction, verdict="amount")
    for group in m.groups(lambda i: (i.instruction, i.amount) if i.instruction else None):
        ours, theirs = [i for i in group if i.ours], [i for i in group if not i.ours]
        for pair in zip(ours, theirs, strict=False):
            for i in pair:
                m.take("wrong_account", "", [i])
    windows = dict(rules)
    again = _known_already(m, windows.get("by_reference") or 0)
    if "by_return" in windows:
        _returns(m, again, windows["by_return"] or 0)
    for i in list(m.left):
        m.take(
            "missing_at_bank" if i.ours else "duplicate" if i in again else "unknown_at_bank",
            "",
            [i],
        )
    return m.verdicts


def _manual(m: Matcher, by_hand: Iterable[ByHand]) -> None:
    stated: dict[str, list[ByHand]] = defaultdict(list)
    for member in by_hand:
        stated[member.match].append(member)
    taken: set[tuple[object, ...]] = set()
    for name in sorted(stated):
        names = {(s.account, s.movement, s.month, s.line) for s in stated[name]}
        members = [
            i
            for i in m.left
            for s in stated[name]
            if i.amount == s.amount
            and i.account == s.account
            and (
                i.name == s.movement
                if i.ours
                else i.name == s.line and isinstance(i.source, Line) and i.source.month == s.month
            )
        ]
        total = sum(i.amount if i.ours else -i.amount for i in members)
        whole = len(members) == len(stated[name]) and total == 0
        if whole and not names & taken and len({s.account for s in stated[name]}) == 1:
            m.take("matched", "manual", members)
        taken |= names


def _returns(m: Matcher, again: set[Item], days: int) -> None:
    ours = [i for i in m.left if i.ours and i.instruction and i.amount > 0]
    theirs = [
        i
        for i in m.left
        if not i.ours and not i.batch and i.amount > 0 and i.says_return and i not in again
    ]

    def choices(i: Item, others: list[Item]) -> list[Item]:
        return [
            o
            for o in others
            if (o.account, o.amount) == (i.account, i.amount) and (o is i or _close(o, i, days))
        ]

    for a in ours:
        lines = choices(a, theirs)
        if len(lines) != 1 or choices(a, ours) != [a]:
            continue
        if choices(lines[0], ours) == [a] and choices(lines[0], theirs) == lines:
            m.take("matched", "return", [a, lines[0]])


def _known_already(m: Matcher, window: int) -> set[Item]:
    """The lines that are left although the books know what they name."""
    known = {(i.account, mark, i.way) for i in m.all if i.ours for mark in (i.instruction, i.batch)}
    found = set()
    for line in m.left:
        if line.ours:
            continue
        if line.batch:
            again = (line.account, line.instruction or line.batch, line.way) in known
        else:
            days = m.by_reference.get((line.account, line.amount, line.reference), [])
            again = bool(days) and (
                (min(days) - line.day).days <= window and (line.day - max(days)).days <= window
            )
        if again:
            found.add(line)
    return found
