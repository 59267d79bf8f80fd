"""Checking: what is right with each row of a file of earlier benefits, and what is not.

In:   the file's bytes, the region of rows that name none, the policies
Out:  CheckedPriorUses: rows that can count, what is doubtful with them, problems by row and column,
      rows that stand in the file twice
Holds: pure; the same file and policies give the same answer; a bad row stops no other row.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import orjson

from events.contract.inbound.identity import Party
from events.status import RecordPriorUse
from events.values import CapSlot
from policies.engine.prior import PastBenefit, uses_of
from policies.engine.registry import Policies
from services.deciders.beneficiary.register_status import prior_use_key, same_grant_key
from services.prior_uses.columns import by_heading, columns
from services.prior_uses.rows import read_row
from services.prior_uses.template import NOTES
from services.spreadsheets.file_lines import UnreadableFile
from services.spreadsheets.headings import plain_heading
from services.spreadsheets.reading import FileRow, read_table
from services.spreadsheets.row_cells import RowProblem

NUMBER_LENGTH = 16


class PriorUseRow(NamedTuple):
    """One row that can count: whose, by which paper, what it takes; `doubts` is what to look at."""

    row: int
    party: Party
    programme: str
    region: str
    document: str
    granted_on: date
    amount_fen: int
    slots: tuple[CapSlot, ...]
    doubts: tuple[str, ...]

    @property
    def command(self) -> RecordPriorUse:
        """What the row asks of its person's history."""
        return RecordPriorUse(
            document=self.document,
            programme=self.programme,
            slots=self.slots,
            amount=self.amount_fen,
            granted_on=self.granted_on,
        )


class RepeatedRow(NamedTuple):
    """A row that states the same use as an earlier one."""

    row: int
    first: int


class CheckedPriorUses(NamedTuple):
    """A whole file; `digest` is that of what would count, and holds no identity.

    `unread` are a workbook's other sheets that hold any text, beside the template's own notes.
    """

    file_digest: str
    digest: str
    region: str
    rows: int
    uses: tuple[PriorUseRow, ...]
    twice: tuple[RepeatedRow, ...]
    problems: tuple[RowProblem, ...]
    unread: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number of the import."""
        return self.file_digest[:NUMBER_LENGTH]

    @property
    def total_fen(self) -> int:
        """Sum of what would count."""
        return sum(use.amount_fen for use in self.uses)

    @property
    def refused_rows(self) -> frozenset[int]:
        """Rows that cannot count."""
        return frozenset(problem.row for problem in self.problems if problem.row)

    @property
    def doubtful(self) -> int:
        """Rows that count and should be looked at."""
        return sum(bool(use.doubts) for use in self.uses)


def check(raw: bytes, region: str, policies: Policies, today: date) -> CheckedPriorUses:
    """Check a file row by row; `today` bounds the days that can have been."""
    file_digest = sha256(raw).hexdigest()
    known = by_heading(policies)
    try:
        sheet = read_table(raw, known, plain_heading)
    except UnreadableFile as error:
        return CheckedPriorUses(
            file_digest, "", region, 0, (), (), (RowProblem(0, "", "", str(error)),)
        )
    problems = _headings(sheet.headings, policies)
    places = {known[plain_heading(h)].field: h for h in sheet.headings if plain_heading(h) in known}
    if any(problem.row == 0 for problem in problems):
        rows = len(sheet.rows)
        return CheckedPriorUses(file_digest, "", region, rows, (), (), tuple(problems))
    names: dict[str, str] = {}
    found: dict[tuple[object, ...], PriorUseRow] = {}
    alike: dict[tuple[object, ...], int] = {}
    twice: list[RepeatedRow] = []
    for row in sheet.rows:
        use = _use(row, places, region, policies, today, names)
        if isinstance(use, PriorUseRow):
            key = (use.party[:2], prior_use_key(use.command))
            if key in found:
                twice.append(RepeatedRow(use.row, found[key].row))
            else:
                grant = (use.party[:2], same_grant_key(use.command))
                first = alike.setdefault(grant, use.row)
                found[key] = use if first == use.row else _alike(use, first)
        else:
            problems += use
    uses = tuple(found.values())
    return CheckedPriorUses(
        file_digest,
        _digest(file_digest, uses),
        region,
        len(sheet.rows),
        uses,
        tuple(twice),
        tuple(problems),
        tuple(name for name in sheet.others if name != NOTES),
    )


def _alike(use: PriorUseRow, first: int) -> PriorUseRow:
    """Doubt a row that differs from an earlier one in its amount or months alone."""
    doubt = (
        f"与第 {first} 行同一文书、同一日、同一次，只有金额或月数不同，按另一次计；"
        "若是同一笔，请删去一行"
    )
    return use._replace(doubts=(*use.doubts, doubt))


def _headings(headings: list[str], policies: Policies) -> list[RowProblem]:
    known = by_heading(policies)
    there = {known[plain_heading(h)].field for h in headings if plain_heading(h) in known}
    return [
        *(
            RowProblem(0, column.heading, "", "缺少这一列。请按模板补上")
            for column in columns(policies)
            if column.required and column.field not in there
        ),
        *(
            RowProblem(0, heading, "", "没有这一列。请核对表头，或删去这一列")
            for heading in headings
            if plain_heading(heading) not in known
        ),
    ]


def _use(
    row: FileRow,
    places: Mapping[str, str],
    region: str,
    policies: Policies,
    today: date,
    names: dict[str, str],
) -> PriorUseRow | list[RowProblem]:
    stated = read_row(row, places, region, policies, today)
    if isinstance(stated, list):
        return stated
    enjoyed = PastBenefit(
        stated.programme,
        stated.region,
        stated.granted_on,
        stated.facts,
        stated.year,
        stated.months,
    )
    uses = uses_of(policies, enjoyed)
    doubts = [f"限额无法认定（{unknown}），该限额不计" for unknown in uses.unknown]
    if stated.year is not None and stated.year != stated.granted_on.year:
        doubts.append(f"所属年度 {stated.year} 与享受日期 {stated.granted_on} 不在同一年")
    first_name = names.setdefault(stated.party.id, stated.party.name)
    if first_name != stated.party.name:
        doubts.append("同一证件号码在本文件中姓名不同")
    if not uses.slots:
        heading = places.get("programme", "项目")
        text = f"{'；'.join(uses.unknown) or '该项目没有限额'}。请补填所缺的列"
        return [RowProblem(row.no, heading, stated.programme, text)]
    return PriorUseRow(
        row.no,
        stated.party,
        stated.programme,
        stated.region,
        stated.document,
        stated.granted_on,
        stated.amount_fen,
        uses.slots,
        tuple(doubts),
    )


def _digest(file_digest: str, uses: tuple[PriorUseRow, ...]) -> str:
    listed = [
        [use.row, use.programme, use.document, use.granted_on, use.amount_fen,
         [dict(slot) for slot in use.slots]]
        for use in uses
    ]  # fmt: skip
    return sha256(orjson.dumps([file_digest, listed])).hexdigest()
