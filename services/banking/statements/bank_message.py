"""Bank message: what a message says of an account, and whether it is whole.

In:   statements as a message has them, each with its balances and entries
Out:  Statement; what keeps it from being taken, and what is only worth knowing
Units: fen
Holds: balances follow from one statement to the next; each statement's entries lead from its opening
       to its closing balance; what is left out is named
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from events.canonical import compact
from events.money import yuan
from events.statements import LineKind
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import LeftOut, Statement, StatementProblem
from services.banking.statements.statement_lines import line_of

OURS = "CNY"
MOST_ENTRIES = 250_000
_LONGEST_PERIOD = timedelta(days=366)
_ONE_DAY = timedelta(days=1)
_LONGEST_TEXT = 1000
_SEPARATORS = re.compile(r"[^0-9A-Z*]")


class MessageBalance(NamedTuple):
    """A balance, where it stands and of which day it is."""

    line: int
    field: str
    amount: int
    day: date | None


class MessageEntry(NamedTuple):
    """One entry, as a line of the account; positive came in."""

    line: int
    field: str
    booked_on: date
    amount: int
    reference: str
    purpose: str
    told: LineKind = "other"


@dataclass(slots=True)
class MessageStatement:
    """One statement of a message: of which account, over which days, from which balance to which."""

    line: int
    name: str
    account: str
    currency: str
    count: int
    first: date | None = None
    last: date | None = None
    opening: MessageBalance | None = None
    closing: MessageBalance | None = None
    entries: list[MessageEntry] = field(default_factory=list)

    @property
    def days(self) -> tuple[date, date] | None:
        """The days that it covers: those it states, or else those its balances and entries prove."""
        booked = [entry.booked_on for entry in self.entries]
        closed = [self.closing.day] if self.closing and self.closing.day else []
        last = self.last or max(booked + closed, default=None)
        if last is None:
            return None
        opened = [self.opening.day + _ONE_DAY] if self.opening and self.opening.day else []
        near = [day for day in opened if day <= last <= day + _LONGEST_PERIOD]
        return self.first or min([*booked, *near], default=last), last


class MessageFindings:
    """What a file says that keeps it from being taken, and what is only worth knowing."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.problems: list[StatementProblem] = []
        self.left_out: list[LeftOut] = []

    def problem(
        self, code: str, line: int, wrong: str, field: str = "", value: str = "", detail: str = ""
    ) -> None:
        """Name what keeps the file from being taken."""
        self.problems.append(
            StatementProblem(
                file=self._file,
                line=line,
                column=field,
                value=value[:80],
                code=code,
                wrong=wrong,
                detail=detail,
            )
        )

    def leave_out(self, line: int, text: str, why: str) -> None:
        """Name what is no line of the account, or not in this file, and hinders nothing."""
        self.left_out.append(LeftOut(line=line, text=text, why=why))


def of_the_account(
    statements: Sequence[MessageStatement], last_four: str, findings: MessageFindings
) -> list[MessageStatement]:
    """Choose the statements of one account; those of others are named."""
    accounts = {_bare(one.account) for one in statements if one.account}
    wanted = {account for account in accounts if account.endswith(last_four)}
    if len(wanted) > 1:
        findings.problem(
            "TWO_ACCOUNTS",
            0,
            f"有 {len(wanted)} 个账户的流水（末四位 {'、'.join(sorted({one[-4:] for one in wanted}))}），"
            "请指明账户，或分开导入",
        )
        return []
    chosen = []
    for one in statements:
        bare = _bare(one.account)
        if not bare or bare in wanted:
            chosen.append(one)
        elif wanted:
            findings.leave_out(
                one.line, f"{one.name}，{one.count} 笔", f"是另一账户（末四位 {bare[-4:]}）的流水"
            )
        else:
            findings.problem(
                "OTHER_ACCOUNT",
                one.line,
                f"写明账号末四位 {bare[-4:]}，不是所选账户（末四位 {last_four}）的流水",
            )
    for one in chosen:
        if not one.account:
            findings.problem("NO_ACCOUNT", one.line, "没有账号，无从核对")
        if one.currency and one.currency != OURS:
            findings.problem(
                "OTHER_CURRENCY", one.line, f"写明币种“{one.currency}”，只能导入人民币流水"
            )
    return chosen


