"""pain.001: a payment order as an ISO 20022 credit transfer initiation, written and read.

In:   PaymentOrder and PaymentFileLayout; or the bytes of a message
Out:  bytes; or the PaymentOrder again
Holds: the instruction stands in InstrId and EndToEndId, whole; nothing leaves that the published
       schema refuses; the same order gives the same bytes
"""

from datetime import date
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from events.invariants import BrokenInvariant
from events.money import plain_yuan
from services.banking.banks.layouts import PaymentFileLayout
from services.banking.iso20022 import NotTheMessage, breaches, namespace, read_message
from services.banking.payment_files.orders import OrderedPayment, Payer, PaymentOrder
from services.spreadsheets.cells import read_amount

VERSION = "pain.001.001.09"


def write_pain001(order: PaymentOrder, layout: PaymentFileLayout) -> bytes:
    """Write a batch as one message with one payment information block.

    Raises: BrokenInvariant when the published schema refuses what we would send
    """
    space = namespace(VERSION)
    e: Any = ElementMaker(namespace=space, nsmap={None: space})
    number, total = e.NbOfTxs(str(len(order.payments))), plain_yuan(order.total)
    try:
        root = e.Document(
            e.CstmrCdtTrfInitn(
                e.GrpHdr(
                    e.MsgId(order.batch),
                    # the legal day, not the clock's instant: written again, it is the same file
                    e.CreDtTm(f"{order.ordered_on.isoformat()}T00:00:00+08:00"),
                    number,
                    e.CtrlSum(total),
                    e.InitgPty(e.Nm(order.payer.name)),
                ),
                e.PmtInf(
                    e.PmtInfId(order.batch),
                    e.PmtMtd("TRF"),
                    e.BtchBookg("false"),
                    e.NbOfTxs(str(len(order.payments))),
                    e.CtrlSum(total),
                    e.ReqdExctnDt(e.Dt(order.ordered_on.isoformat())),
                    e.Dbtr(e.Nm(order.payer.name)),
                    e.DbtrAcct(e.Id(e.Othr(e.Id(order.payer.number))), e.Ccy("CNY")),
                    e.DbtrAgt(e.FinInstnId(_agent(e, order.payer))),
                    *(_transfer(e, payment, layout) for payment in order.payments),
                ),
            )
        )
    except ValueError as error:
        raise BrokenInvariant(f"batch {order.batch}: a text that XML cannot carry") from error
    if wrong := breaches(root, VERSION):
        # the message of the schema would quote a name or an account: only the place is told
        lines = [breach.line for breach in wrong[:10]]
        raise BrokenInvariant(f"batch {order.batch}: refused by {VERSION} at {lines}")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _agent(e: Any, payer: Payer) -> Any:
    """The paying bank by its number among China's banks, or that nobody has stated it."""
    if not payer.agent:
        return e.Othr(e.Id("NOTPROVIDED"))
    return e.ClrSysMmbId(e.ClrSysId(e.Cd("CNAPS")), e.MmbId(payer.agent))


def _transfer(e: Any, payment: OrderedPayment, layout: PaymentFileLayout) -> Any:
    return e.CdtTrfTxInf(
        e.PmtId(e.InstrId(payment.instruction), e.EndToEndId(payment.instruction)),
        e.Amt(e.InstdAmt(plain_yuan(payment.amount), Ccy="CNY")),
        e.CdtrAgt(e.FinInstnId(e.Nm(payment.bank))),
        e.Cdtr(e.Nm(payment.holder)),
        e.CdtrAcct(e.Id(e.Othr(e.Id(payment.number)))),
        e.RmtInf(e.Ustrd(layout.purpose)),
    )


def read_pain001(raw: bytes) -> PaymentOrder:
    """Read a message as the bank does.

    Raises: NotTheMessage when it is none, or its published schema refuses it
    """
    root, version = read_message(raw, "pain.001")
    if wrong := breaches(root, version):
        raise NotTheMessage(*wrong[0])
    names = {"p": namespace(version)}

    def text(of: etree._Element, path: str) -> str:
        found = of.findtext("/".join(f"p:{step}" for step in path.split("/")), None, names)
        return (found or "").strip()

    (block,) = root.findall(".//p:PmtInf", names)
    payments = tuple(
        OrderedPayment(
            no,
            text(entry, "PmtId/EndToEndId"),
            text(entry, "Cdtr/Nm"),
            text(entry, "CdtrAcct/Id/Othr/Id"),
            text(entry, "CdtrAgt/FinInstnId/Nm"),
            read_amount(text(entry, "Amt/InstdAmt")),
        )
        for no, entry in enumerate(block.findall("p:CdtTrfTxInf", names), 1)
    )
    ordered_on = date.fromisoformat(text(block, "ReqdExctnDt/Dt"))
    payer = Payer(
        text(block, "Dbtr/Nm"),
        text(block, "DbtrAcct/Id/Othr/Id"),
        text(block, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
    )
    return PaymentOrder(text(block, "PmtInfId"), payer, ordered_on, payments)
