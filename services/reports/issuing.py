"""issuing: a report becomes files, the files lie in the vault, and the ledger is asked to record it.

Holds: the files are kept before the command is sent, so that what is recorded can be found
"""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from events.reports import IssueReport
from services.documents.pdf import NODE_MODULES
from services.reports.content import MadeReport
from services.reports.paper import paper
from services.reports.workbook import workbook
from services.runtime import progress
from services.runtime.vault import Vault

PURPOSE = "report"
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
"""What files a report has, by their kind."""


class ReportFile(NamedTuple):
    """One file of a report."""

    kind: str
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return sha256(self.content).hexdigest()


def files_of(report: MadeReport, node_modules: Path = NODE_MODULES) -> tuple[ReportFile, ...]:
    """Write a report's files. Takes a second: never call it on an event loop.

    Raises: NoFonts
    """
    stem = f"{report.kind}-{report.number}"
    return (
        ReportFile("xlsx", f"{stem}.xlsx", workbook(report)),
        ReportFile("pdf", f"{stem}.pdf", paper(report, node_modules)),
    )


def command_of(report: MadeReport, files: tuple[ReportFile, ...], maker: str) -> IssueReport:
    """Ask for a report to be recorded as issued."""
    return IssueReport(
        number=report.number,
        kind=report.kind,
        form=report.form,
        region=report.region,
        parameters=dict(sorted(report.parameters.items())),
        through=report.through,
        vector=report.vector.text,
        rules=report.rules,
        digest=report.digest,
        files={file.kind: file.digest for file in files},
        maker=maker,
    )


async def prepare(
    report: MadeReport, vault: Vault, maker: str, node_modules: Path = NODE_MODULES
) -> IssueReport:
    """Write a report's files, keep them, and ask for it to be recorded.

    Raises: NoFonts
    """
    progress.expect(2)
    files = await asyncio.to_thread(files_of, report, node_modules)
    progress.add(1)
    for file in files:
        await vault.store_file(file.name, file.content, PURPOSE, maker)
    progress.add(1)
    return command_of(report, files, maker)
