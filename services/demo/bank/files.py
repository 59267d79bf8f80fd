"""Bank files: how the invented bank reads payment files and writes its answers, in every form.

In:   a file of the outbox; what became of each payment
Out:  the PaymentOrder that it holds; the bytes of an answer as CSV, XLSX or pain.002
"""

import csv
import io
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from lxml import etree
from lxml.builder import ElementMaker

from events.days import SHANGHAI
from events.money import plain_yuan
from policies.cities import Cities
from services.banking.banks.layouts import AnswerLayout, Bank, PaymentFileLayout
from services.banking.banks.of_cities import city_banks
from services.banking.iso20022 import namespace
from services.banking.payment_files.orders import OrderedPayment, Payer, PaymentOrder
from services.banking.payment_files.pain001 import read_pain001
from services.demo.cast.account_numbers import payer_known
from services.spreadsheets.cells import read_amount

PAIN002 = "pain.002.001.12"


class PaymentResult(NamedTuple):
    """What the bank says of one payment; without a code it is paid."""

    payment: OrderedPayment
    code: str = ""
    reason: str = ""
    reference: str = ""


def order_in(file: Path, today: date, cities: Cities) -> PaymentOrder:
    """Read a payment file as its bank does."""
    return _read_order(file, today, _fitting(file, cities)[0])


def bank_for(file: Path, cities: Cities) -> Bank:
    """Find the bank that a payment file is written for: by its form and headings, and where several
    write alike, by the account that pays.

    Raises: UnknownPayer
    """
    fitting = _fitting(file, cities)
    payer = _read_order(file, date.min, fitting[0]).payer
    own = city_banks(cities).bank(payer_known(payer, cities))
    return own if own in fitting else fitting[0]


def _fitting(file: Path, cities: Cities) -> list[Bank]:
    """The banks whose payment files look like this one."""
    return [
        bank
        for bank in city_banks(cities).banks()
        if (layout := bank.payment_file) is not None
        and file.suffix == f".{layout.suffix}"
        and (not layout.is_sheet or _cells(file, layout)[0] == [c.heading for c in layout.columns])
    ]


def _read_order(file: Path, today: date, bank: Bank) -> PaymentOrder:
    layout = bank.payment_file
    assert layout is not None
    if not layout.is_sheet:
        return read_pain001(file.read_bytes())
    fields = [column.field for column in layout.columns]
    rows = [dict(zip(fields, row, strict=True)) for row in _cells(file, layout)[1:]]
    payments = tuple(
        OrderedPayment(
            int(row.get("no", number)),
            row["instruction"],
            row["holder"],
            row["number"],
            row.get("bank", ""),
            read_amount(row["amount"]),
        )
        for number, row in enumerate(rows, 1)
    )
    payer = Payer(*(rows[0].get(field, "") for field in ("payer_name", "payer", "payer_agent")))
    return PaymentOrder(file.stem, payer, today, payments)


def _cells(file: Path, layout: PaymentFileLayout) -> list[list[str]]:
    raw = file.read_bytes()
    if layout.form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True).worksheets[0]
        return [[str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    text = raw.decode(layout.encoding, errors="replace")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter))


def answer_file(
    order: PaymentOrder, results: list[PaymentResult], today: date, bank: Bank
) -> bytes:
    """Write what became of an order's payments, in the form in which the order came."""
    assert bank.payment_file is not None, "nothing is paid from such a bank"
    if bank.answer is None:
        return _pain002(order, results, today)
    rows = _answer_rows(results, today, bank.answer)
    if bank.payment_file.form == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=bank.answer.delimiter, lineterminator="\r\n")
        writer.writerows(rows)
        return text.getvalue().encode(bank.answer.encodings[-1])
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _answer_rows(
    results: list[PaymentResult], today: date, layout: AnswerLayout
) -> list[list[str]]:
    """The headings in their first spelling, and a row a payment in the bank's own first words."""
    spellings: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    headings = {field: names[0] for field, names in spellings.items() if names}
    rows = [
        {
            "instruction": one.payment.instruction,
            "outcome": layout.returned[0] if one.code else layout.settled[0],
            "amount": plain_yuan(one.payment.amount),
            "value_on": today.strftime(layout.date_formats[0]),
            "code": one.code,
            "reason": one.reason,
            "bank_reference": one.reference,
        }
        for one in results
    ]
    return [list(headings.values()), *([row[field] for field in headings] for row in rows)]


def _pain002(order: PaymentOrder, results: list[PaymentResult], today: date) -> bytes:
    space = namespace(PAIN002)
    e: Any = ElementMaker(namespace=space, nsmap={None: space})
    codes = Counter(bool(one.code) for one in results)
    whole = "PART" if len(codes) > 1 or len(results) < len(order.payments) else ""
    status = whole or ("RJCT" if codes[True] else "ACSC")
    at = datetime.combine(today, time(16), SHANGHAI).isoformat()
    root = e.Document(
        e.CstmrPmtStsRpt(
            e.GrpHdr(e.MsgId(f"R{order.batch}"), e.CreDtTm(at)),
            e.OrgnlGrpInfAndSts(
                e.OrgnlMsgId(order.batch), e.OrgnlMsgNmId("pain.001.001.09"), e.GrpSts(status)
            ),
            e.OrgnlPmtInfAndSts(
                e.OrgnlPmtInfId(order.batch), *(_status(e, one) for one in results)
            ),
        )
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _status(e: Any, one: PaymentResult) -> Any:
    why = [e.StsRsnInf(e.Rsn(e.Cd(one.code)), e.AddtlInf(one.reason))] if one.code else []
    return e.TxInfAndSts(
        e.OrgnlInstrId(one.payment.instruction),
        e.OrgnlEndToEndId(one.payment.instruction),
        e.TxSts("RJCT" if one.code else "ACSC"),
        *why,
        *([e.AcctSvcrRef(one.reference)] if one.reference else []),
        e.OrgnlTxRef(e.Amt(e.InstdAmt(plain_yuan(one.payment.amount), Ccy="CNY"))),
    )
