"""Figures: what an authority states on a running ledger, and which partition has taken it up.

A figure is stated once, on the stream of its jurisdiction, by two people. Each partition then takes it
up as a fact of its own, so that what it decides depends on nothing but its own order.
Source: docs/adr/0036-figures-are-dated-facts.md
"""

from datetime import date

from events.values import Command, Fact, Value

FigureValue = int | str | list[str] | dict[str, int | dict[str, int]]
"""As documents write it: yuan, counts, periods in words; a table by its keys, rates by two of them."""


class StatedFigure(Value):
    """One figure of one jurisdiction, as a document states it.

    Units: money is in whole yuan, as in the documents; both days are included, no last day is open
    Holds: `number` counts the statements of a jurisdiction; where two cover a day, the later counts
    """

    jurisdiction: str
    number: int
    name: str
    from_on: date
    to_on: date | None
    value: FigureValue
    document: str
    maker: str
    checker: str


class StateFigure(Command):
    """A figure holds from a day on, by a document; `supersedes` is the document that it takes back."""

    jurisdiction: str
    name: str
    from_on: date
    to_on: date | None = None
    value: FigureValue
    document: str
    supersedes: str = ""


class TakeUpFigure(Command):
    """A partition decides by this figure from now on."""

    figure: StatedFigure


class FigureStated(Fact):
    """Two people have stated a figure; each of the ledger's `partitions` must take it up."""

    figure: StatedFigure
    supersedes: str
    partitions: int


class FigureTakenUp(Fact):
    """From here on the partition decides by this figure too."""

    figure: StatedFigure


FigureCommand = StateFigure | TakeUpFigure
FigureFact = FigureStated | FigureTakenUp
