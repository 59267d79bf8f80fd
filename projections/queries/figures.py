"""figures: what was stated on the running ledger, and what waits for a second person."""

from datetime import date, datetime
from typing import NamedTuple

import orjson

from events.figures import StatedFigure, StateFigure
from projections.queries.connection import Db


class FigureStatement(NamedTuple):
    """One statement, with when it was confirmed."""

    figure: StatedFigure
    supersedes: str
    stated_at: datetime


class FigureProposal(NamedTuple):
    """One statement that a second person has not confirmed yet."""

    proposal: str
    figure: StateFigure
    maker: str
    proposed_on: date


_COLUMNS = "jurisdiction, number, name, from_on, to_on, value, document, maker, checker"


async def stated(db: Db, as_of: date | None = None) -> list[FigureStatement]:
    """Every statement up to a legal day, in the order of each jurisdiction."""
    rows = await db.fetch(
        f"""SELECT {_COLUMNS}, supersedes, stated_at FROM books.figures
            WHERE $1::date IS NULL OR stated_on <= $1
            ORDER BY jurisdiction, number""",  # noqa: S608 -- constant columns
        as_of,
    )
    return [
        FigureStatement(
            StatedFigure.model_validate(
                {
                    name: orjson.loads(row[name]) if name == "value" else row[name]
                    for name in _COLUMNS.split(", ")
                }
            ),
            row["supersedes"],
            row["stated_at"],
        )
        for row in rows
    ]


async def waiting(db: Db) -> list[FigureProposal]:
    """Every statement that waits for a second person, the longest wait first."""
    rows = await db.fetch(
        """SELECT proposal, body, maker, proposed_on FROM books.proposals
           WHERE act = 'StateFigure' AND state = 'proposed' AND body IS NOT NULL
           ORDER BY proposed_at, proposal"""
    )
    return [
        FigureProposal(
            row["proposal"],
            StateFigure.model_validate(orjson.loads(row["body"])),
            row["maker"],
            row["proposed_on"],
        )
        for row in rows
    ]
