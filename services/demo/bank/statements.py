"""Statements: the invented bank's month of an account, in one of the four forms that banks send.

In:   what was ever booked on the account; the layout of its bank's tables
Out:  a table as CSV or XLSX, written as the layout says; ISO 20022 camt.053; SWIFT MT940
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

import xlsxwriter
from lxml import etree
from lxml.builder import ElementMaker

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


StatementForm = Literal["csv", "xlsx", "camt", "mt940"]
SUFFIXES: dict[StatementForm, str] = {
    "csv": ".csv",
    "xlsx": ".xlsx",
    "camt": ".xml",
    "mt940": ".sta",
}
_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_INVENTED_NUMBER = "990000000000"
"""What goes before the last four digits of an account that does not exist."""


class BankMonth(NamedTuple):
    """A month of one account: the balance before it, its lines, the balance after each; fen."""

    first: date
    last: date
    opening: int
    lines: list[tuple[BankBooking, int]]

    @property
    def closing(self) -> int:
        """The balance after the last line."""
        return self.lines[-1][1] if self.lines else self.opening


def month_of(bookings: Sequence[BankBooking], today: date, opening: int) -> BankMonth:
    """Take the month of `today`, up to that day, out of all that was ever booked on one account.

    Holds: what was booked later changes nothing, so a month that is asked for again is the same file
    """
    month = today.replace(day=1)
    balance = opening + sum(line.amount for line in bookings if line.booked_on < month)
    before, lines = balance, list[tuple[BankBooking, int]]()
    for line in sorted(bookings, key=lambda line: line.booked_on):
        if month <= line.booked_on <= today:
            balance += line.amount
            lines.append((line, balance))
    return BankMonth(month, today, before, lines)


def write_statement(
    bookings: Sequence[BankBooking],
    today: date,
    layout: StatementLayout,
    opening: int,
    form: StatementForm = "csv",
    last_four: str = "",
) -> bytes:
    """Write the lines of the month of `today`, out of all that was ever booked on one account.

    Units: `opening` in fen, before anything was booked
    """
    month = month_of(bookings, today, opening)
    match form:
        case "csv":
            return _csv(_rows(month, layout, last_four), layout)
        case "xlsx":
            return _xlsx(_rows(month, layout, last_four), month.last)
        case "camt":
            return _camt(month, last_four)
        case "mt940":
            return _mt940(month, last_four)


def _rows(month: BankMonth, layout: StatementLayout, last_four: str) -> list[list[str]]:
    """What banks write above a table, then the table with its headings, in the order of the layout."""
    written = str if layout.unit == "fen" else plain_yuan
    above = [
        [f"账号：{_INVENTED_NUMBER}{last_four}", "币种：人民币"],
        [f"起止日期：{month.first} 至 {month.last}"],
        [f"期初余额：{written(month.opening)}", f"期末余额：{written(month.closing)}"],
    ]
    spellings: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    columns = [column for column in _COLUMNS if spellings[column]]
    rows = [
        [cells[column] for column in columns]
        for line, balance in month.lines
        for cells in (_cells(line, balance, layout),)
    ]
    if layout.order == "newest_first":
        rows.reverse()
    headings = [spellings[column][0] for column in columns]
    if layout.heading_rows == 2:  # the first over both rows, the others in the lower one
        first = [headings[0], *[""] * (len(headings) - 1)]
        return [*above, first, ["", *headings[1:]], *rows]
    return [*above, headings, *rows]


def _csv(rows: list[list[str]], layout: StatementLayout) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(layout.encodings[-1])


def _xlsx(rows: list[list[str]], day: date) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        # without it the file holds the moment at which it was written
        book.set_properties({"created": datetime.combine(day, time())})
        sheet = book.add_worksheet("交易明细")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return held.getvalue()


def _camt(month: BankMonth, last_four: str) -> bytes:
    """camt.053.001.08: one statement with its balances, an entry a line."""
    e = ElementMaker(namespace=_CAMT, nsmap={None: _CAMT})

    def balance(code: str, fen: int, day: date) -> etree._Element:
        return e.Bal(
            e.Tp(e.CdOrPrtry(e.Cd(code))),
            e.Amt(plain_yuan(abs(fen)), Ccy="CNY"),
            e.CdtDbtInd("CRDT" if fen >= 0 else "DBIT"),
            e.Dt(e.Dt(f"{day}")),
        )

    def entry(line: BankBooking) -> etree._Element:
        return e.Ntry(
            e.Amt(plain_yuan(abs(line.amount)), Ccy="CNY"),
            e.CdtDbtInd("CRDT" if line.amount >= 0 else "DBIT"),
            e.Sts(e.Cd("BOOK")),
            e.BookgDt(e.Dt(f"{line.booked_on}")),
            e.AcctSvcrRef(line.reference or "NOTPROVIDED"),
            e.BkTxCd(e.Prtry(e.Cd("TRF"))),
            e.AddtlNtryInf(line.purpose or "-"),
        )

    name = f"{month.last:%Y%m%d}"
    written_at = f"{month.last}T18:00:00+08:00"
    document = e.Document(
        e.BkToCstmrStmt(
            e.GrpHdr(e.MsgId(name), e.CreDtTm(written_at)),
            e.Stmt(
                e.Id(name),
                e.CreDtTm(written_at),
                e.FrToDt(
                    e.FrDtTm(f"{month.first}T00:00:00+08:00"),
                    e.ToDtTm(f"{month.last}T23:59:59+08:00"),
                ),
                e.Acct(e.Id(e.Othr(e.Id(_INVENTED_NUMBER + last_four))), e.Ccy("CNY")),
                balance("OPBD", month.opening, month.first),
                balance("CLBD", month.closing, month.last),
                *(entry(line) for line, _ in month.lines),
            ),
        )
    )
    written: bytes = etree.tostring(
        document, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return written


def _mt940(month: BankMonth, last_four: str) -> bytes:
    """MT940: the opening balance, a field `:61:` and its words a line, the closing balance.

    The opening balance bears the day on which it closed, the one before the first.
    """

    def balance(tag: str, fen: int, day: date) -> str:
        amount = plain_yuan(abs(fen)).replace(".", ",")
        return f":{tag}:{'C' if fen >= 0 else 'D'}{day:%y%m%d}CNY{amount}"

    text = [
        f":20:{month.last:%Y%m%d}",
        f":25:{_INVENTED_NUMBER}{last_four}",
        ":28C:1/1",
        balance("60F", month.opening, month.first - timedelta(days=1)),
    ]
    for line, _ in month.lines:
        amount = plain_yuan(abs(line.amount)).replace(".", ",")
        way = "C" if line.amount >= 0 else "D"
        text.append(
            f":61:{line.booked_on:%y%m%d%m%d}{way}{amount}NTRF{line.reference[:16] or 'NONREF'}"
        )
        text += [f":86:{line.purpose}"] if line.purpose else []
    text += [balance("62F", month.closing, month.last), "-"]
    return ("\r\n".join(text) + "\r\n").encode()


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
