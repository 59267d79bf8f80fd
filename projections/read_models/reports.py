"""Reports: what was issued of the books, as of which position, and whether it still stands.

In:    the facts of READS
Asked: audit_acts, issued_reports
"""

from collections.abc import Iterator

from events.reports import ReportIssued, ReportWithdrawn
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

REPORTS = Table(
    "reports",
    "Every report that was issued",
    (
        Column("number", "text", "number of the report"),
        Column("kind", "text", "what it reports"),
        Column("form", "integer", "version of its layout"),
        Column("region", "text", "region code of what it covers"),
        Column("parameters", "jsonb", "what was asked: fund, month, year …"),
        Column("through", "date", "last legal day that it counts"),
        Column("vector", "text", "up to where of the ledger it counts: partition:next offset"),
        Column("rules", "text", "digest of the policies"),
        Column("digest", "text", "digest of its figures"),
        Column("files", "jsonb", "SHA-256 of each file, by its kind"),
        Column("maker", "text", "who issued it"),
        Column("checker", "text", "who took it back"),
        Column("reason", "text", "why it was taken back"),
        Column("state", "text", "issued or withdrawn"),
        Column("issued_at", "timestamptz", "when it was issued", "UTC"),
        Column("issued_on", "date", "legal day it was issued"),
        Column("withdrawn_on", "date", "legal day it was taken back"),
    ),
    scoping=ByDistrict("region"),
    key=("number",),
    indexes=("(issued_at)",),
)
TABLES = (REPORTS,)
READS = (ReportIssued, ReportWithdrawn)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one report."""
    match located.fact.body:
        case ReportIssued() as body:
            said = {name: value for name, value in body if name != "number"}
            values = {
                **said,
                "state": "issued",
                "issued_at": located.recorded_at,
                "issued_on": located.on,
            }
        case ReportWithdrawn() as body:
            values = {
                "state": "withdrawn",
                "checker": body.checker,
                "reason": body.reason,
                "withdrawn_on": located.on,
            }
        case _:
            return
    yield Upsert(REPORTS, (body.number,), values)
