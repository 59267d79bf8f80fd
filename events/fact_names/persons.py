"""Facts of programmes that pay persons: courses, ventures, homes, posts."""

from events.fact_names.kinds import FactName

# A table: one fact, two lines.
# fmt: off
PERSONS: tuple[FactName, ...] = ()
# fmt: on
