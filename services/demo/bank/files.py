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
from services.banking.iso20022 import namespace
from services.banking.layouts import BankLayout, bank_layouts
from services.banking.payment_files.orders import Payment, PaymentOrder, yuan
from services.banking.payment_files.pain001 import read_pain001
from services.spreadsheets.cells import fen

PAIN002 = "pain.002.001.12"
_HEADINGS = ["指令号", "处理结果", "金额（元）", "入账日期", "返回码", "失败原因", "银行流水号"]


class Told(NamedTuple):
    """What the bank says of one payment; without a code it is paid."""

    payment: Payment
    code: str = ""
    reason: str = ""
    reference: str = ""


def order_in(file: Path, today: date) -> PaymentOrder:
    """Read a payment file as its bank does."""
    raw = file.read_bytes()
    if file.suffix == ".xml":
        return read_pain001(raw)
    if file.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True).worksheets[0]
        headings, *cells = ([str(v) for v in row] for row in sheet.iter_rows(values_only=True))
        rows = [dict(zip(headings, row, strict=True)) for row in cells]
    else:
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    payments = tuple(
        Payment(
            int(row["序号"]),
            row["指令号"],
            row["收款户名"],
            row["收款账号"],
            row["开户行"],
            fen(row["金额（元）"]),
        )
        for row in rows
    )
    return PaymentOrder(file.stem, rows[0]["付款账户"], today, payments)


def answer_file(order: PaymentOrder, told: list[Told], today: date, layout: BankLayout) -> bytes:
    """Write what became of an order's payments, in the form in which the order came."""
    if layout.form == "pain.001.001.09":
        return _pain002(order, told, today)
    rows = [_HEADINGS] + [
        [
            one.payment.instruction,
            "失败" if one.code else "成功",
            yuan(one.payment.amount),
            today.isoformat(),
            one.code,
            one.reason,
            one.reference,
        ]
        for one in told
    ]
    if layout.form == "csv":
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode("gb18030")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _pain002(order: PaymentOrder, told: list[Told], today: date) -> bytes:
    space = namespace(PAIN002)
    e: Any = ElementMaker(namespace=space, nsmap={None: space})
    codes = Counter(bool(one.code) for one in told)
    whole = "PART" if len(codes) > 1 or len(told) < len(order.payments) else ""
    status = whole or ("RJCT" if codes[True] else "ACSC")
    at = datetime.combine(today, time(16), SHANGHAI).isoformat()
    root = e.Document(
        e.CstmrPmtStsRpt(
            e.GrpHdr(e.MsgId(f"R{order.batch}"), e.CreDtTm(at)),
            e.OrgnlGrpInfAndSts(
                e.OrgnlMsgId(order.batch), e.OrgnlMsgNmId("pain.001.001.09"), e.GrpSts(status)
            ),
            e.OrgnlPmtInfAndSts(e.OrgnlPmtInfId(order.batch), *(_status(e, one) for one in told)),
        )
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _status(e: Any, one: Told) -> Any:
    why = [e.StsRsnInf(e.Rsn(e.Cd(one.code)), e.AddtlInf(one.reason))] if one.code else []
    return e.TxInfAndSts(
        e.OrgnlInstrId(one.payment.instruction),
        e.OrgnlEndToEndId(one.payment.instruction),
        e.TxSts("RJCT" if one.code else "ACSC"),
        *why,
        *([e.AcctSvcrRef(one.reference)] if one.reference else []),
        e.OrgnlTxRef(e.Amt(e.InstdAmt(yuan(one.payment.amount), Ccy="CNY"))),
    )


def layout_for(file: Path) -> BankLayout:
    """Find the shipped layout in whose form a file is."""
    return next(one for one in bank_layouts().values() if f".{one.suffix}" == file.suffix)
