"""Ceilings: amounts that several approvals share, taken before any fund, in the table's order."""

from typing import Literal, NamedTuple

from events import streams
from policies.duties.words import Resting
from policies.places import PROVINCE, lies_in
from policies.words import Region, Words, Yuan


class Ceiling(Resting):
    """One shared amount: of each payee, or of the programme in a place.

    `yuan` is the whole ceiling where a clause states it; else a document allocates it each year.
    """

    programmes: list[str]
    per: Literal["payee", "programme"]
    yuan: Yuan | None = None
    year: int | None = None
    jurisdiction: Region = PROVINCE


class CeilingLine(NamedTuple):
    """A budget line to be taken first; `limit` is its whole allocation, None where not stated.

    Units: fen
    """

    line: str
    limit: int | None
    document: str


class Ceilings(Words):
    """The table."""

    ceilings: list[Ceiling]

    def lines(self, programme: str, region: str, payee: str, year: int) -> list[CeilingLine]:
        """List the ceilings of one approval, in the order in which they are taken."""
        return [
            CeilingLine(
                streams.ceiling_line(
                    ceiling.id if ceiling.per == "programme" else f"{ceiling.id}.{payee}",
                    ceiling.jurisdiction,
                    ceiling.year or year,
                ),
                None if ceiling.yuan is None else ceiling.yuan * 100,
                ceiling.cite or ceiling.id,
            )
            for ceiling in self.ceilings
            if programme in ceiling.programmes and lies_in(region, ceiling.jurisdiction)
        ]
