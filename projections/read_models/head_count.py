"""Head count: applications that enter a count of persons; a person counts once a year.

In:    the facts of READS
Asked: targets
"""

from projections.read_models import target_entries

VERSION = 1

HEAD_COUNT = target_entries.table(
    "head_count",
    "Every application that enters a count of persons; read the first of each person and year",
)
TABLES = (HEAD_COUNT,)
READS = target_entries.READS
changes = target_entries.mapping(HEAD_COUNT, lambda count: count.persons)
