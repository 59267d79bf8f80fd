"""Status: what is known of a person beside the applications."""

from collections.abc import Iterator

from events.status import StatusRecorded
from projections.placed import Placed
from projections.table import Change, Column, Table, Upsert

VERSION = 1

STATUS = Table(
    "status",
    "Every change of circumstances",
    (
        Column("beneficiary", "text", "token of the person"),
        Column("status", "text", "employed, unemployed, deceased, retired or left"),
        Column("since", "date", "day from which it holds"),
        Column("source", "text", "who reported it"),
        Column("recorded_at", "timestamptz", "when it was recorded", "UTC"),
    ),
    key=("beneficiary", "status", "since"),
)
TABLES = (STATUS,)
READS = (StatusRecorded,)


def changes(placed: Placed) -> Iterator[Change]:
    """Note one change of circumstances."""
    match placed.fact.body:
        case StatusRecorded() as body:
            values = {"source": body.source, "recorded_at": placed.recorded_at}
            yield Upsert(STATUS, (placed.token, body.status, body.since), values)
