"""Importing: a file that was read is held, and once another person has taken it, recorded in parts.

In:   Statement without problems
Out:  HoldStatement; RecordStatementDays, a part each, for the months of the account
Units: fen
Holds: what a file is called and what is asked for follow from what it says; identities that a bank
       has written into its words are blotted out before anything is asked
Source: docs/adr/0041-a-statement-is-taken-by-two-people.md
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid5

from events import streams
from events.contract.inbound.private import without_identities
from events.envelope import Asked
from events.statement_files import MOST_DAYS, HoldStatement
from events.statements import RecordStatementDays, StatedDay, StatedLine
from policies.cities import BankAccount
from services.banking.statements.statement import Statement, StatementLine

BY = "clerk"
PURPOSE = "statement"
"""Why the vault keeps the file."""

PART_BYTES = 200_000
"""How much of a file goes into one command; the fact that it leads to is a little longer."""

_LINE_BYTES, _DAY_BYTES = 200, 150
_ONE_DAY = timedelta(days=1)
_NAMESPACE = UUID("0f6a3f0e-50f5-5f0c-9d6e-5a0d5f3f6c11")


class NotTaken(ValueError):
    """A statement with problems was to be imported; nothing of it is taken."""


class StatementPart(NamedTuple):
    """What goes into one command: days of one month, or some lines of one day."""

    month: str
    days: tuple[StatedDay, ...]


class StatementToRecord(NamedTuple):
    """A statement that can be held, with its lines as they would be recorded, blotted once for all."""

    statement: Statement
    account: BankAccount
    first: date
    last: date
    opening: int
    closing: int
    lines: tuple[StatedLine, ...]
    """In the order of the file, each with its number among the equals of its day."""

    @property
    def number(self) -> str:
        """What the file is called: after what it says."""
        return f"S-{self.digest[:12]}"

    @property
    def digest(self) -> str:
        """SHA-256 of what it says: account, days, opening, and every line as it would be recorded."""
        told = sha256(f"{self.account.alias}|{self.first}|{self.last}|{self.opening}\n".encode())
        for line, kept in zip(self.statement.lines, self.lines, strict=True):
            told.update(
                f"{line.booked_on}|{kept.amount}|{kept.reference}|{kept.purpose}|"
                f"{kept.balance_after}|{kept.kind}\n".encode()
            )
        return told.hexdigest()

    @property
    def parts(self) -> list[StatementPart]:
        """The file in parts: each of one month, and none longer than a command may be."""
        parts, month, days, filled = list[StatementPart](), "", list[StatedDay](), 0
        for day in self._days():
            size = _DAY_BYTES + sum(map(_line_size, day.lines))
            if days and (month != f"{day.day:%Y-%m}" or filled + size > PART_BYTES):
                parts.append(StatementPart(month, tuple(days)))
                days, filled = [], 0
            month, filled = f"{day.day:%Y-%m}", filled + size
            days.append(day)
        return [*parts, StatementPart(month, tuple(days))]

    def _days(self) -> Iterator[StatedDay]:
        """Every day that the file covers, with lines or without; a long one in several pieces."""
        by_day: defaultdict[date, list[StatedLine]] = defaultdict(list)
        for line, kept in zip(self.statement.lines, self.lines, strict=True):
            by_day[line.booked_on].append(kept)
        balance, day = self.opening, self.first
        while day <= self.last:
            lines = by_day[day]
            opening, balance = balance, balance + sum(line.amount for line in lines)
            for piece in _pieces(lines):
                yield StatedDay(
                    day=day, opening=opening, closing=balance, count=len(lines), lines=tuple(piece)
                )
            day += _ONE_DAY


def to_record(statement: Statement, account: BankAccount) -> StatementToRecord:
    """Let only a statement pass that can be held.

    Raises: NotTaken when it has a problem, belongs to another account, does not say which days and
            balances it covers, or covers more than a year
    """
    if statement.problems:
        raise NotTaken("\n".join(problem.text for problem in statement.problems))
    if statement.bank_account != account.alias:
        raise NotTaken(f"流水属于 {statement.bank_account}，不是 {account.alias}")
    first, last = statement.first, statement.last
    opening, closing = statement.opening_balance, statement.closing_balance
    if opening is None or closing is None or first is None or last is None:
        raise NotTaken("流水没有写明期初余额或起止日，不能导入")
    if (last - first).days >= MOST_DAYS:
        raise NotTaken("流水超过一年，请按年或按月分别导出")
    times: Counter[tuple[date, int]] = Counter()
    lines: list[StatedLine] = []
    for line in statement.lines:
        times[line.booked_on, line.amount] += 1
        lines.append(_line(line, times[line.booked_on, line.amount]))
    return StatementToRecord(statement, account, first, last, opening, closing, tuple(lines))


def hold(statement: Statement, account: BankAccount, maker: str, layout: str = "") -> HoldStatement:
    """Hand a file in; `layout` is the one that reads it, empty for the account's own.

    Raises: NotTaken
    """
    held = to_record(statement, account)
    amounts = [line.amount for line in statement.lines]
    return HoldStatement(
        number=held.number,
        bank_account=account.alias,
        file=statement.file,
        layout=layout,
        file_digest=statement.digest,
        digest=held.digest,
        maker=maker,
        first=held.first,
        last=held.last,
        opening=held.opening,
        closing=held.closing,
        lines=len(amounts),
        came_in=sum(amount for amount in amounts if amount > 0),
        went_out=-sum(amount for amount in amounts if amount < 0),
        parts=len(held.parts),
    )


def commands_for(taken: StatementToRecord, number: str, attempt: int, at: datetime) -> list[Asked]:
    """Ask for every part of a file that was taken; the same file and attempt ask for the same."""
    asked: list[Asked] = []
    for part, (month, days) in enumerate(taken.parts, start=1):
        body = RecordStatementDays(
            bank_account=taken.account.alias,
            month=month,
            statement=number,
            attempt=attempt,
            part=part,
            first=taken.first,
            last=taken.last,
            fund=taken.account.fund,
            district=taken.account.district,
            days=days,
        )
        stream = streams.account(taken.account.alias, month)
        identity = str(uuid5(_NAMESPACE, f"{number}|{attempt}|{part}"))
        asked.append(Asked(identity, stream, at, days[-1].day, BY, body))
    return asked


def _pieces(lines: list[StatedLine]) -> Iterator[list[StatedLine]]:
    piece, filled = list[StatedLine](), 0
    for line in lines:
        size = _line_size(line)
        if piece and filled + size > PART_BYTES - _DAY_BYTES:
            yield piece
            piece, filled = [], 0
        piece.append(line)
        filled += size
    yield piece


def _line_size(line: StatedLine) -> int:
    return _LINE_BYTES + len(line.reference.encode()) + len(line.purpose.encode())


def _line(line: StatementLine, nth: int) -> StatedLine:
    return StatedLine(
        amount=line.amount,
        nth=nth,
        reference=without_identities(line.reference, words=False),
        purpose=without_identities(line.purpose),
        balance_after=line.balance_after,
        kind=line.kind,
    )
