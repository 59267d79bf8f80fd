"""Comparing: what a file would add to the record of its account, line by line, before it is taken.

In:   a statement; the lines on record for its days; what other files say of the days beside it
Out:  ComparedStatement: each line of the file as new or known, lines on record that the file lacks,
      and ends that do not fit
Units: fen
Holds: lines are told from each other as the ledger does it, by day, direction, amount and their number
       among equals; other words on a known line are shown, and change nothing
Source: docs/adr/0041-a-statement-is-taken-by-two-people.md
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from events.contract.inbound.private import without_identities
from projections.queries.statement_files import ProvedDay, RecordedLine
from services.banking.statements.statement import Statement

LineFinding = Literal["missing", "new", "other_words", "known"]


class ComparedLine(NamedTuple):
    """A line of the file beside the record, or a line on record that the file lacks."""

    finding: LineFinding
    file_line: int | None
    day: date
    amount_fen: int
    reference: str
    purpose: str
    balance_fen: int | None
    recorded: str
    """The name of the line on record; empty for a new one."""


class BalanceBreak(NamedTuple):
    """A balance that does not continue what another file has proved."""

    day: date
    stated_fen: int
    proved_fen: int
    statement: str


class ComparedStatement(NamedTuple):
    """A file beside the record; it can be taken where nothing is missing and nothing misfits."""

    lines: tuple[ComparedLine, ...]
    misfits: tuple[BalanceBreak, ...]

    @property
    def fits(self) -> bool:
        """Whether the ledger would take the file, as far as the books know."""
        return not self.misfits and all(line.finding != "missing" for line in self.lines)

    def of(self, finding: LineFinding) -> list[ComparedLine]:
        """The lines of one finding."""
        return [line for line in self.lines if line.finding == finding]


def compare(
    statement: Statement,
    recorded: Sequence[RecordedLine],
    before: ProvedDay | None = None,
    after: ProvedDay | None = None,
) -> ComparedStatement:
    """Lay a file beside the record of its days; `before` and `after` are the days beside it."""
    known: defaultdict[tuple[date, int], list[RecordedLine]] = defaultdict(list)
    for one in recorded:
        known[one.day, one.amount_fen].append(one)
    times: Counter[tuple[date, int]] = Counter()
    lines: list[ComparedLine] = []
    for line in statement.lines:
        key = (line.booked_on, line.amount)
        match = known[key][times[key]] if times[key] < len(known[key]) else None
        times[key] += 1
        reference = without_identities(line.reference, words=False)
        purpose = without_identities(line.purpose)
        finding: LineFinding = "new"
        if match is not None:
            same = (match.reference, match.purpose) == (reference, purpose)
            finding = "known" if same else "other_words"
        lines.append(
            ComparedLine(
                finding,
                line.file_line,
                line.booked_on,
                line.amount,
                reference,
                purpose,
                line.balance_after,
                match.line if match else "",
            )
        )
    lacking = [one for key, of_key in known.items() for one in of_key[times[key] :]]
    lines += [
        ComparedLine(
            "missing", None, one.day, one.amount_fen, one.reference, one.purpose, None, one.line
        )
        for one in sorted(lacking, key=lambda one: (one.day, one.line))
    ]
    return ComparedStatement(tuple(lines), tuple(_misfits(statement, before, after)))


def _misfits(
    statement: Statement, before: ProvedDay | None, after: ProvedDay | None
) -> Iterable[BalanceBreak]:
    opening, closing = statement.opening_balance, statement.closing_balance
    if before is not None and opening is not None and before.closing_fen != opening:
        yield BalanceBreak(before.day, opening, before.closing_fen, before.statement)
    if after is not None and closing is not None and after.opening_fen != closing:
        yield BalanceBreak(after.day, closing, after.opening_fen, after.statement)
