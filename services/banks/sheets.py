"""Sheets: a payment order as CSV or as a workbook.

In:   PaymentOrder, BankLayout
Out:  bytes
Holds: the same order gives the same bytes, whenever and wherever it is written; every cell is text,
       so that no program shortens a number
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, time

import xlsxwriter

from services.banks.layouts import BankLayout, FieldName
from services.banks.orders import Payment, PaymentOrder, yuan


def write_csv(order: PaymentOrder, layout: BankLayout) -> bytes:
    """Write one line a payment under the layout's headings."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writerows(_rows(order, layout))
    return text.getvalue().encode(layout.encoding)


def write_xlsx(order: PaymentOrder, layout: BankLayout) -> bytes:
    """Write one row a payment under the layout's headings."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True, "constant_memory": False}) as book:
        # the clock's would change the bytes of a file that is written again
        book.set_properties(
            {"created": datetime.combine(order.ordered_on, time(), UTC).replace(tzinfo=None)}
        )
        sheet = book.add_worksheet(order.batch)
        for no, cells in enumerate(_rows(order, layout)):
            for column, cell in enumerate(cells):
                sheet.write_string(no, column, cell)
    return raw.getvalue()


def _rows(order: PaymentOrder, layout: BankLayout) -> Iterator[list[str]]:
    yield [column.heading for column in layout.columns]
    for payment in order.payments:
        cells = _cells(order, payment, layout)
        yield [cells[column.field] for column in layout.columns]


def _cells(order: PaymentOrder, payment: Payment, layout: BankLayout) -> dict[FieldName, str]:
    return {
        "no": str(payment.no),
        "payer": order.payer,
        "instruction": payment.instruction,
        "holder": payment.holder,
        "number": payment.number,
        "bank": payment.bank,
        "amount": yuan(payment.amount),
        "purpose": layout.purpose,
    }
