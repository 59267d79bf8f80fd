"""Targets: applications that enter a count of participations; counts overlap, never add them."""

from projections import entries

VERSION = 1

PARTICIPATIONS = entries.table(
    "participations", "Every application that enters a count of participations"
)
TABLES = (PARTICIPATIONS,)
READS = entries.READS
changes = entries.mapping(PARTICIPATIONS, lambda count: not count.persons)
