"""Importing: a checked statement becomes commands on the account's months.

In:   Statement without problems
Out:  OpenStatement once a month, RecordStatementLine once a line
Holds: the same file, or one that overlaps it, asks for the same lines by the same ids.
"""

from datetime import date, datetime
from itertools import groupby
from uuid import UUID, uuid5

from events import streams
from events.contract.inbound.private import without_identities
from events.envelope import Asked
from events.statements import OpenStatement, RecordStatementLine
from events.values import Command
from policies.cities import BankAccount
from services.banking.statements.statement import Statement, StatementLine

_NAMESPACE = UUID("0f6a3f0e-50f5-5f0c-9d6e-5a0d5f3f6c11")


class NotTaken(ValueError):
    """A statement with problems was to be imported; nothing of it is taken."""


def commands_for(
    statement: Statement, account: BankAccount, sent_at: datetime, by: str
) -> list[Asked]:
    """Ask for every line of a statement, each month opened first.

    Raises: NotTaken when the statement has a problem, or belongs to another account
    """
    if statement.problems:
        raise NotTaken("\n".join(problem.text for problem in statement.problems))
    if statement.bank_account != account.alias or statement.opening_balance is None:
        raise NotTaken(f"流水属于 {statement.bank_account}，不是 {account.alias}")
    asked: list[Asked] = []
    balance = statement.opening_balance
    for month, lines in groupby(statement.lines, key=lambda line: f"{line.booked_on:%Y-%m}"):
        stream = streams.account(account.alias, month)
        first_day = date.fromisoformat(f"{month}-01")
        opened = OpenStatement(bank_account=account.alias, month=month, opening_balance=balance)
        asked.append(Asked(_id(stream, f"open|{balance}"), stream, sent_at, first_day, by, opened))
        for line in lines:
            balance += line.amount
            asked.append(
                Asked(
                    _id(stream, line.line),
                    stream,
                    sent_at,
                    line.booked_on,
                    by,
                    _recorded(line, account),
                )
            )
    return asked


def _recorded(line: StatementLine, account: BankAccount) -> Command:
    return RecordStatementLine(
        bank_account=account.alias,
        line=line.line,
        booked_on=line.booked_on,
        amount=line.amount,
        reference=without_identities(line.reference, words=False),
        purpose=without_identities(line.purpose),
        balance_after=line.balance_after,
        kind=line.kind,
        fund=account.fund,
        district=account.district,
    )


def _id(stream: str, what: str) -> str:
    return str(uuid5(_NAMESPACE, f"{stream}|{what}"))
