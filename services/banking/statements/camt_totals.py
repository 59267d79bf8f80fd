"""camt totals: what a message says of its own entries, counted and added up again.

Units: fen
Holds: totals are those of all entries or of the booked ones, as banks do either; a page has none
"""

from collections.abc import Callable, Sequence
from typing import Any

from events.money import plain_yuan
from services.banking.statements.bank_message import MessageFindings
from services.banking.statements.camt_values import fen, text_at
from services.spreadsheets.cells import UnreadableCell

_PAGES = ("{*}StmtPgntn", "{*}RptPgntn", "{*}NtfctnPgntn")
_SIDES = (("TtlNtries", (1, -1)), ("TtlCdtNtries", (1,)), ("TtlDbtNtries", (-1,)))


def check_totals(statement: Any, booked: Sequence[int], findings: MessageFindings) -> None:
    """Name each total of a statement that is not that of its entries."""
    summary = statement.find("{*}TxsSummry")
    if summary is None or any(statement.find(page) is not None for page in _PAGES):
        return
    counted = (_signed(statement), booked)
    for name, signs in _SIDES:
        sides = [[one for one in all_of if (1 if one >= 0 else -1) in signs] for all_of in counted]
        _compare(summary, f"{name}/NbOfNtries", int, [len(side) for side in sides], str, findings)
        sums = [sum(map(abs, side)) for side in sides]
        _compare(summary, f"{name}/Sum", fen, sums, plain_yuan, findings)


def _compare(
    summary: Any,
    field: str,
    read: Callable[[str], int],
    reckoned: Sequence[int],
    written: Callable[[int], str],
    findings: MessageFindings,
) -> None:
    text = text_at(summary, field)
    if not text:
        return
    try:
        stated = read(text)
    except (UnreadableCell, ValueError):
        stated = None
    if stated not in reckoned:
        findings.problem(
            "TOTALS_DIFFER",
            summary.sourceline,
            f"与文件中的各笔不符（算得 {written(reckoned[0])}），可能有缺",
            f"TxsSummry/{field}",
            text,
        )


def _signed(statement: Any) -> list[int]:
    """The amounts of all entries, booked or not; empty where one cannot be read."""
    found = []
    for entry in statement.iterfind("{*}Ntry"):
        try:
            amount = fen(text_at(entry, "Amt"))
        except UnreadableCell:
            return []
        found.append(amount if text_at(entry, "CdtDbtInd") == "CRDT" else -amount)
    return found
