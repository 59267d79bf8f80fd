"""Register: whose each application is, and its first content; the first one stands.

Holds: an application's row is filled once; a withdrawal that comes first makes the row and waits
       in it, and whichever of the two comes second sees the other, under any interleaving.
"""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from services.runtime.vault.marks import Connection, PartyId
from services.runtime.vault.parties import Known
from services.runtime.vault.wanted import Corrects, Files, Finds, Wanted, Withdraws

_WRITE = """
    INSERT INTO vault.register AS kept (application, token, digest, withdrawal)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::jsonb[])
    ON CONFLICT (application) DO UPDATE
        SET token = EXCLUDED.token, digest = EXCLUDED.digest,
            withdrawal = coalesce(kept.withdrawal, EXCLUDED.withdrawal)
        WHERE kept.token IS NULL
    RETURNING application, token, digest, withdrawal
"""
_READ = """
    SELECT application, token, digest, withdrawal
    FROM vault.register WHERE application = ANY($1::text[])
"""


class Entry(NamedTuple):
    """One application's row; `ours` when this batch has filled it."""

    token: str
    digest: str
    withdrawal: str
    ours: bool


async def enter(
    connection: Connection, known: dict[PartyId, Known], wanted: Sequence[Wanted]
) -> dict[str, Entry]:
    """Enter a batch, and tell how each of its applications stands afterwards."""
    rows = _rows(known, wanted)
    entries: dict[str, Entry] = {}
    if rows:
        columns = [
            list(column) for column in zip(*(rows[key] for key in sorted(rows)), strict=True)
        ]
        for row in await connection.fetch(_WRITE, *columns):
            entries[row["application"]] = _entry(row, ours=True)
    others = {one.application for one in wanted if isinstance(one, Corrects | Finds)}
    unread = (others | rows.keys()) - entries.keys()
    if unread:
        for row in await connection.fetch(_READ, list(unread)):
            entries[row["application"]] = _entry(row, ours=False)
    return entries


def _rows(
    known: dict[PartyId, Known], wanted: Sequence[Wanted]
) -> dict[str, tuple[str, str | None, bytes | None, str | None]]:
    """One row for each application: within a batch the first filing counts too."""
    rows: dict[str, tuple[str, str | None, bytes | None, str | None]] = {}
    for one in wanted:
        match one:
            case Files(application, digest, beneficiary):
                if application not in rows or rows[application][1] is None:
                    token = known[beneficiary[:2]].token
                    rows[application] = (application, token, bytes.fromhex(digest), None)
            case Withdraws(application, note):
                rows.setdefault(application, (application, None, None, note))
            case _:
                pass
    return rows


def _entry(row: asyncpg.Record, *, ours: bool) -> Entry:
    digest = row["digest"]
    return Entry(row["token"] or "", digest.hex() if digest else "", row["withdrawal"] or "", ours)
