"""Reports: what was issued of the books, as of which position, with the digests that prove it later.

In:    a report that was made from the books
Out:   IssueReport, WithdrawReport; ReportIssued, ReportWithdrawn
Holds: a report's number is a function of what it says (`number_of`), so one report has one number
       and no other report can have it; the files themselves are kept by the vault
Source: docs/adr/0045-reports-are-proved-by-position.md
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, json

from events.values import Command, Fact

ReportNumber = Annotated[str, Meta(pattern=r"^R-[0-9a-f]{12}$")]
"""``R-`` and the first twelve digits of the digest of what the report is."""

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""

VectorText = Annotated[str, Meta(pattern=r"^([0-9]+:[0-9]+(,[0-9]+:[0-9]+)*)?$", max_length=2000)]
"""A position vector as `events.position_vector` writes it."""


class IssueReport(Command):
    """Somebody signs a report as made from the books.

    `parameters` name what was asked (fund, month, …), `vector` up to where of the ledger it counts,
    `rules` the digest of the policies, `digest` that of the figures, `files` the SHA-256 of each
    file by its kind. `through` is the last legal day that it counts, `form` the version of its
    layout.
    """

    number: ReportNumber
    kind: str
    form: Annotated[int, Meta(ge=1)]
    region: str
    parameters: dict[str, str]
    through: date
    vector: VectorText
    rules: Sha256
    digest: Sha256
    files: dict[str, Sha256]
    maker: str


class WithdrawReport(Command):
    """Another person takes a report back that should not have been issued; its figures stay proved."""

    number: ReportNumber
    checker: str
    reason: str


class ReportIssued(Fact):
    """A report was issued; it can be made again from the ledger, to the byte."""

    number: ReportNumber
    kind: str
    form: Annotated[int, Meta(ge=1)]
    region: str
    parameters: dict[str, str]
    through: date
    vector: VectorText
    rules: Sha256
    digest: Sha256
    files: dict[str, Sha256]
    maker: str


class ReportWithdrawn(Fact):
    """Another person than the maker took the report back."""

    number: ReportNumber
    maker: str
    checker: str
    reason: str


ReportCommand = IssueReport | WithdrawReport
ReportFact = ReportIssued | ReportWithdrawn


def number_of(
    kind: str, form: int, parameters: Mapping[str, str], vector: str, rules: str, digest: str
) -> str:
    """The number of a report: the same report, made again, has the same one."""
    said = json.encode([kind, form, dict(sorted(parameters.items())), vector, rules, digest])
    return f"R-{sha256(said).hexdigest()[:12]}"
