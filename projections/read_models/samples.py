"""Samples: what was drawn for inspection, by which plan, and what was found in each application.

In:    the facts of READS
Asked: audit_acts, samples
"""

from collections.abc import Iterator

from events.samples import ItemConcluded, SampleClosed, SampleDrawn
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByParent
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

SAMPLES = Table(
    "samples",
    "Every sample that was drawn",
    (
        Column("number", "text", "number of the sample, a digest of its plan"),
        Column("rule", "text", "by chance, or by which risk"),
        Column("rules_version", "integer", "version of the rules"),
        Column("seed", "text", "what decides where more are found than drawn"),
        Column("size", "integer", "how many were to be drawn at most"),
        Column("programme", "text", "the benefit drawn from; empty is all"),
        Column("region", "text", "the region drawn from; empty is all"),
        Column("granted_from", "date", "first legal day of the grants drawn from"),
        Column("granted_to", "date", "last legal day of them"),
        Column("threshold", "integer", "minutes, or percent of the peers' median; 0 for none"),
        Column("vector", "text", "position vector: what of the ledger was drawn from"),
        Column("population", "integer", "grants drawn from"),
        Column("population_digest", "text", "SHA-256 over their keys"),
        Column("found", "integer", "those that the rule found"),
        Column("drawn", "integer", "those that were drawn"),
        Column("operator", "text", "who drew it"),
        Column("drawn_on", "date", "legal day of the draw"),
        Column("drawn_at", "timestamptz", "when it was drawn", "UTC"),
        Column("closed_on", "date", "legal day it was ended"),
        Column("closed_by", "text", "who ended it"),
    ),
    scoping=ByDistrict("region"),
    key=("number",),
)
SAMPLE_ITEMS = Table(
    "sample_items",
    "Every application of a sample, and what was found in it",
    (
        Column("number", "text", "number of the sample"),
        Column("application", "text", "key of the application"),
        Column("no", "integer", "its place in the sample, from 1"),
        Column("grouping", "text", "what it was found with; empty where chance drew"),
        Column("conclusion", "text", "sound, doubtful or wrong; none yet where empty"),
        Column("finding", "text", "what was found, in words"),
        Column("operator", "text", "who concluded"),
        Column("concluded_on", "date", "legal day of the conclusion"),
    ),
    scoping=ByParent("samples", ("number",)),
    key=("number", "application"),
    indexes=("(application)",),
)
TABLES = (SAMPLES, SAMPLE_ITEMS)
READS = (SampleDrawn, ItemConcluded, SampleClosed)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one sample."""
    match located.fact.body:
        case SampleDrawn() as body:
            yield Upsert(
                SAMPLES,
                (body.number,),
                {
                    **dict(body.plan),
                    "population": body.population,
                    "population_digest": body.population_digest,
                    "found": body.found,
                    "drawn": len(body.items),
                    "operator": body.operator,
                    "drawn_on": located.on,
                    "drawn_at": located.recorded_at,
                },
            )
            for no, item in enumerate(body.items, start=1):
                values = {"no": no, "grouping": item.group}
                yield Upsert(SAMPLE_ITEMS, (body.number, item.application), values)
        case ItemConcluded() as body:
            yield Upsert(
                SAMPLE_ITEMS,
                (body.number, body.application),
                {
                    "conclusion": body.conclusion,
                    "finding": body.finding,
                    "operator": body.operator,
                    "concluded_on": located.on,
                },
            )
        case SampleClosed() as body:
            values = {"closed_on": located.on, "closed_by": body.operator}
            yield Upsert(SAMPLES, (body.number,), values)
