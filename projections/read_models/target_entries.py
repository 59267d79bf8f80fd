"""Entries: one row for each count that an application enters, the same for participations and persons.

Holds: an entry counts while its application is granted and neither withdrawn nor revoked; a
       correction enters anew, and what it no longer states stands no more.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from events.applications import (
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    Stated,
)
from events.approvals import ApprovalGranted, ApprovalRevoked
from policies.duties.counts import TargetCount, counts
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Amend,
    Change,
    Column,
    Table,
    Upsert,
)

READS = (
    ApplicationFiled,
    ApplicationCorrected,
    ApplicationWithdrawn,
    ApprovalGranted,
    ApprovalRevoked,
)


def table(name: str, meaning: str) -> Table:
    """Describe a table of entries."""
    return Table(
        name,
        meaning,
        (
            Column("application", "text", "key of the application"),
            Column("counted_as", "text", "id of the count in policies/duties/counts.yaml"),
            Column("beneficiary", "text", "token of the person"),
            Column("programme", "text", "the benefit"),
            Column("district", "text", "region code (GB/T 2260)"),
            Column("year", "smallint", "year in which it counts"),
            Column("counted_on", "date", "day that decides the year"),
            Column("stands", "boolean", "whether what is stated still enters the count"),
            Column("granted_on", "date", "legal day of the grant"),
            Column("granted_at", "timestamptz", "when the grant was recorded", "UTC"),
            Column("ended_on", "date", "legal day it was withdrawn or revoked"),
        ),
        scoping=ByDistrict(),
        key=("application", "counted_as"),
        indexes=("(counted_as, year, beneficiary, counted_on, application)",),
        amended_by=1,
    )


Entered = Callable[[LocatedFact, str, Stated], Iterator[Change]]
"""Makes the rows that an application enters, from what it states."""


def mapping(
    entries: Table, wanted: Callable[[TargetCount], bool]
) -> Callable[[LocatedFact], Iterator[Change]]:
    """Make the mapping of a table for those counts that it is about."""
    rules = counts()
    ids = frozenset(one.id for one in rules.counts if wanted(one))
    programmes = frozenset(name for one in rules.counts if one.id in ids for name in one.programmes)

    def entered(located: LocatedFact, application: str, stated: Stated) -> Iterator[Change]:
        for entry in rules.entered(stated.programme, stated.applied_on, stated.facts):
            if entry.id in ids:
                values: dict[str, Any] = {
                    "beneficiary": located.token,
                    "programme": stated.programme,
                    "district": stated.region,
                    "year": entry.on.year,
                    "counted_on": entry.on,
                    "stands": True,
                }
                yield Upsert(entries, (application, entry.id), values)

    return follow(entries, programmes, entered)


def follow(
    entries: Table, programmes: Collection[str], entered: Entered
) -> Callable[[LocatedFact], Iterator[Change]]:
    """Make a mapping that follows applications of some programmes from filing to their end.

    Shape:  a table with `stands`, `granted_on`, `granted_at` and `ended_on`, keyed by application
            first
    """

    def stated(located: LocatedFact, application: str, stated: Stated) -> Iterator[Change]:
        if stated.programme in programmes:
            yield from entered(located, application, stated)

    def changes(located: LocatedFact) -> Iterator[Change]:
        match located.fact.body:
            case ApplicationFiled() as body:
                yield from stated(located, body.application, body.stated)
            case ApplicationCorrected(before_filing=False) as body:
                yield Amend(entries, (body.application,), {"stands": False})
                yield from stated(located, body.application, body.stated)
            case ApprovalGranted() as body if body.policy.programme in programmes:
                values = {"granted_on": located.on, "granted_at": located.recorded_at}
                yield Amend(entries, (body.application,), values)
            case ApplicationWithdrawn(before_filing=False) | ApprovalRevoked() as body:
                yield Amend(entries, (body.application,), {"ended_on": located.on})
            case _:
                pass

    return changes
