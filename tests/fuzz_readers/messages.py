"""Messages of banks, camt and MT940: good ones, accidents within their fields, and a plain reading of them.

In:   bytes, a source of chance
Out:  bytes in which an element or a field is odd, missing, twice there or elsewhere; what a message
      books, read in a few lines of plain Python
Holds: the plain reading uses nothing of the product
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError, ParserCreate

from tests.camt_messages import AUGUST, FEE, PAYMENT, CamtMessage, CamtStatement
from tests.fuzz_readers.mutations import mutated_text

_OURS = "1234"
_BACK = replace(PAYMENT, side="CRDT", reversal=True, reference="BK0003")
_BATCH = replace(PAYMENT, instructions=("B220831000100002", "B220831000100003"), reference="BK0004")
_RICH = replace(
    AUGUST,
    entries=(PAYMENT, FEE, replace(FEE, status="PDNG", amount="7.77"), _BACK, _BATCH),
    totals="<TxsSummry><TtlNtries><NbOfNtries>5</NbOfNtries></TtlNtries></TxsSummry>",
)
_FIRST_DAY = CamtStatement(
    (PAYMENT,),
    (("OPBD", "1000000.00", "2022-08-29"), ("CLBD", "998500.00", "2022-08-29")),
    "1",
    period=None,
)
_NEXT_DAY = CamtStatement(
    (FEE,),
    (("PRCD", "998500.00", "2022-08-29"), ("CLBD", "998495.00", "2022-08-30")),
    "2",
    period=None,
)
CAMT: Sequence[bytes] = (
    CamtMessage((AUGUST,), version=2).xml(),
    CamtMessage((_RICH,)).xml(),
    CamtMessage((_RICH,), "camt.052", 6).xml(),
    CamtMessage((_FIRST_DAY, _NEXT_DAY), version=13).xml(),
    CamtMessage((AUGUST, replace(AUGUST, account="9900000000009999", name="2"))).xml(),
)
_ONE = (
    ":20:M1\n:25:9900000000001234\n:28C:1/1\n:60F:C220828CNY1000000,00\n"
    ":61:2208290829D1500,00NTRFB220831000100001//BK0001\n:86:就业补贴\n"
    ":61:2208300830D5,NCHGNONREF//BK0002\n:86:账户手续费\n:62F:C220830CNY998495,00\n-\n"
)
_PAGES = (
    ":20:M1\n:25:9900000000001234\n:28C:1/1\n:60F:C220828CNY10,00\n"
    ":61:2208290829D1,00NTRFA\n:62M:C220829CNY9,00\n-\n"
    ":20:M1\n:25:9900000000001234\n:28C:1/2\n:60M:C220829CNY9,00\n"
    ":61:2208300830RD2,00NTRFB\n:86:166?00代发?20就业补?21贴?32张\n:62F:C220830CNY11,00\n-\n"
)
_IN_BLOCKS = (
    "{1:F01A}{2:I940}{4:\n:20:M1\n:25:9900000000001234CNY\n:28C:1\n:60F:D220828CNY10,00\n"
    ":61:220829C0,NMSCX\n:61:220829RC1,NMSCX\n:62F:D220830CNY11,00\n:64:D220830CNY11,00\n-}\n"
)
MT940: Sequence[bytes] = tuple(
    text.replace("\n", "\r\n").encode() for text in (_ONE, _PAGES, _IN_BLOCKS)
)
_ODD_TEXTS = (
    "", "0", "0.00", "-1", "+1.00", "1e3", "NaN", "1.", "  .5 ", "1.005", "1.0000", "9" * 18, "2022-08-29",
    "2022-02-30", "0001-01-01", "9999-12-31", "2022-08-29Z", "2022-08-29T24:00:00", "BOOK", "PDNG", "INFO",
    "2022-08-31T23:59:59.999999999+08:00", "CRDT", "DBIT", "true", "1", "false", "CNY", "USD", "甲" * 400,
    "B220831000100009", "1234", "9900000000009999", "\u202e", "１２", "OPBD", "CLBD", "ITBD", "PRCD",
)  # fmt: skip
_NUMBER = re.compile(rf"{_OURS}([A-Za-z]{{3}})?$")
_FIELD = re.compile(
    r"^:61:[0-9]{6}(?:[0-9]{4})?(R?[CD])[A-Z]?([0-9]+,[0-9]*)", re.MULTILINE | re.IGNORECASE
)


def mutated_camt(raw: bytes, chance: Random) -> bytes:
    """A camt after accidents of bytes, or of its elements."""
    if chance.random() < 0.4:
        return mutated_text(raw, chance)
    root = ET.fromstring(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        _accident(root, chance)
    changed: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return changed


def _accident(root: ET.Element, chance: Random) -> None:
    pairs = [(parent, child) for parent in root.iter() for child in parent]
    if not pairs:
        return
    parent, child = chance.choice(pairs)
    leaves = [one for one in root.iter() if not len(one)]
    match chance.randrange(7):
        case 0:
            parent.remove(child)
        case 1:
            parent.insert(chance.randrange(len(parent) + 1), deepcopy(child))
        case 2:
            parent.remove(child)
            parent.insert(chance.randrange(len(parent) + 1), child)
        case 3:
            amounts = [one for one in leaves if one.attrib]
            if amounts:
                chance.choice(amounts).set("Ccy", chance.choice(("USD", "CNY", "", "cny")))
        case _:
            chance.choice(leaves).text = chance.choice(_ODD_TEXTS)


class PlainReading(NamedTuple):
    """What a message holds: the lines on which its entries begin, and what is booked on our account.

    Units: fen; positive came in
    """

    lines: frozenset[int]
    booked: tuple[int, ...]


def plain_camt(raw: bytes) -> PlainReading | None:
    """Read a camt plainly; None where the standard library cannot."""
    lines: list[int] = []
    try:
        parser = ParserCreate()

        def begins(name: str, _: object) -> None:
            if name.rpartition(":")[2] == "Ntry":
                lines.append(parser.CurrentLineNumber)

        parser.StartElementHandler = begins
        # a lone carriage return ends a line for this parser and for no other
        parser.Parse(raw.replace(b"\r\n", b"\n").replace(b"\r", b" "), True)
        root = ET.fromstring(raw)
    except (ExpatError, ET.ParseError, ValueError):
        return None
    statements = [one for one in root[0] if _name(one) in ("Stmt", "Rpt", "Ntfctn")]
    booked = [fen for one in statements if _is_ours(one) for fen in _booked(one)]
    return PlainReading(frozenset(lines), tuple(sorted(booked)))


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _at(element: ET.Element, path: str) -> str:
    return (element.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) or "").strip()


def _is_ours(statement: ET.Element) -> bool:
    account = _at(statement, "Acct/Id/IBAN") or _at(statement, "Acct/Id/Othr/Id")
    return "".join(re.findall(r"[0-9]", account)).endswith(_OURS)


def _booked(statement: ET.Element) -> list[int]:
    found = []
    for entry in statement.iterfind("{*}Ntry"):
        if (_at(entry, "Sts/Cd") or _at(entry, "Sts")) == "BOOK":
            fen = int(Decimal(_at(entry, "Amt")) * 100)
            found.append(fen if _at(entry, "CdtDbtInd") == "CRDT" else -fen)
    return [fen for fen in found if fen]


def plain_mt940(raw: bytes) -> PlainReading | None:
    """Read an MT940 plainly; None where it is no UTF-8."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None
    text = re.sub("[\x00-\x04\x1a]", "", text)
    begun = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith(":61:")]
    booked = []
    for message in re.split(r"^(?=:20:)", text, flags=re.MULTILINE):
        account = re.search(r"^:25P?:(.*)$", message, re.MULTILINE)
        if account is None or _NUMBER.search(re.sub(r"[^0-9A-Za-z]", "", account[1])) is None:
            continue
        for mark, amount in _FIELD.findall(message):
            fen = int(Decimal(amount.replace(",", ".")) * 100)
            booked.append(fen if mark.upper() in ("C", "RD") else -fen)
    return PlainReading(frozenset(begun), tuple(sorted(fen for fen in booked if fen)))
