"""Links: who is the same person under two documents, and who has said so.

In:    the facts of READS
Asked: links
"""

from collections.abc import Iterator

from events import streams
from events.links import LinkConfirmed, LinkProposed, LinkRejected, PeopleLinked
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByPartyAlone, Either
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

LINKS = Table(
    "links",
    "Two histories that are, or are said to be, one person's",
    (
        Column("lead", "text", "token of the history that sorts first and leads"),
        Column("other", "text", "token of the history that follows"),
        Column("state", "text", "proposed, rejected, confirmed or linked"),
        Column("document", "text", "what it rests on"),
        Column("reason", "text", "why, in the words of whoever spoke last"),
        Column("maker", "text", "who proposed it"),
        Column("checker", "text", "who judged it"),
        Column("told_at", "timestamptz", "when it last changed", "UTC"),
    ),
    scoping=Either((ByPartyAlone("lead"), ByPartyAlone("other"))),
    key=("lead", "other"),
    indexes=("(other)", "(state)"),
)
TABLES = (LINKS,)
READS = (LinkProposed, LinkRejected, LinkConfirmed, PeopleLinked)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Propose, reject, confirm or complete a link."""
    fact = located.fact
    match fact.body:
        case LinkProposed() as body:
            changed = {
                "state": "proposed",
                "document": body.document,
                "reason": body.reason,
                "maker": body.maker,
            }
        case LinkRejected() as body:
            changed = {"state": "rejected", "reason": body.reason, "checker": body.checker}
        case LinkConfirmed() as body:
            changed = {"state": "confirmed", "reason": body.reason, "checker": body.checker}
        case PeopleLinked() as body:
            changed = {"state": "linked"}
        case _:
            return
    lead, other = (streams.name_of(stream) for stream in (fact.stream, body.other))
    yield Upsert(LINKS, (lead, other), {**changed, "told_at": fact.recorded_at})
