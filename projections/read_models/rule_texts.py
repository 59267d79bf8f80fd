"""Rule texts: the words behind the hashes that decisions cite, as each partition keeps them.

In:    the facts of READS
Asked: rule_texts
"""

from collections.abc import Iterator

from events.rule_texts import RuleTextRecorded
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import PUBLIC
from projections.definition.table import Change, Column, Merge, Table, Upsert

VERSION = 1

RULE_TEXTS = Table(
    "rule_texts",
    "The text of every policy version and every bundle of figures that a decision cites",
    (
        Column("hash", "text", "SHA-256 of the text, as decisions cite it"),
        Column("kind", "text", "policy: a version; figures: what it used in a region"),
        Column("text", "text", "the text, JSON in one writing"),
        Column("kept_at", "timestamptz", "when it was first cited", "UTC", merge=Merge.FIRST),
    ),
    scoping=PUBLIC,
    key=("hash",),
    by_partition=True,
)
TABLES = (RULE_TEXTS,)
READS = (RuleTextRecorded,)


def changes(located: LocatedFact) -> Iterator[Change]:
    """One row a text and partition."""
    fact = located.fact.body
    if isinstance(fact, RuleTextRecorded):
        values = {"kind": fact.kind, "text": fact.text, "kept_at": located.recorded_at}
        yield Upsert(RULE_TEXTS, (fact.hash,), values)
