"""trail: every fact about one application, over all streams, in the order things happened.

Holds: a fact shows when it is dated by the day of the scope and was known by its day of knowledge
"""

from events import CATALOGUE
from projections.queries.connection import Db
from projections.queries.recorded_facts import COLUMNS, FactRow, read_row
from projections.queries.scope import Scope

_ORDER = {name: place for place, name in enumerate(CATALOGUE)}


async def of_application(db: Db, scope: Scope, application: str) -> list[FactRow]:
    """Every fact about an application.

    A command and its follow-ups share the instant of arrival; among them the life cycle orders.
    """
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM books.facts
        WHERE application = $1 AND effective_on <= $2 AND recorded_at < $3
        """,  # noqa: S608 -- a constant list of columns
        application,
        scope.as_of,
        scope.known_until,
    )
    found = [read_row(row) for row in rows]
    return sorted(found, key=lambda f: (f.recorded_at, _ORDER.get(f.type, 0), f.seq))


async def of_stream(db: Db, scope: Scope, stream: str) -> list[FactRow]:
    """The facts of one stream, in its own order."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM books.facts
        WHERE stream = $1 AND effective_on <= $2 AND recorded_at < $3
        ORDER BY seq
        """,  # noqa: S608 -- a constant list of columns
        stream,
        scope.as_of,
        scope.known_until,
    )
    return [read_row(row) for row in rows]
