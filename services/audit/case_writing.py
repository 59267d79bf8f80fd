"""Case writing: gather what a case holds, and write it.

In:    an application, a position vector; books; who can read records of the ledger
Out:   the ZIP, and whose case it is
Raises: NoSuchCase; as the reader of records
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from events import streams
from events.position_vector import PositionVector
from policies.engine.registry import Policies
from projections.queries import audit_cases, position_vector
from projections.queries.connection import Db
from services.audit.case import CaseRecords, case_of
from services.runtime.errors import OperatingFailure

FetchRecords = Callable[[Iterable[tuple[int, int]]], Awaitable[CaseRecords]]
"""Reads records by (partition, offset), with the checkpoints that list them."""


class NoSuchCase(OperatingFailure):
    """No fact of this application stands at or below the vector."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有申请 {application} 的事实。", "请核对编号（来源:申请号）和位置向量。"
        )


class WrittenCase(NamedTuple):
    """A case; `beneficiary` is the token of whose it is."""

    application: str
    beneficiary: str
    vector: PositionVector
    content: bytes


async def written(
    db: Db,
    application: str,
    vector: PositionVector | None,
    policies: Policies,
    fetch_records: FetchRecords,
) -> WrittenCase:
    """Write the case of an application, as of a vector or of what the books know.

    Raises: NoSuchCase, and as `fetch_records`
    """
    until = await position_vector.current(db) if vector is None else vector
    facts = await audit_cases.facts(db, application, until)
    if not facts:
        raise NoSuchCase(application)
    entries = await audit_cases.entries(db, application, until)
    records = await fetch_records((fact.partition, fact.offset) for fact in facts)
    whose = [f.stream for f in facts if streams.kind(f.stream) == "beneficiary"]
    content = case_of(application, until, facts, entries, records, policies)
    return WrittenCase(application, streams.name_of(whose[0]) if whose else "", until, content)
