"""Sheets: a payment order as CSV or as a workbook.

In:   PaymentOrder, PaymentFileLayout
Out:  bytes
Holds: the same order gives the same bytes, whenever and wherever it is written; every cell is text,
       so that no program shortens a number
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, time

import xlsxwriter

from events.money import plain_yuan
from services.banking.banks.layouts import FieldName, PaymentFileLayout
from services.banking.payment_files.orders import OrderedPayment, PaymentOrder


class TextOutsideEncoding(Exception):
    """A bank's character set cannot hold a text of these lines; the file is not written.

    Holds: it names batch and lines, never a name or an account
    """

    def __init__(self, batch: str, lines: list[int], encoding: str) -> None:
        super().__init__(f"batch {batch}: lines {lines[:10]} hold text outside of {encoding}")
        self.lines = lines
        self.encoding = encoding


def write_csv(order: PaymentOrder, layout: PaymentFileLayout) -> bytes:
    """Write one line a payment under the layout's headings.

    Raises: TextOutsideEncoding
    """
    lines = [_line(row, layout) for row in _rows(order, layout)]
    outside = [
        payment.no
        for payment, line in zip(order.payments, lines[1:], strict=True)
        if not _fits(line, layout.encoding)
    ]
    if outside:
        raise TextOutsideEncoding(order.batch, outside, layout.encoding)
    return "".join(lines).encode(layout.encoding)


def _line(row: list[str], layout: PaymentFileLayout) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n").writerow(row)
    return text.getvalue()


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def write_xlsx(order: PaymentOrder, layout: PaymentFileLayout) -> bytes:
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


def _rows(order: PaymentOrder, layout: PaymentFileLayout) -> Iterator[list[str]]:
    yield [column.heading for column in layout.columns]
    for payment in order.payments:
        cells = _cells(order, payment, layout)
        yield [cells[column.field] for column in layout.columns]


def _cells(
    order: PaymentOrder, payment: OrderedPayment, layout: PaymentFileLayout
) -> dict[FieldName, str]:
    return {
        "no": str(payment.no),
        "payer": order.payer.number,
        "payer_name": order.payer.name,
        "payer_agent": order.payer.agent,
        "instruction": payment.instruction,
        "holder": payment.holder,
        "number": payment.number,
        "bank": payment.bank,
        "amount": plain_yuan(payment.amount),
        "purpose": layout.purpose,
    }
