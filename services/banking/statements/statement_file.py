"""Statement file: a bank's file, read whole or refused whole.

In:   the bytes of the file (camt, MT940, CSV, XLSX or XLS, told by what stands in it), the account
      and the layout of its bank's statements
Out:  Statement: its lines, its balances, and every problem by line and column
Holds: a file with one problem gives no command at all
"""

from collections.abc import Sequence
from hashlib import sha256

from events.money import yuan
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.camt import read_camt
from services.banking.statements.mt940_statement import read_mt940
from services.banking.statements.statement import Statement, StatementLine
from services.banking.statements.statement_form import form_of
from services.banking.statements.statement_head import (
    SideTotals,
    differences,
    other_totals,
    stated_above,
)
from services.banking.statements.statement_lines import line_of
from services.banking.statements.statement_order import OrderUnclear, ReadRow, oldest_first
from services.banking.statements.statement_rows import NOTHING_MOVED, StatementReader
from services.spreadsheets.file_lines import FileLine, FileSheet, UnreadableFile, file_lines


def read_statement(
    file: str,
    raw: bytes,
    bank_account: str,
    layout: StatementLayout,
    opening: int | None = None,
    last_four: str = "",
) -> Statement:
    """Read a bank's file whole; what cannot be taken stands in `problems`.

    Shape: `last_four` are the account's last digits, to compare with what the file says of it; of a
           message, the layout gives only the words that tell kinds
    Units: `opening` is the balance before the first line, in fen, where the file has no balances
    Holds: lines come oldest first; with balances, each follows from the one before
    """
    match form_of(raw):
        case "camt":
            return read_camt(file, raw, bank_account, layout, opening, last_four)
        case "mt940":
            return read_mt940(file, raw, bank_account, layout, opening, last_four)
        case "table":
            return _read_table(file, raw, bank_account, layout, opening, last_four)


def _read_table(
    file: str,
    raw: bytes,
    bank_account: str,
    layout: StatementLayout,
    opening: int | None,
    last_four: str,
) -> Statement:
    reader = StatementReader(file, layout, last_four)
    try:
        sheets = file_lines(raw, encodings=layout.encodings, delimiter=layout.delimiter)
    except UnreadableFile as error:
        reader.problem("UNREADABLE_FILE", 0, f"：{str(error).rstrip('。')}")
        sheets = []
    return read_sheets(reader, sheets, sha256(raw).hexdigest(), bank_account, opening)


def read_sheets(
    reader: StatementReader,
    sheets: Sequence[FileSheet],
    digest: str,
    bank_account: str,
    opening: int | None,
) -> Statement:
    """Read the sheets of a file, as `read_statement` does those of a table; `digest` is that of its bytes."""
    rows = reader.body(sheets) if sheets else []
    stated = stated_above(reader.above, reader.read_figure)
    lines = _lines(reader, rows, stated.opening if opening is None else opening)
    quiet = stated.first and stated.last and stated.opening is not None
    if not lines and not reader.problems and not quiet:
        reader.problem("EMPTY", 0, "没有流水行，表头上方也没有写明起止日和期初余额")
    said = [(line.booked_on, line.amount) for line in lines]
    for code, line, wrong in differences(stated, reader.last_four, said):
        reader.problem(code, line, wrong)
    if not reader.problems:
        for wrong in other_totals(stated, _totals(reader, lines)):
            reader.problem("TOTAL_DIFFERS", stated.line, wrong)
    opening = _checked_opening(reader, lines, stated.opening if opening is None else opening)
    if stated.closing is not None and not reader.problems and opening is not None:
        closing = opening + sum(line.amount for line in lines)
        if closing != stated.closing:
            bank_says, found = yuan(stated.closing), yuan(closing)
            reader.problem(
                "CLOSING_DIFFERS",
                0,
                f"表头上方写明期末余额 {bank_says}，按各行算得 {found}，流水可能有缺行",
            )
    return Statement(
        file=reader.file,
        digest=digest,
        bank_account=bank_account,
        first=stated.first or min((line.booked_on for line in lines), default=None),
        last=stated.last or max((line.booked_on for line in lines), default=None),
        opening_balance=opening,
        lines=tuple(lines),
        problems=tuple(reader.problems),
        left_out=tuple(reader.left_out),
    )


def _totals(reader: StatementReader, lines: Sequence[StatementLine]) -> SideTotals:
    amounts = [line.amount for line in lines]
    return SideTotals(
        (reader.sides["paid"], -sum(one for one in amounts if one < 0)),
        (reader.sides["received"], sum(one for one in amounts if one > 0)),
        len(lines),
        sum(one.why == NOTHING_MOVED for one in reader.left_out),
    )


def _lines(
    reader: StatementReader, rows: Sequence[FileLine], opening: int | None
) -> list[StatementLine]:
    """Read every row, and put the lines oldest first."""
    read: list[ReadRow] = []
    for row in rows:
        booked_on, amount = reader.booked_on(row), reader.amount(row)
        balance = reader.read_fen(row, "balance")
        reference, purpose = reader.reference(row), reader.text(row, "purpose")
        if not reader.is_ours(row) or booked_on is None or amount is None:
            continue
        if amount == 0:
            reader.leave_out(row, NOTHING_MOVED)
        else:
            read.append(ReadRow(row.no, booked_on, amount, reference, purpose, balance))
    try:
        read = oldest_first(read, reader.layout.order, opening)
    except OrderUnclear:
        wrong = (
            "同一天的各行按不同先后都与余额相符，期初余额因此不明；请填写期初余额，或导出更长的期间"
        )
        reader.problem("ORDER_UNCLEAR", read[0].no, wrong)
    return [line_of(reader.layout, *row) for row in read]


def _checked_opening(
    reader: StatementReader, lines: list[StatementLine], opening: int | None
) -> int | None:
    """Take the opening balance from the first line, and check the chain of balances."""
    if reader.problems or not lines:
        return opening
    first = lines[0]
    if first.balance_after is not None:
        derived = first.balance_after - first.amount
        if opening is not None and opening != derived:
            reader.problem("OPENING_DIFFERS", first.file_line, "的余额与所填期初余额不符")
        opening = derived
    if opening is None:
        reader.problem("NO_OPENING", 0, "没有余额列，请填写期初余额")
        return None
    running, newest = opening, first.booked_on
    for line in lines:
        running += line.amount
        if line.balance_after is not None and line.balance_after != running:
            reader.problem(
                "BALANCE_BREAKS",
                line.file_line,
                f"与上一行余额加本行发生额不等（应为 {yuan(running)}），流水可能有缺行",
                reader.columns.heading("balance"),
                yuan(line.balance_after),
            )
            running = line.balance_after
        if line.booked_on < newest:
            reader.problem("OUT_OF_ORDER", line.file_line, "的日期早于上一行，流水应按日期排列")
        newest = max(newest, line.booked_on)
    return opening
