"""looks: who saw personal data unmasked, whose, what for and from where."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from projections.queries.connection import Db


class LookRow(NamedTuple):
    """One look at one person or unit."""

    who: str
    detail: str
    token: str
    party: str
    application: str
    export: str
    purpose: str
    address: str
    session: str
    recorded_at: datetime


class Tokens(NamedTuple):
    """Whose and what the details of one application are, by token; empty where there is none."""

    beneficiary: str
    payee: str
    region: str
    account: str
    phone: str


_COLUMNS = "who, detail, token, party, application, export, purpose, address, session, recorded_at"
_LISTED = f"""
    SELECT {_COLUMNS} FROM books.looks
    WHERE ($1::text IS NULL OR party = $1) AND ($2::text IS NULL OR who = $2)
    ORDER BY recorded_at DESC, partition DESC, ledger_offset DESC, no LIMIT $3
"""  # noqa: S608 -- a constant list of columns
_TOKENS = """
    SELECT a.beneficiary, a.payee, a.region,
           coalesce((SELECT v.account FROM books.account_versions AS v
                     WHERE v.payee = a.payee AND v.application = a.application
                     ORDER BY v.version DESC LIMIT 1), a.account, '') AS account,
           coalesce((SELECT s.phone FROM books.claim_steps AS s
                     WHERE s.application = a.application AND s.phone IS NOT NULL
                     ORDER BY s.recorded_at DESC LIMIT 1), '') AS phone
    FROM books.applications AS a WHERE a.application = $1
"""


async def listed(
    db: Db, *, party: str | None = None, who: str | None = None, most: int = 200
) -> list[LookRow]:
    """The latest looks: at one person or unit, by one member of the staff, or all."""
    return [LookRow(**dict(row)) for row in await db.fetch(_LISTED, party, who, most)]


async def tokens_of(db: Db, application: str) -> Tokens | None:
    """Whose and what may be revealed of an application; None where there is none."""
    row = await db.fetchrow(_TOKENS, application)
    return None if row is None else Tokens(**dict(row))


class ExportedRow(NamedTuple):
    """One application of an unmasked file."""

    application: str
    beneficiary: str
    programme: str
    region: str
    filed_on: date
    state: str
    amount_fen: int | None


async def exported(db: Db, applications: Sequence[str]) -> list[ExportedRow]:
    """The applications of a file as they stand, newest first."""
    rows = await db.fetch(
        """SELECT application, beneficiary, programme, region, filed_on, state, amount_fen
           FROM books.applications WHERE application = ANY($1::text[])
           ORDER BY filed_on DESC, application DESC""",
        list(applications),
    )
    return [ExportedRow(**dict(row)) for row in rows]
