"""Statement file: a bank's table, read whole or refused whole.

In:   the bytes of the file (CSV, XLSX or XLS), the account and the layout of its bank's statements
Out:  Statement: its lines with stable ids, its balances, and every problem by line and column
Holds: a file with one problem gives no command at all; the same line in two files has one id.
"""

from hashlib import sha256

from events.money import yuan
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import Statement, StatementLine
from services.banking.statements.statement_head import differences, stated_above
from services.banking.statements.statement_lines import LineNamer
from services.banking.statements.statement_rows import StatementReader


def read_statement(
    file: str,
    raw: bytes,
    bank_account: str,
    layout: StatementLayout,
    opening: int | None = None,
    last_four: str = "",
) -> Statement:
    """Read a bank's file whole; what cannot be taken stands in `problems`.

    Shape: `last_four` are the account's last digits, to compare with what stands above the table
    Units: `opening` is the balance before the first line, in fen, where the file has no balances
    Holds: lines come oldest first; with balances, each follows from the one before
    """
    reader = StatementReader(file, layout)
    rows = reader.body(raw)
    if layout.order == "newest_first":
        rows.reverse()
    namer = LineNamer(bank_account, layout)
    lines: list[StatementLine] = []
    for row in rows:
        booked_on, amount = reader.booked_on(row), reader.amount(row)
        balance = reader.read_fen(row, "balance")
        if booked_on is None or amount is None:
            continue
        reference, purpose = reader.reference(row), reader.text(row, "purpose")
        lines.append(namer.line(row.no, booked_on, amount, reference, purpose, balance))
    if not lines and not reader.problems:
        reader.problem("EMPTY", 0, "没有流水行")
    stated = stated_above(reader.above)
    for code, line, wrong in differences(stated, last_four, [line.booked_on for line in lines]):
        reader.problem(code, line, wrong)
    opening = _checked_opening(reader, lines, stated.opening if opening is None else opening)
    if stated.closing is not None and not reader.problems and opening is not None:
        closing = opening + sum(line.amount for line in lines)
        if closing != stated.closing:
            said, found = yuan(stated.closing), yuan(closing)
            reader.problem(
                "CLOSING_DIFFERS",
                0,
                f"表头上方写明期末余额 {said}，按各行算得 {found}，流水可能有缺行",
            )
    return Statement(
        file=file,
        digest=sha256(raw).hexdigest(),
        bank_account=bank_account,
        first=stated.first or min((line.booked_on for line in lines), default=None),
        last=stated.last or max((line.booked_on for line in lines), default=None),
        opening_balance=opening,
        lines=tuple(lines),
        problems=tuple(reader.problems),
    )


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
