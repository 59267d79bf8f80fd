"""Targets: applications that enter a count of participations; counts overlap, never add them.

In:    the facts of READS
Asked: targets
"""

from projections.read_models import target_entries

VERSION = 1

PARTICIPATIONS = target_entries.table(
    "participations", "Every application that enters a count of participations"
)
TABLES = (PARTICIPATIONS,)
READS = target_entries.READS
changes = target_entries.mapping(PARTICIPATIONS, lambda count: not count.persons)
