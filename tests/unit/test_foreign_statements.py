"""Statements that others made to try their own readers: what ours says of each.

The files are unchanged, from the source archives of camt053-loader-mt940 0.0.23 and mt940 0.8.1; each folder
has its licence. They are in euro, which is itself a problem: each is read as it is, and once more in yuan.
"""

from pathlib import Path

import pytest

from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from tests.bank_layouts import statement_layout

FOLDER = Path(__file__).parents[1] / "foreign_statements"
LAYOUT = statement_layout("city-csv")
SAYS: dict[str, tuple[int, list[tuple[str, int, str]]]] = {
    "camt053-loader-mt940/regression-amount-bare-comma.mt940": (0, [("NOT_AN_AMOUNT", 5, ":61:")]),
    "camt053-loader-mt940/regression-amount-commas.mt940": (1, [("NOT_AN_AMOUNT", 4, ":60F:")]),
    "camt053-loader-mt940/regression-bic-only-account.mt940": (1, []),
    "camt053-loader-mt940/regression-booking-month-13.mt940": (0, [("NOT_A_DAY", 5, ":61:")]),
    "camt053-loader-mt940/regression-booking-year-end.mt940": (1, []),
    "camt053-loader-mt940/regression-date-february-30.mt940": (0, [("NOT_A_DAY", 5, ":61:")]),
    "camt053-loader-mt940/regression-date-zero.mt940": (1, [("NOT_A_DAY", 4, ":60F:")]),
    "camt053-loader-mt940/regression-no-account.mt940": (1, [("NO_ACCOUNT", 1, "")]),
    "camt053-loader-mt940/regression-two-statements.mt940": (0, [("TWO_ACCOUNTS", 0, "")]),
    "camt053-loader-mt940/seed-one-statement.mt940": (1, []),
    "camt053-loader-mt940/seed-proprietary-account.mt940": (1, []),
    "mt940/MT940-optional.txt": (3, [("NO_CLOSING", 12, "")]),
    "mt940/MT940.txt": (6, [("BALANCE_BREAKS", 22, ":60F:")]),
}
"""Of each file in yuan: how many lines are read, and what is wrong, by code, line and field."""


def read(name: str, currency: bytes = b"EUR") -> Statement:
    raw = (FOLDER / name).read_bytes().replace(b"EUR", currency)
    return read_statement(Path(name).name, raw, "a", LAYOUT)


def test_every_file_is_tried() -> None:
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.*")}
    assert there == SAYS.keys()


@pytest.mark.parametrize("name", SAYS)
def test_a_file_of_others_is_read_or_refused_by_line_and_field(name: str) -> None:
    lines, wrong = SAYS[name]
    statement = read(name, b"CNY")
    assert len(statement.lines) == lines
    assert [(one.code, one.line, one.column) for one in statement.problems] == wrong


@pytest.mark.parametrize("name", [name for name, (_, wrong) in SAYS.items() if not wrong])
def test_a_statement_in_euro_is_not_taken_for_yuan(name: str) -> None:
    codes = {one.code for one in read(name).problems}
    assert codes == {"OTHER_CURRENCY"}
