"""long work: what takes too long for a request is asked for as a job, and what does not is done at once.

In:    a visit; how many rows it would write, or how large the ledger is that it would read through
Out:   nothing; LongWork
Holds: where no jobs are kept, and within a job, everything is done at once
Raises: LongWork, NotUnderstood
"""

from projections.queries import position_vector
from services.runtime import progress
from services.web.request.fields import NotUnderstood
from services.web.request.replayed import replayed_of
from services.web.request.visit import Visit
from services.wording import figures
from services.wording.languages import translate

ROWS_AT_ONCE = 50_000
MOST_ROWS_OF_A_WORKBOOK = 300_000
FACTS_AT_ONCE = 200_000


class LongWork(Exception):
    """This is done as a job; `title` says what it is, `whole` how many rows or facts it goes through."""

    def __init__(self, title: str, whole: int) -> None:
        super().__init__(title)
        self.title, self.whole = title, whole


def of_a_workbook(visit: Visit, title: str, rows: int) -> None:
    """Go on where a workbook has few rows.

    Raises: LongWork, NotUnderstood
    """
    if rows > MOST_ROWS_OF_A_WORKBOOK:
        needs = translate(
            "共 {n} 行，工作簿至多 {most} 行：请导出 CSV，或缩小范围",
            n=figures.count(rows),
            most=figures.count(MOST_ROWS_OF_A_WORKBOOK),
        )
        raise NotUnderstood("xlsx", needs)
    of_rows(visit, title, rows)


def of_rows(visit: Visit, title: str, rows: int) -> None:
    """Go on where a file has few rows.

    Raises: LongWork
    """
    if rows > ROWS_AT_ONCE and _can_wait(visit):
        raise LongWork(title, rows)
    progress.expect(rows)


async def of_the_ledger(visit: Visit, title: str) -> None:
    """Go on where the ledger is small enough to be read through while somebody waits.

    Raises: LongWork
    """
    if not _can_wait(visit):
        return
    facts = sum((await position_vector.current(visit.db)).next_offsets)
    if facts > FACTS_AT_ONCE:
        raise LongWork(title, facts)


def _can_wait(visit: Visit) -> bool:
    return visit.sources.jobs is not None and replayed_of(visit.request) is None
