"""Treasury: what a city's treasury states of a month: appropriated, paid and left, by fund and district.

Holds: a figure is stated by two people with the treasury's own document; another figure for what was
       stated names the document that it corrects and says why; nothing is written over
Source: docs/adr/0056-the-treasury-is-a-third-side.md
"""

from typing import Annotated

from msgspec import Meta

from events.differences import Evidence
from events.values import Command, Fact, SignedFen, Value

MOST_ROWS = 400
"""How many rows one statement may have: every fund in every district of a city."""


class TreasuryRow(Value):
    """One fund in one district in a month, as the treasury states it.

    Units: `appropriated` is what it paid out to the fund, `paid` what left the fund less what came
           back, `balance` what was left at the month's end
    """

    fund: str
    district: str
    appropriated: SignedFen
    paid: SignedFen
    balance: SignedFen


class StateTreasuryFigures(Command):
    """Two people take over what the treasury of a city states of a month.

    Shape: `corrects` is the document of figures that these take the place of, with `why`; both are
           empty where nothing was stated before
    """

    city: str
    month: str
    rows: Annotated[tuple[TreasuryRow, ...], Meta(max_length=MOST_ROWS)]
    document: Annotated[str, Meta(max_length=200)]
    corrects: Annotated[str, Meta(max_length=200)] = ""
    why: Annotated[str, Meta(max_length=500)] = ""
    evidence: Evidence = ""


class TreasuryFiguresStated(Fact):
    """Figures of the treasury are on record; `number` counts the statements of the month."""

    city: str
    month: str
    number: int
    rows: tuple[TreasuryRow, ...]
    document: str
    corrects: str
    why: str
    evidence: str


TreasuryCommand = StateTreasuryFigures
TreasuryFact = TreasuryFiguresStated
