"""Figures: what was stated of a figure on the running ledger, by whom and by which document.

In:    the facts of READS
Asked: figures
"""

from collections.abc import Iterator

import orjson

from events.figures import FigureStated
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import PUBLIC
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

FIGURES = Table(
    "figures",
    "Every figure that two people stated; of two that cover a day the later number counts",
    (
        Column("jurisdiction", "text", "district, city or province that stated it"),
        Column("number", "bigint", "its number among the statements of the jurisdiction"),
        Column("name", "text", "the declared figure"),
        Column("from_on", "date", "first day that it holds"),
        Column("to_on", "date", "last day that it holds; empty while it is open"),
        Column("value", "text", "the value as JSON; money in whole yuan"),
        Column("document", "text", "the document that states it"),
        Column("supersedes", "text", "the document that it takes back, or empty"),
        Column("maker", "text", "who proposed it"),
        Column("checker", "text", "who confirmed it"),
        Column("stated_at", "timestamptz", "when it was confirmed", "UTC"),
        Column("stated_on", "date", "legal day it was confirmed"),
    ),
    scoping=PUBLIC,
    key=("jurisdiction", "number"),
    indexes=("(name)",),
)
TABLES = (FIGURES,)
READS = (FigureStated,)


def changes(located: LocatedFact) -> Iterator[Change]:
    """One row a statement; a later one leaves the earlier as it was."""
    fact = located.fact.body
    if not isinstance(fact, FigureStated):
        return
    one = fact.figure
    values = {
        "name": one.name,
        "from_on": one.from_on,
        "to_on": one.to_on,
        "value": orjson.dumps(one.value).decode(),
        "document": one.document,
        "supersedes": fact.supersedes,
        "maker": one.maker,
        "checker": one.checker,
        "stated_at": located.recorded_at,
        "stated_on": located.on,
    }
    yield Upsert(FIGURES, (one.jurisdiction, one.number), values)
