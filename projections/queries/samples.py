"""samples: what was drawn for inspection, and how far each sample has come."""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db


class SampleRow(NamedTuple):
    """One sample, with the conclusions that it has."""

    number: str
    rule: str
    rules_version: int
    seed: str
    size: int
    programme: str
    region: str
    granted_from: date
    granted_to: date
    threshold: int
    vector: str
    population: int
    population_digest: str
    found: int
    drawn: int
    operator: str
    drawn_on: date
    closed_on: date | None
    closed_by: str | None
    sound: int
    doubtful: int
    wrong: int

    @property
    def open(self) -> int:
        """Applications without a conclusion."""
        return self.drawn - self.sound - self.doubtful - self.wrong


class SampleItemRow(NamedTuple):
    """One application of a sample."""

    application: str
    no: int
    grouping: str
    conclusion: str | None
    finding: str | None
    operator: str | None
    concluded_on: date | None
    beneficiary: str | None
    programme: str | None
    region: str | None
    state: str | None
    amount_fen: int | None


class Inspection(NamedTuple):
    """What a sample says of one application."""

    number: str
    rule: str
    conclusion: str | None
    finding: str | None
    operator: str | None
    concluded_on: date | None


_OWN = ", ".join(f"s.{name}" for name in SampleRow._fields[:-3])
_SAMPLES = f"""
    SELECT {_OWN}, c.sound, c.doubtful, c.wrong FROM books.samples AS s
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE conclusion = 'sound') AS sound,
               count(*) FILTER (WHERE conclusion = 'doubtful') AS doubtful,
               count(*) FILTER (WHERE conclusion = 'wrong') AS wrong
        FROM books.sample_items AS i WHERE i.number = s.number
    ) AS c
"""  # noqa: S608 -- a constant list of columns


async def listed(db: Db) -> list[SampleRow]:
    """Every sample, the latest first."""
    rows = await db.fetch(f"{_SAMPLES} ORDER BY s.drawn_at DESC, s.number")
    return [SampleRow(*row) for row in rows]


async def one(db: Db, number: str) -> SampleRow | None:
    """One sample."""
    row = await db.fetchrow(f"{_SAMPLES} WHERE s.number = $1", number)
    return SampleRow(*row) if row else None


async def items(db: Db, number: str) -> list[SampleItemRow]:
    """The applications of a sample, in its order, each as it stands now."""
    rows = await db.fetch(
        """SELECT i.application, i.no, i.grouping, i.conclusion, i.finding, i.operator,
                  i.concluded_on, a.beneficiary, a.programme, a.region, a.state, a.amount_fen
           FROM books.sample_items AS i LEFT JOIN books.applications AS a USING (application)
           WHERE i.number = $1 ORDER BY i.no""",
        number,
    )
    return [SampleItemRow(*row) for row in rows]


async def of_application(db: Db, application: str) -> list[Inspection]:
    """Samples that an application is in."""
    rows = await db.fetch(
        """SELECT number, s.rule, i.conclusion, i.finding, i.operator, i.concluded_on
           FROM books.sample_items AS i JOIN books.samples AS s USING (number)
           WHERE i.application = $1 ORDER BY s.drawn_at, number""",
        application,
    )
    return [Inspection(*row) for row in rows]
