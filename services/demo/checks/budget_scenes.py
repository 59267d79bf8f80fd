"""Budget scenes: a line that runs out, is topped up, and is served in its order.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from events import streams
from services.demo.checks.scene import BooksReader, Scene, SceneFinding, day, scene, yuan
from services.wording.fund_names import FUND_NAMES

_QUEUE = """
    SELECT q.application, q.place, q.amount_fen, q.queued_on, q.left_on, q.state,
           d.settled_on
    FROM books.budget_queue AS q LEFT JOIN books.disbursements AS d
      ON d.application = q.application AND d.state = 'settled'
    WHERE q.line = $1 ORDER BY q.seq
"""
"""Who waits on a line, in order, and when each was paid."""

_HISTORY = """
    SELECT type, effective_on, body -> 'ask' ->> 'application' AS application,
           CASE type WHEN 'BudgetAdjusted' THEN (body ->> 'by')::bigint
                     WHEN 'BudgetCommitted' THEN -(body ->> 'amount')::bigint
                     WHEN 'BudgetAllocated' THEN (body ->> 'amount')::bigint
                     ELSE 0 END AS free,
           body ->> 'maker' AS maker, body ->> 'checker' AS checker
    FROM books.facts WHERE stream = $1 ORDER BY seq
"""
"""Everything that changed what is free on a line, with who asked and who agreed."""


async def budget(books: BooksReader) -> Scene:
    """A line runs out, claims wait in their order, and are paid in it when money comes."""
    assert books.script.half_year is not None, "only the half year has a queue"
    fund, district, year = books.script.half_year.queue.line
    line = streams.fund_line(fund, district, year)
    queue = await books.rows(_QUEUE, line)
    history = await books.rows(_HISTORY, line)
    waited = [r["application"] for r in history if r["type"] == "BudgetQueued"]
    served = [r["application"] for r in history if r["type"] == "BudgetDequeued"]
    free, at_queueing, lowest = 0, {}, 0
    for row in history:
        if row["type"] == "BudgetQueued":
            at_queueing[row["application"]] = free
        free += row["free"]
        lowest = min(lowest, free)
    raised = [r for r in history if r["type"] == "BudgetAdjusted"]
    small = [r for r in queue if r["amount_fen"] <= at_queueing.get(r["application"], -1)]
    findings = [
        SceneFinding(
            text="额度用完，"
            + "；".join(
                f"第 {r['place']} 位 {yuan(r['amount_fen'])} {day(r['queued_on'])} 起排队"
                for r in queue
            ),
            holds=len(queue) == 3 and lowest == 0,
        ),
        *(
            SceneFinding(
                text=f"第 {r['place']} 位只要 {yuan(r['amount_fen'])}、当时还余 "
                f"{yuan(at_queueing[r['application']])}，也不插队",
                holds=served.index(r["application"]) == r["place"] - 1,
            )
            for r in small
        ),
        SceneFinding(
            text="；".join(
                f"{day(r['effective_on'])} {books.name_of(r['maker'])} 提出、{books.name_of(r['checker'])} 同意追加 "
                f"{yuan(r['free'])}"
                for r in raised
            ),
            holds=len(raised) == 2 and all(r["maker"] != r["checker"] for r in raised),
        ),
        SceneFinding(
            text="按排队次序补付："
            + "、".join(f"第 {r['place']} 位 {day(r['settled_on'])} 到账" for r in queue),
            holds=waited == served
            and [r["settled_on"] for r in queue if r["settled_on"]]
            == sorted(r["settled_on"] for r in queue if r["settled_on"])
            and all(r["settled_on"] for r in queue),
        ),
    ]
    since = queue[0]["queued_on"] if queue else None
    return scene(
        "budget",
        since,
        "预算用完、排队、追加、依次补付",
        f"{books.city.districts[district]}{FUND_NAMES[fund]}",
        findings,
        f"/budgets?year={year}&district={district}",
    )
