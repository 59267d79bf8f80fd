"""matches: what the matching says, kept by the projector, or made anew for an earlier knowledge.

In:   the last day whose knowledge counts
Out:  the relation `matches`, of `matching.MATCH_COLUMNS`, to ask further
Holds: where all that is known counts, the kept rows are the whole matching's; nothing else is asked
"""

from datetime import date

from events.days import legal_day
from projections.matching.rules import matching
from projections.matching.sides import BANK, BOOK, KEPT, MANUAL
from projections.queries import freshness
from projections.queries.connection import Db

_KEPT_AS_MATCHES = f"matches AS NOT MATERIALIZED ({KEPT} WHERE $2::date IS NOT NULL)"
_MADE = matching(*(side.format(known="$2::date") for side in (BOOK, BANK, MANUAL)))


async def all_is_known(db: Db, known_on: date) -> bool:
    """Tell whether nothing that the books have read became known after a day."""
    last = await freshness.last_fact_at(db)
    return last is None or legal_day(last) <= known_on


async def relation(db: Db, known_on: date) -> str:
    """Write the WITH list that ends in `matches`, as known on a day, which is its value $2."""
    return _KEPT_AS_MATCHES if await all_is_known(db, known_on) else _MADE
