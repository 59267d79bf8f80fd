"""verifying: is this file the report that was issued, and do the books still say so?

In:    the bytes of a file; the books, the vault, the policies
Out:   `Verification`: three answers apart, with the first cell that differs
Holds: nothing is written; what a file claims is never believed, only compared
"""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from policies.engine.registry import Policies
from projections.queries import issued_reports
from projections.queries.connection import Lent
from projections.queries.issued_reports import IssuedReport
from projections.queries.position_vector import PositionVector
from services.documents.pdf import NODE_MODULES
from services.reports import cells
from services.reports.cells import Cells, Difference
from services.reports.content import MadeReport
from services.reports.issuing import files_of
from services.reports.kinds import KINDS
from services.reports.making import BooksBehind, make
from services.reports.parameters import WrongParameter
from services.runtime.vault import Vault
from services.spreadsheets.file_lines import UnreadableFile

FileAnswer = Literal["same_bytes", "same_cells", "differs", "unknown", "unreadable", "not_kept"]
"""The file: the very bytes; another writing of the same cells; other cells; of no report that was
issued; no file that can be read; what it should be compared with is not in the vault."""

BooksAnswer = Literal["agree", "differ", "row_changed", "other_form", "behind", "not_asked"]
"""The books: the same figures; others; the row that says what was issued was itself changed; made by
rules of layout or parameters that this software no longer has; not read as far; nothing to ask."""


class Verification(NamedTuple):
    """What there is to say of a file."""

    file: FileAnswer
    books: BooksAnswer
    report: IssuedReport | None = None
    in_file: Difference | None = None
    in_books: Difference | None = None
    told: str = ""
    """Why a file cannot be read, or how far the books are behind."""
    made: MadeReport | None = None
    """The report as the books give it now, at its position."""
    other_rules: bool = False
    """Whether the policies are others than those that the report was issued under."""

    @property
    def agrees(self) -> bool:
        """一致: the file says what was issued, the books say it too, and nobody took it back."""
        whole = self.file in ("same_bytes", "same_cells") and self.books == "agree"
        return whole and self.report is not None and self.report.state == "issued"


class Verifier(NamedTuple):
    """What a file is held against."""

    connection: Lent
    vault: Vault
    policies: Policies
    node_modules: Path = NODE_MODULES

    async def file(self, raw: bytes, number: str = "") -> Verification:
        """Verify a file; `number` says which report it should be where the file itself does not."""
        digest = sha256(raw).hexdigest()
        report = await issued_reports.with_file(self.connection, digest)
        if report is not None:
            return await self._of(report, "same_bytes")
        try:
            said = await asyncio.to_thread(cells.cells_of, raw)
        except UnreadableFile as error:
            return Verification("unreadable", "not_asked", told=str(error))
        report = await issued_reports.one(self.connection, number or cells.number_in(said))
        if report is None:
            return Verification("unknown", "not_asked")
        kept = await self._kept(report, "pdf" if raw.lstrip()[:5] == b"%PDF-" else "xlsx")
        if kept is None:
            return await self._of(report, "not_kept")
        difference = cells.first_difference(kept, said)
        found = await self._of(report, "differs" if difference else "same_cells")
        return found._replace(in_file=difference)

    async def issued(self, number: str) -> Verification:
        """Verify a report by its number: the kept file, and what the books say."""
        report = await issued_reports.one(self.connection, number)
        if report is None:
            return Verification("unknown", "not_asked")
        kept = [await self.vault.load_file(digest) for digest in report.files.values()]
        return await self._of(report, "same_bytes" if all(kept) else "not_kept")

    async def _of(self, report: IssuedReport, file: FileAnswer) -> Verification:
        """Ask the books again."""
        found = Verification(
            file, "agree", report, other_rules=report.rules != self.policies.digest
        )
        if report.own_number != report.number:
            return found._replace(books="row_changed")
        kind = KINDS.get(report.kind)
        if kind is None or kind.form != report.form:
            return found._replace(books="other_form")
        try:
            made = await make(
                self.connection,
                self.policies,
                report.kind,
                report.parameters,
                PositionVector.parse(report.vector),
                as_it_is=True,
            )
        except BooksBehind as error:
            return found._replace(books="behind", told=str(error))
        except WrongParameter as error:
            return found._replace(books="other_form", told=str(error))
        found = found._replace(made=made)
        if made.digest == report.digest:
            return found
        return found._replace(books="differ", in_books=await self._difference(report, made))

    async def _difference(self, report: IssuedReport, made: MadeReport) -> Difference | None:
        """The first figure that the books give otherwise than the kept file."""
        kept = await self._kept(report, "xlsx")
        if kept is None:
            return None
        files = await asyncio.to_thread(files_of, made, self.node_modules)
        now = await asyncio.to_thread(cells.cells_of, files[0].content)
        names = {sheet.name for sheet in made.sheets}
        words = {
            sheet.name: [no for no, column in enumerate(sheet.columns, 1) if column.words]
            for sheet in made.sheets
        }
        return cells.first_difference(
            {name: said for name, said in kept.items() if name in names},
            {name: said for name, said in now.items() if name in names},
            words,
        )

    async def _kept(self, report: IssuedReport, kind: str) -> Cells | None:
        file = await self.vault.load_file(report.files.get(kind, ""))
        return await asyncio.to_thread(cells.cells_of, file.content) if file else None
