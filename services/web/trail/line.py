"""line: one line of an application's trail: the words, the fact they tell, where they lead."""

from typing import NamedTuple

from projections.queries.recorded_facts import FactRow


class FactLine(NamedTuple):
    """One line of a stage."""

    text: str
    fact: FactRow
    href: str | None = None
    amount_fen: int | None = None
    tone: str = ""