def whole(
    file: str,
    raw: bytes,
    bank_account: str,
    layout: StatementLayout,
    statements: Sequence[MessageStatement],
    findings: MessageFindings,
    opening: int | None,
) -> Statement:
    """Put one account's statements together, oldest first, and check that nothing is missing."""
    ordered = sorted(statements, key=lambda one: one.days or (date.max, date.max))
    for one in ordered:
        _within_its_period(one, findings)
    first = ordered[0].opening if ordered else None
    if ordered and not findings.problems:
        opening = _opening(first, opening, findings)
        if opening is not None:
            _balances_follow(ordered, opening, findings)
    entries = sorted(
        (entry for one in ordered for entry in one.entries), key=lambda entry: entry.booked_on
    )
    covered = [one.days for one in ordered if one.days]
    first_day = min((days[0] for days in covered), default=None)
    last_day = max((days[1] for days in covered), default=None)
    if not findings.problems:
        if first_day is None or last_day is None:
            findings.problem("EMPTY", 0, "没有流水，也没有写明日期")
        elif last_day - first_day >= _LONGEST_PERIOD:
            findings.problem("OTHER_PERIOD", 0, f"起止 {first_day} 至 {last_day} 太长，请分成几份")
    return Statement(
        file=file,
        digest=sha256(raw).hexdigest(),
        bank_account=bank_account,
        first=first_day,
        last=last_day,
        opening_balance=opening,
        lines=tuple(
            line_of(
                layout,
                entry.line,
                entry.booked_on,
                entry.amount,
                entry.reference,
                _short(entry.purpose),
                None,
                entry.told,
            )
            for entry in entries
        ),
        problems=tuple(findings.problems),
        left_out=tuple(findings.left_out),
    )


def _opening(
    stated: MessageBalance | None, given: int | None, findings: MessageFindings
) -> int | None:
    """The balance before the first line, as the bank or else the user says."""
    if stated is None:
        if given is None:
            findings.problem("NO_OPENING", 0, "没有期初余额，请填写期初余额")
        return given
    if given is not None and given != stated.amount:
        findings.problem(
            "OPENING_DIFFERS",
            stated.line,
            f"与所填期初余额 {yuan(given)} 不符",
            stated.field,
            yuan(stated.amount),
        )
    return stated.amount


def _balances_follow(
    ordered: Sequence[MessageStatement], running: int, findings: MessageFindings
) -> None:
    """Each statement begins with the balance with which the one before it ended."""
    for one in ordered:
        if one.opening is not None and one.opening.amount != running:
            findings.problem(
                "BALANCE_BREAKS",
                one.opening.line,
                f"与上一份的期末余额不等（应为 {yuan(running)}），可能缺少一份",
                one.opening.field,
                yuan(one.opening.amount),
            )
            running = one.opening.amount
        running += sum(entry.amount for entry in one.entries)
        if one.closing is not None and one.closing.amount != running:
            findings.problem(
                "CLOSING_DIFFERS",
                one.closing.line,
                f"与期初余额加各笔不等（算得 {yuan(running)}），流水可能有缺",
                one.closing.field,
                yuan(one.closing.amount),
            )
            running = one.closing.amount


def _within_its_period(one: MessageStatement, findings: MessageFindings) -> None:
    for entry in one.entries:
        if (one.first and entry.booked_on < one.first) or (one.last and entry.booked_on > one.last):
            findings.problem(
                "OTHER_PERIOD",
                entry.line,
                f"不在写明的起止 {one.first} 至 {one.last} 之内",
                entry.field,
                str(entry.booked_on),
            )


def _bare(account: str) -> str:
    """An account without separators, and without the currency that some banks write after it.

    Holds: empty only where the message states no account
    """
    bare = _SEPARATORS.sub("", compact(account)) or account
    return bare[:-3] if bare[-3:].isalpha() and bare[:-3] else bare


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
