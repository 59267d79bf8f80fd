"""Trying: which of the known layouts a statement's file is written in, found by reading it in each.

In:   the bytes of a file, the layouts that may be meant
Out:  a LayoutTrial each, those that read most of the file's columns first; the one reading that is meant
Holds: nothing is taken; a layout that reads fewer columns never goes before one that reads more, so
       that what is wrong in a column is not passed over; of two that read as many, without a problem
       and differently, none is chosen
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple, get_args

from policies.cities import BankAccount
from services.banking.banks.layouts import StatementLayout
from services.banking.banks.of_cities import CityBanks
from services.banking.statements.statement import Statement, StatementProblem
from services.banking.statements.statement_file import read_sheets, read_statement
from services.banking.statements.statement_form import StatementForm, form_of
from services.banking.statements.statement_rows import StatementReader
from services.spreadsheets.file_lines import (
    FileSheet,
    UnreadableFile,
    file_lines,
    is_workbook,
)

AUTO = "auto"
"""Asks for whichever layout reads the file."""

OWN = "本账户"
"""What the account's own layout is called among those that are tried."""


class NotALayout(LookupError):
    """No bank writes statements in a layout of this name; `known` are those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class LayoutTrial(NamedTuple):
    """What a file says in one layout."""

    name: str
    statement: Statement
    columns: int
    """How many of the file's columns it reads."""

    @property
    def layout(self) -> str:
        """The layout to name when the file is read again; empty for the account's own and a message."""
        return "" if self.name in (OWN, *get_args(StatementForm)) else self.name

    @property
    def fits(self) -> bool:
        """Whether the layout reads the file without a problem."""
        return not self.statement.problems


def layouts_to_try(banks: CityBanks, alias: str, layout: str) -> dict[str, StatementLayout]:
    """The layouts that may be meant: the one named, the account's own, or all with its own first.

    In:     `layout` is a name, `auto`, or empty: the account's own where there is an account, else all
    Raises: AccountWithoutBank, NotALayout
    """
    known = banks.writing_statements()
    if layout not in ("", AUTO, *known):
        raise NotALayout(layout, (AUTO, *known))
    if layout not in ("", AUTO):
        return {layout: known[layout]}
    own = {OWN: banks.statement(alias)} if alias else {}
    return own if own and not layout else own | known


def try_layouts(
    file: str,
    raw: bytes,
    bank_account: str,
    layouts: Mapping[str, StatementLayout],
    last_four: str = "",
    opening: int | None = None,
) -> tuple[LayoutTrial, ...]:
    """Read a file in every layout. Up to a minute for a workbook: never on an event loop.

    Shape:  those that read most columns come first, of these those that fit, of these in the order of
            `layouts`; of layouts that say the same the first alone, and of all for a message
    """
    form = form_of(raw)
    if form != "table":
        words = next(iter(layouts.values()))  # a layout gives a message the words of kinds alone
        read = read_statement(file, raw, bank_account, words, opening, last_four)
        return (LayoutTrial(form, read, len(read.lines) and 1),)
    reading = _Sheets(raw)
    digest = sha256(raw).hexdigest()
    trials: list[LayoutTrial] = []
    for name, layout in _each_once(layouts):
        reader = StatementReader(file, layout, last_four)
        try:
            sheets = reading.of(layout)
        except UnreadableFile as error:
            reader.problem("UNREADABLE_FILE", 0, f"：{str(error).rstrip('。')}")
            sheets = []
        statement = read_sheets(reader, sheets, digest, bank_account, opening)
        columns = sum(map(len, reader.columns.places.values()))
        trials.append(LayoutTrial(name, statement, columns))
    return tuple(sorted(trials, key=lambda trial: (-trial.columns, not trial.fits)))


def chosen(trials: tuple[LayoutTrial, ...], own: str = OWN) -> LayoutTrial:
    """The trial that is meant: that of the account's own layout where it fits, else the first.

    Holds: where another fits too and says otherwise, a problem names both
    """
    first = next((trial for trial in trials if trial.name == own and trial.fits), trials[0])
    others = [
        trial.name
        for trial in trials
        if trial.fits
        and trial.columns == first.columns
        and first.name != own
        and _said(trial.statement) != _said(first.statement)
    ]
    if not (first.fits and others):
        return first
    unclear = StatementProblem(
        file=first.statement.file,
        line=0,
        column="",
        value="",
        code="LAYOUT_UNCLEAR",
        wrong=f"按 {'、'.join((first.name, *others))} 都读得通，读出的却不同，请指明格式",
    )
    return first._replace(statement=first.statement.model_copy(update={"problems": (unclear,)}))


def read_for(
    banks: CityBanks,
    account: BankAccount,
    file: str,
    raw: bytes,
    layout: str = "",
    opening: int | None = None,
) -> LayoutTrial:
    """Read a file of an account as it is handed in: in a layout named, the account's own, or any.

    Units:  `opening` is the balance before the first line, in fen, where the file says none
    Raises: AccountWithoutBank, NotALayout
    """
    tried = layouts_to_try(banks, account.alias, layout)
    return chosen(try_layouts(file, raw, account.alias, tried, account.last_four, opening))


def _said(statement: Statement) -> tuple[object, ...]:
    lines = tuple((line.booked_on, line.amount, line.balance_after) for line in statement.lines)
    return statement.opening_balance, lines


def _each_once(layouts: Mapping[str, StatementLayout]) -> Iterable[tuple[str, StatementLayout]]:
    known: list[StatementLayout] = []
    for name, layout in layouts.items():
        if layout not in known:
            known.append(layout)
            yield name, layout


class _Sheets:
    """A file's sheets; a workbook is read once, a text once for each way of reading its bytes."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._read: dict[tuple[tuple[str, ...], str], list[FileSheet] | UnreadableFile] = {}

    def of(self, layout: StatementLayout) -> list[FileSheet]:
        """The sheets as a layout reads them.

        Raises: UnreadableFile
        """
        key = ((), "") if is_workbook(self._raw) else (layout.encodings, layout.delimiter)
        if key not in self._read:
            try:
                self._read[key] = file_lines(
                    self._raw, encodings=layout.encodings, delimiter=layout.delimiter
                )
            except UnreadableFile as error:
                self._read[key] = error
        found = self._read[key]
        if isinstance(found, UnreadableFile):
            raise found
        return found
