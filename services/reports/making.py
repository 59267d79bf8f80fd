"""making: a report from the books, at the position where they stand or at an earlier one.

In:    a connection of its own, the policies, kind and parameters
Out:   a `MadeReport`
Holds: all of it is read in one snapshot; nothing that is made meanwhile stays in the database
Raises: BooksBehind, BooksStopped, BooksUnbalanced, WrongParameter, UnknownKind
"""

from collections.abc import Mapping
from typing import cast

import asyncpg

from policies.engine.registry import Policies
from projections.queries import position_vector
from projections.queries.connection import Lent
from projections.queries.position_vector import PositionVector
from services.reports import parameters as reading
from services.reports.content import MadeReport
from services.reports.kinds import Making, kind_of
from services.runtime.errors import OperatingFailure


class BooksBehind(OperatingFailure):
    """The books have not read as far as a report counts."""

    may_pass = True

    def __init__(self, missing: Mapping[int, int]) -> None:
        where = "、".join(f"分区 {p} 差 {offsets} 条" for p, offsets in sorted(missing.items()))
        super().__init__(
            f"账还没有读到报表所列的台账位置：{where}。",
            "请等入账处理赶上后再试；若报表来自另一套台账，在这里不能核验。",
        )


class BooksStopped(OperatingFailure):
    """A partition stands still, so that a report of now would leave out what lies behind."""

    def __init__(self, partitions: list[int]) -> None:
        super().__init__(
            f"分区 {'、'.join(map(str, partitions))} 的入账已停，现在生成的报表会缺后面的记录。",
            "请先处理告警（/alarms），入账恢复后再生成。",
        )


class BooksUnbalanced(OperatingFailure):
    """The figures of a report do not add up: a row of the books was changed, or one is missing."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            f"账不平，不能生成报表：{'；'.join(faults)}。",
            "请运行 benefit-ledger verify，找出与台账不符的表，再重建（rebuild）。",
        )


async def make(
    connection: Lent,
    policies: Policies,
    kind: str,
    given: Mapping[str, str],
    vector: PositionVector | None = None,
    *,
    as_it_is: bool = False,
) -> MadeReport:
    """Make a report; without a vector, at where the books stand.

    Shape:  `as_it_is` is for whoever verifies: figures that do not add up are shown all the same
    Raises: UnknownKind, WrongParameter, BooksBehind, BooksStopped, BooksUnbalanced
    """
    wanted = kind_of(kind)
    parameters = reading.read(given, wanted.asks, policies)
    # tables that are folded for a report go with the transaction
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        if vector is None:
            vector = await position_vector.current(connection)
            if stopped := await position_vector.stopped(connection):
                raise BooksStopped(stopped)
        elif missing := await position_vector.missing(connection, vector):
            raise BooksBehind(missing)
        sheets = await wanted.sheets(
            Making(cast("asyncpg.Connection", connection), policies, parameters, vector)
        )
    finally:
        await transaction.rollback()
    if not as_it_is and (faults := wanted.faults(sheets)):
        raise BooksUnbalanced(faults)
    return MadeReport(
        wanted.id,
        wanted.form,
        wanted.title,
        parameters["area"].lstrip("="),
        parameters,
        reading.named(parameters, policies),
        reading.period(parameters).last,
        vector,
        policies.digest,
        sheets,
    )
