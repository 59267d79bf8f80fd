"""audit cases: the facts and entries that a case of one application holds, at a position vector."""

from events import streams
from events.canonical import LAST_DAY
from projections.queries import recorded_facts
from projections.queries.connection import Db
from projections.queries.journal import JournalEntryRow, entries_of_application
from projections.queries.position_vector import PositionVector
from projections.queries.recorded_facts import COLUMNS, FactRow, read_row
from projections.queries.scope import Scope


async def facts(db: Db, application: str, vector: PositionVector) -> list[FactRow]:
    """The facts about an application, of the batches that paid it, and the texts that it cites."""
    found = await recorded_facts.whole_history(db, application)
    known = [fact for fact in found if vector.takes_in(fact.partition, fact.offset)]
    texts = await _texts(db, known)
    return [*known, *(one for one in texts if vector.takes_in(one.partition, one.offset))]


async def _texts(db: Db, known: list[FactRow]) -> list[FactRow]:
    """The rules' texts that decisions cite, each as one partition keeps it."""
    policies = [fact.raw["policy"] for fact in known if fact.raw.get("policy")]
    cited = {policy[name] for policy in policies for name in ("content_hash", "bundle_hash")}
    partitions = await db.fetchval("SELECT count(*) FROM books.positions WHERE topic = 'ledger'")
    rows = await db.fetch(
        f"""SELECT DISTINCT ON (body ->> 'hash') {COLUMNS} FROM books.facts
            WHERE stream = ANY($1) AND type = 'RuleTextRecorded' AND body ->> 'hash' = ANY($2)
            ORDER BY body ->> 'hash', recorded_at, partition, ledger_offset""",  # noqa: S608
        [streams.rules(number, partitions) for number in range(partitions)],
        sorted(cited),
    )
    return [read_row(row) for row in rows]


async def entries(db: Db, application: str, vector: PositionVector) -> list[JournalEntryRow]:
    """The entries that book an application."""
    found = await entries_of_application(db, Scope(LAST_DAY), application)
    return [one for one in found if vector.takes_in(one.partition, one.offset)]
