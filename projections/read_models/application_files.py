"""Application files: tables of applications: who handed them in, who released them, what they hold.

In:    the facts of READS
Asked: alarms, application_files, audit_acts, proposals_waiting
"""

from collections.abc import Iterator

from events.application_files import (
    ApplicationsHeld,
    ApplicationsPublished,
    ApplicationsRejected,
    ApplicationsReleased,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

APPLICATION_FILES = Table(
    "application_files",
    "Every file of applications that staff handed in",
    (
        Column("number", "text", "number of the file"),
        Column("state", "text", "held, released, rejected or published"),
        Column("file_digest", "text", "SHA-256 of the file"),
        Column("digest", "text", "digest of the applications that it states"),
        Column("source", "text", "in the name of which source they are published"),
        Column("region", "text", "region code of rows that name none"),
        Column("rows", "integer", "rows of the file"),
        Column("applications", "integer", "rows that are published"),
        Column("refused", "integer", "rows that could not be taken"),
        Column("maker", "text", "who handed it in"),
        Column("checker", "text", "who released or rejected it"),
        Column("reason", "text", "why it was rejected"),
        Column("held_at", "timestamptz", "when it was handed in", "UTC"),
        Column("held_on", "date", "legal day it was handed in"),
        Column("released_on", "date", "legal day it was released"),
        Column("rejected_on", "date", "legal day it was rejected"),
        Column("published_on", "date", "legal day every application was on its topic"),
    ),
    scoping=ByDistrict("region"),
    key=("number",),
    indexes=("(state)",),
)
TABLES = (APPLICATION_FILES,)
READS = (ApplicationsHeld, ApplicationsReleased, ApplicationsRejected, ApplicationsPublished)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one file."""
    match located.fact.body:
        case ApplicationsHeld() as body:
            values = {
                **{name: value for name, value in body if name != "number"},
                "state": "held",
                "held_at": located.recorded_at,
                "held_on": located.on,
            }
        case ApplicationsReleased() as body:
            values = {"state": "released", "checker": body.checker, "released_on": located.on}
        case ApplicationsRejected() as body:
            values = {
                "state": "rejected",
                "checker": body.checker,
                "reason": body.reason,
                "rejected_on": located.on,
            }
        case ApplicationsPublished() as body:
            values = {"state": "published", "published_on": located.on}
        case _:
            return
    yield Upsert(APPLICATION_FILES, (body.number,), values)
