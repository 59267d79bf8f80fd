"""Head count: applications that enter a count of persons; a person counts once a year."""

from projections import entries

VERSION = 1

HEAD_COUNT = entries.table(
    "head_count",
    "Every application that enters a count of persons; read the first of each person and year",
)
TABLES = (HEAD_COUNT,)
READS = entries.READS
changes = entries.mapping(HEAD_COUNT, lambda count: count.persons)
