"""Bank files: what a statement or an answer says, told without taking anything.

In:   the file of a bank, the account that it is of or the layout in which it is written
Out:  JSON for machines: amounts in fen, days in ISO form, every problem with row, column, code and words
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from policies.cities import Cities
from services.banking.answers.reading import read_answer
from services.banking.banks.layouts import StatementLayout
from services.banking.banks.of_cities import city_banks
from services.banking.statements.statement import Statement
from services.banking.statements.trying import (
    NotALayout,
    chosen,
    layouts_to_try,
    try_layouts,
)
from services.runtime.errors import OperatingFailure

ORDERS: Mapping[str, str] = {
    "oldest_first": "由旧到新",
    "newest_first": "由新到旧",
    "newest_day_first": "日子由新到旧，同一天由旧到新",
    "by_balance": "按余额",
}


class NoSuchAccount(OperatingFailure):
    """No city has an account of this alias."""

    def __init__(self, alias: str, known: list[str]) -> None:
        super().__init__(f"没有账户 {alias}。", f"本台账的账户：{'、'.join(known) or '（无）'}。")


class NoStatementLayout(OperatingFailure):
    """No bank writes statements in a layout of this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"没有名为 {name} 的对账单格式。", f"可用：{'、'.join(known)}。")


def statement_as_read(
    cities: Cities,
    file: str,
    raw: bytes,
    alias: str = "",
    layout: str = "",
    opening: int | None = None,
) -> Statement:
    """Read a statement: in the layout named, in that of its account, or in whichever fits.

    Shape:  `layout` may be `auto`: whichever fits, the account's own first
    Units:  `opening` is the balance before the first line, in fen, where the file does not say it
    Raises: NoSuchAccount, NoStatementLayout
    """
    account = cities.accounts.get(alias)
    if alias and account is None:
        raise NoSuchAccount(alias, list(cities.accounts))
    try:
        tried = layouts_to_try(city_banks(cities), alias, layout)
    except NotALayout as unknown:
        raise NoStatementLayout(unknown.name, list(unknown.known)) from unknown
    last_four = account.last_four if account else ""
    return chosen(try_layouts(file, raw, alias, tried, last_four, opening)).statement


class ListedLayout(NamedTuple):
    """A layout as it is listed: how its statements are told from others'."""

    name: str
    title: str
    headings: str
    amounts: str
    order: str


def listed_layouts(cities: Cities) -> list[ListedLayout]:
    """Every layout in which a statement may be written."""
    banks = city_banks(cities)
    titles = banks.titles_of_statements()
    return [
        ListedLayout(
            name,
            titles[name],
            "、".join(names[0] for names in layout.columns.model_dump().values() if names),
            amounts_in_words(layout),
            ORDERS[layout.order],
        )
        for name, layout in banks.writing_statements().items()
    ]


def amounts_in_words(layout: StatementLayout) -> str:
    """How a layout says which way money went, and in which unit."""
    columns = layout.columns
    if not columns.amount:
        way = "收支两列"
    else:
        way = "一列，另列标明收支" if columns.direction else "一列，带正负号"
    return f"{way}，以分计" if layout.unit == "fen" else way


def statement_as_json(statement: Statement) -> dict[str, Any]:
    """A statement as outsiders read it."""
    return {
        "account": statement.bank_account,
        "from": statement.first,
        "to": statement.last,
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
            {
                "row": one.line,
                "column": one.column,
                "code": one.code,
                "text": one.row_text,
                **_detail(one.detail),
            }
            for one in statement.problems
        ],
        **_left_out(statement),
    }


def _detail(detail: str) -> dict[str, str]:
    """What a checker said in its own words; nothing where it said nothing."""
    return {"detail": detail} if detail else {}


def _left_out(statement: Statement) -> dict[str, Any]:
    """Rows and sheets that are no lines; nothing where there are none."""
    found = [{"row": one.line, "text": one.text, "why": one.why} for one in statement.left_out]
    return {"left_out": found} if found else {}


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
        **({"acknowledged": list(answer.acknowledged)} if answer.acknowledged else {}),
        **({"left_out": list(answer.left_out)} if answer.left_out else {}),
        "problems": [
            {
                "row": one.line,
                "column": one.column,
                "code": "UNREADABLE_CELL" if one.line else "UNREADABLE_FILE",
                "text": one.text,
                **_detail(one.detail),
            }
            for one in answer.problems
        ],
    }
