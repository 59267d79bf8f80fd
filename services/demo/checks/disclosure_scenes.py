"""Disclosure scenes: a list was published by two people, and an objection held a payment.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from asyncpg import Record

from services.deciders.disclosure.decider import FEWEST_PERSONS
from services.demo.checks.scene import BooksReader, Scene, SceneFinding, day, scene, yuan

_LIST = "SELECT * FROM books.disclosures WHERE kind = 'grants' ORDER BY prepared_at LIMIT 1"
"""The first public list."""

_OBJECTED = """
    SELECT o.*, d.state AS paid, d.sent_on, d.amount_fen
    FROM books.objections AS o LEFT JOIN books.disbursements AS d
      ON d.application = o.application AND d.state = 'settled'
    WHERE o.disclosure = $1 ORDER BY d.sent_on LIMIT 1
"""
"""The objection to a line of it, and the first payment of that claim."""


_MOST_PERSONS = """
    SELECT coalesce(max(persons), 0) FROM (
        SELECT count(DISTINCT beneficiary) AS persons FROM books.applications
        WHERE granted_on IS NOT NULL GROUP BY programme
    ) AS granted
"""
"""How many persons were granted the benefit that most were granted."""


async def public_list(books: BooksReader) -> Scene:
    """Who is to be paid is shown to the public, somebody objects, and the payment waits for it."""
    title, lists = "拟发放名单公示和异议", await books.rows(_LIST)
    if not lists:
        few = await books.one(_MOST_PERSONS) < FEWEST_PERSONS
        nothing = SceneFinding(text=f"没有公示：各项目都不足 {FEWEST_PERSONS} 人", holds=few)
        return scene("public-list", None, title, "", [nothing], "/disclosures")
    (shown,) = lists
    published = SceneFinding(
        text=f"名单 {shown['number']} 由 {books.name_of(shown['maker'])} 提交、"
        f"{books.name_of(shown['checker'])} 公布，{shown['lines']} 件 {yuan(shown['total_fen'])}",
        holds=shown["maker"] != shown["checker"] and shown["lines"] >= FEWEST_PERSONS,
    )
    objected = [
        SceneFinding(
            text=f"{day(one['raised_on'])} 有人提出异议，{day(one['resolved_on'])} 由另一人"
            f"认定不成立，付款 {yuan(one['amount_fen'])} 等到 {day(one['sent_on'])} 才发出",
            holds=_waited(one),
        )
        for one in await books.rows(_OBJECTED, shown["number"])
    ]
    none = [SceneFinding(text="没有人提出异议", holds=False)]
    path = f"/disclosures/{shown['number']}"
    return scene("public-list", shown["from_on"], title, "", [published, *(objected or none)], path)


def _waited(one: Record) -> bool:
    """Whether another person resolved it, and the payment left no sooner."""
    two = one["raised_by"] != one["resolved_by"] and one["state"] == "dismissed"
    sent_on = one["sent_on"]
    return two and sent_on is not None and one["raised_on"] < one["resolved_on"] <= sent_on
