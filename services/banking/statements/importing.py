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


def checked(statement: Statement, account: BankAccount) -> Statement:
    """Let only a statement pass that can be held.

    Raises: NotTaken when it has a problem, belongs to another account, or does not say which days
            and balances it covers
    """
    if statement.problems:
        raise NotTaken("\n".join(problem.text for problem in statement.problems))
    if statement.bank_account != account.alias:
        raise NotTaken(f"流水属于 {statement.bank_account}，不是 {account.alias}")
    if statement.opening_balance is None or statement.first is None or statement.last is None:
        raise NotTaken("流水没有写明期初余额或起止日，不能导入")
    if (statement.last - statement.first).days >= MOST_DAYS:
        raise NotTaken("流水超过一年，请按年或按月分别导出")
    return statement


def hold(statement: Statement, account: BankAccount, maker: str, layout: str = "") -> HoldStatement:
    """Hand a file in; `layout` is the one that reads it, empty for the account's own.

    Raises: NotTaken
    """
    checked(statement, account)
    digest, parts = digest_of(statement), parts_of(statement)
    assert statement.opening_balance is not None
    assert statement.closing_balance is not None
    assert statement.first is not None
    assert statement.last is not None
    amounts = [line.amount for line in statement.lines]
    return HoldStatement(
        number=number_of(digest),
        bank_account=account.alias,
        file=statement.file,
        layout=layout,
        file_digest=statement.digest,
        digest=digest,
        maker=maker,
        first=statement.first,
        last=statement.last,
        opening=statement.opening_balance,
        closing=statement.closing_balance,
        lines=len(amounts),
        came_in=sum(amount for amount in amounts if amount > 0),
        went_out=-sum(amount for amount in amounts if amount < 0),
        parts=len(parts),
    )


def number_of(digest: str) -> str:
    """Name a file after what it says."""
    return f"S-{digest[:12]}"


def digest_of(statement: Statement) -> str:
    """SHA-256 of what a file says: account, days, balances, and every line as it would be recorded."""
    told = sha256(
        f"{statement.bank_account}|{statement.first}|{statement.last}|"
        f"{statement.opening_balance}\n".encode()
    )
    for line in statement.lines:
        kept = _line(line, 1)
        told.update(
            f"{line.booked_on}|{kept.amount}|{kept.reference}|{kept.purpose}|"
            f"{kept.balance_after}|{kept.kind}\n".encode()
        )
    return told.hexdigest()


def commands_for(
    statement: Statement, account: BankAccount, number: str, attempt: int, at: datetime
) -> list[Asked]:
    """Ask for every part of a file that was taken; the same file and attempt ask for the same.

    Raises: NotTaken
    """
    checked(statement, account)
    assert statement.first is not None
    assert statement.last is not None
    asked: list[Asked] = []
    for part, (month, days) in enumerate(parts_of(statement), start=1):
        body = RecordStatementDays(
            bank_account=account.alias,
            month=month,
            statement=number,
            attempt=attempt,
            part=part,
            first=statement.first,
            last=statement.last,
            fund=account.fund,
            district=account.district,
            days=days,
        )
        stream = streams.account(account.alias, month)
        identity = str(uuid5(_NAMESPACE, f"{number}|{attempt}|{part}"))
        asked.append(Asked(identity, stream, at, days[-1].day, BY, body))
    return asked


def parts_of(statement: Statement) -> list[StatementPart]:
    """Cut a file into parts: each of one month, and none longer than a command may be."""
    parts, month, days, filled = list[StatementPart](), "", list[StatedDay](), 0
    for day in _days(statement):
        size = _size(day)
        if days and (month != f"{day.day:%Y-%m}" or filled + size > PART_BYTES):
            parts.append(StatementPart(month, tuple(days)))
            days, filled = [], 0
        month, filled = f"{day.day:%Y-%m}", filled + size
        days.append(day)
    return [*parts, StatementPart(month, tuple(days))] if days else parts


def _days(statement: Statement) -> Iterator[StatedDay]:
    """Every day that the file covers, whether it has lines or not; a long one in several pieces."""
    assert statement.opening_balance is not None
    assert statement.first is not None
    assert statement.last is not None
    by_day: defaultdict[date, list[StatementLine]] = defaultdict(list)
    for line in statement.lines:
        by_day[line.booked_on].append(line)
    balance, day = statement.opening_balance, statement.first
    while day <= statement.last:
        lines = by_day[day]
        opening, balance = balance, balance + sum(line.amount for line in lines)
        for piece in _pieces(lines):
            yield StatedDay(
                day=day, opening=opening, closing=balance, count=len(lines), lines=tuple(piece)
            )
        day += _ONE_DAY


def _pieces(lines: list[StatementLine]) -> Iterator[list[StatedLine]]:
    times: Counter[int] = Counter()
    piece, filled = list[StatedLine](), 0
    for line in lines:
        times[line.amount] += 1
        kept = _line(line, times[line.amount])
        size = _line_size(kept)
        if piece and filled + size > PART_BYTES - _DAY_BYTES:
            yield piece
            piece, filled = [], 0
        piece.append(kept)
        filled += size
    yield piece


def _size(day: StatedDay) -> int:
    return _DAY_BYTES + sum(map(_line_size, day.lines))


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
