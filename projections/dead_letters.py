"""Dead letters: what could not be read, by topic, place and reason; never what was in it.

Fed by its own topic, not by the ledger; `partition` is that topic's.
"""

from projections.table import Column, Table

VERSION = 1

DEAD_LETTERS = Table(
    "dead_letters",
    "Every message that could not be read, without its content",
    (
        Column("source_topic", "text", "topic that the message came by"),
        Column("source_partition", "integer", "its partition"),
        Column("source_offset", "bigint", "its offset"),
        Column("code", "text", "the kind of mistake"),
        Column("reason", "text", "what was wrong, without personal data"),
        Column("field", "text", "where in the message"),
        Column("event", "text", "CloudEvents id, where it could be read"),
        Column("received_at", "timestamptz", "when it was put aside", "UTC"),
    ),
    indexes=("(received_at)", "(source_topic, source_partition, source_offset)"),
)
TABLES = (DEAD_LETTERS,)
