"""Public sheets on paper: a list of grants, or how a fund was used, as a PDF of A4 pages.

In:    the table of the public page, the words above it, number, issue and digest of the file
Out:   PDF bytes: the same file gives the same bytes
Holds: each page has the head of the table, the number, the digest and which page of how many it is
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from services.documents.pdf import NODE_MODULES, typeset
from services.spreadsheets.page_table import ColumnKind, PageTable
from services.wording.languages import translate

_NARROW = (ColumnKind.COUNT, ColumnKind.AMOUNT)


class PublicSheet(NamedTuple):
    """What stands above a table, and what names its file."""

    title: str
    paragraphs: Sequence[str]
    number: str
    issue: int
    digest: str
    until: date


def public_pdf(
    sheet: PublicSheet, table: PageTable[Any], node_modules: Path = NODE_MODULES
) -> bytes:
    """Typeset a table that the public reads.

    Raises: NoFonts
    """
    totals = [cell.text if cell else "" for cell in table.total_cells()]
    data = {
        **sheet._asdict(),
        "until": sheet.until.isoformat(),
        "columns": [
            {
                "header": translate(column.header),
                "narrow": column.kind in _NARROW,
                "figure": column.numeric,
            }
            for column in table.columns
        ],
        "rows": [[cell.text for cell in table.cells(row)] for row in table.rows],
        "totals": [totals[0] or translate("合计"), *totals[1:]],
    }
    return typeset("public.typ", data, node_modules)
