"""Reporting: staff issue the fund report of a month that is over, once.

In:   the books, the vault
Out:  a report with its files in the vault, and IssueReport
Holds: a month that was reported is not reported again
"""

from datetime import date

from events import streams
from services.demo.play.acts import Acts
from services.demo.play.stage import Participants
from services.reports.issuing import prepare
from services.reports.making import make
from services.runtime.city import policies_of

_KIND = "fund-month"
_ISSUED = """
    SELECT count(*) FROM books.reports
    WHERE kind = $1 AND region = $2 AND parameters ->> 'month' = $3 AND state = 'issued'
"""
"""Reports of a kind, region and month that stand."""


async def report_month(stage: Participants, acts: Acts, month: str, today: date) -> None:
    """Issue the report of all funds of the city for a month.

    Raises: BooksStopped, BooksUnbalanced, NoFonts
    """
    asked = _KIND, stage.city.code, month
    if await stage.pool.fetchval(_ISSUED, *asked):
        return
    given = {"area": stage.city.code, "fund": "", "month": month}
    async with stage.pool.acquire() as connection:
        report = await make(connection, policies_of(stage.settings), _KIND, given)
    maker = acts.staff.maker
    body = await prepare(report, stage.vault, maker)
    await acts.ask(f"report|{report.number}", streams.report(report.number), today, maker, body)
    await stage.until("报表签发", _ISSUED, 1, *asked)
