"""Status: what is known of a person beside the applications.

In:    the facts of READS
Asked: nobody
"""

from collections.abc import Iterator
from datetime import date

from events import streams
from events.households import HouseholdChanged, MemberJoined, MemberLeft
from events.status import StatusRecorded
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByParty
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 2

STATUS = Table(
    "status",
    "Every change of circumstances",
    (
        Column("beneficiary", "text", "token of the person"),
        Column(
            "status",
            "text",
            "employed, unemployed, deceased, retired, left, back, receiving, not_receiving",
        ),
        Column("since", "date", "day from which it holds"),
        Column("benefit", "text", "the other benefit that is received"),
        Column("source", "text", "who reported it"),
        Column("recorded_at", "timestamptz", "when it was recorded", "UTC"),
    ),
    scoping=ByParty("beneficiary"),
    key=("beneficiary", "status", "since", "benefit"),
)
MEMBERS = Table(
    "household_members",
    "Who belongs to which household, and since when it is out",
    (
        Column("household", "text", "name of the household"),
        Column("member", "text", "token of the person"),
        Column("since", "date", "day from which the person belongs to it"),
        Column("left_on", "date", "day from which no more"),
        Column("out_since", "date", "day of a member's job, which took the household out"),
    ),
    scoping=ByParty("member"),
    key=("household", "member"),
)
TABLES = (STATUS, MEMBERS)
READS = (StatusRecorded, MemberJoined, MemberLeft, HouseholdChanged)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Note one change of circumstances."""
    match located.fact.body:
        case StatusRecorded() as body:
            values = {"source": body.source, "recorded_at": located.recorded_at}
            key = (located.token, body.status, body.since, body.benefit)
            yield Upsert(STATUS, key, values)
        case MemberJoined() as body:
            yield _member(located, body.member, since=body.since)
        case MemberLeft() as body:
            yield _member(located, body.member, left_on=body.since)
        case HouseholdChanged() as body:
            for member in body.members:
                yield _member(located, member, out_since=body.since)


def _member(located: LocatedFact, member: str, **values: date) -> Upsert:
    return Upsert(MEMBERS, (located.token, streams.name_of(member)), dict(values))
