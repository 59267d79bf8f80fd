"""Statements: the invented bank's month of an account, written as that bank's layout says."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from events.money import plain_yuan
from policies.cities import BankAccount
from services.banking.banks.layouts import StatementLayout
from services.demo.bank.books import BankBooking

OPENING_FEN = 1_000_000_000
"""What is on an account for each district that it serves when the books are opened."""
_COLUMNS = (
    "booked_on",
    "reference",
    "purpose",
    "paid",
    "received",
    "amount",
    "direction",
    "balance",
)


def opening_fen(account: BankAccount) -> int:
    """What is on an account when the books are opened."""
    return OPENING_FEN * len(account.districts)


def write_statement(
    bookings: Sequence[BankBooking], today: date, layout: StatementLayout, opening: int
) -> bytes:
    """Write the lines of the month of `today`, out of all that was ever booked on one account.

    Units: `opening` in fen, before anything was booked
    """
    month = today.replace(day=1)
    balance = opening + sum(line.amount for line in bookings if line.booked_on < month)
    spellings: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    columns = [column for column in _COLUMNS if spellings[column]]
    rows: list[list[str]] = []
    for line in sorted(bookings, key=lambda line: line.booked_on):
        if line.booked_on < month:
            continue
        balance += line.amount
        cells = _cells(line, balance, layout)
        rows.append([cells[column] for column in columns])
    if layout.order == "newest_first":
        rows.reverse()
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n")
    headings = [spellings[column][0] for column in columns]
    if layout.heading_rows == 2:  # the first over both rows, the others in the lower one
        writer.writerow([headings[0], *[""] * (len(headings) - 1)])
        headings[0] = ""
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode(layout.encodings[-1])


def _cells(line: BankBooking, balance: int, layout: StatementLayout) -> dict[str, str]:
    """Every cell that a statement may have; of two columns for amounts, one stays empty."""
    written = str if layout.unit == "fen" else plain_yuan
    way = layout.received_marks if line.amount > 0 else layout.paid_marks
    return {
        "booked_on": line.booked_on.strftime(layout.date_formats[0]),
        "reference": line.reference,
        "purpose": line.purpose,
        "paid": written(-line.amount) if line.amount < 0 else "",
        "received": written(line.amount) if line.amount > 0 else "",
        "amount": written(abs(line.amount) if way else line.amount),
        "direction": way[0] if way else "",
        "balance": written(balance),
    }
