"""Facts of programmes that pay employers, training institutions and other units."""

from events.fact_names.kinds import FactName

# A table: one fact, two lines.
# fmt: off
UNITS: tuple[FactName, ...] = ()
# fmt: on
