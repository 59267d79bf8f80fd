"""Bank files: what a statement or an answer says, told without taking anything.

In:   the file of a bank, the account that it is of or the layout in which it is written
Out:  JSON for machines: amounts in fen, days in ISO form, every problem with row, column, code and words
"""

from typing import Any

from policies.cities import Cities
from services.banking.answers.reading import read_answer
from services.banking.banks.layouts import StatementLayout
from services.banking.banks.of_cities import city_banks
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.runtime.errors import OperatingFailure


class NoSuchAccount(OperatingFailure):
    """No city has an account of this alias."""

    def __init__(self, alias: str, known: list[str]) -> None:
        super().__init__(f"没有账户 {alias}。", f"本台账的账户：{'、'.join(known) or '（无）'}。")


class NoStatementLayout(OperatingFailure):
    """No bank writes statements in a layout of this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"没有名为 {name} 的对账单格式。", f"可用：{'、'.join(known)}。")


def statement_as_read(
    cities: Cities, file: str, raw: bytes, alias: str = "", layout: str = ""
) -> Statement:
    """Read a statement: in the layout named, in that of its account, or in the first that fits.

    Raises: NoSuchAccount, NoStatementLayout
    """
    banks = city_banks(cities)
    known = banks.writing_statements()
    account = cities.accounts.get(alias)
    if alias and account is None:
        raise NoSuchAccount(alias, list(cities.accounts))
    if layout and layout not in known:
        raise NoStatementLayout(layout, list(known))
    last_four = account.last_four if account else ""
    if layout:
        tried = [known[layout]]
    else:
        tried = [banks.statement(alias)] if account else _each_once(list(known.values()))
    read = [read_statement(file, raw, alias, one, last_four=last_four) for one in tried]
    return next((one for one in read if not _strange(one)), read[0])


def _each_once(layouts: list[StatementLayout]) -> list[StatementLayout]:
    return [one for place, one in enumerate(layouts) if one not in layouts[:place]]


def _strange(statement: Statement) -> bool:
    """Whether a layout does not fit a file at all."""
    return any(problem.code == "NO_HEADING" for problem in statement.problems)


def statement_as_json(statement: Statement) -> dict[str, Any]:
    """A statement as outsiders read it."""
    days = [line.booked_on for line in statement.lines]
    return {
        "account": statement.bank_account,
        "from": min(days, default=None),
        "to": max(days, default=None),
        "opening_fen": statement.opening_balance,
        "closing_fen": statement.closing_balance,
        "lines": [
            {
                "day": line.booked_on,
                "fen": line.amount,
                "reference": line.reference,
                "text": line.purpose,
            }
            for line in statement.lines
        ],
        "problems": [
            {"row": one.line, "column": one.column, "code": one.code, "text": one.row_text}
            for one in statement.problems
        ],
    }


def answer_as_json(cities: Cities, raw: bytes, layout: str) -> dict[str, Any]:
    """A bank's answer as outsiders read it: one verdict a line.

    Raises: NoAnswerLayout
    """
    answer = read_answer(raw, layout, city_banks(cities))
    return {
        "verdicts": [
            {
                "row": line.line,
                "about": line.about,
                "outcome": line.outcome,
                "fen": line.amount,
                "day": line.value_on,
                "code": line.code,
                "reason": line.reason,
                "reference": line.bank_reference,
                "reversal": line.reversal,
            }
            for line in answer.lines
        ],
        "pending": answer.pending,
        "problems": [
            {
                "row": one.line,
                "column": one.column,
                "code": "UNREADABLE_CELL" if one.line else "UNREADABLE_FILE",
                "text": one.text,
            }
            for one in answer.problems
        ],
    }
