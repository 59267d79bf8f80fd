"""Register: whose each application is, and its first content; the first one stands.

Holds: an application's row is filled once; a withdrawal, a review or whatever else names it and
       comes first makes the row and waits in it, and whichever of the two comes second sees the
       other, under any interleaving.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
import orjson

from services.runtime.vault.marks import Connection, PartyId
from services.runtime.vault.parties import KnownParty
from services.runtime.vault.requests import (
    FindApplication,
    RegisterApplication,
    RegisterCorrection,
    RegisterWithdrawal,
    VaultRequest,
)

MOST_WAITING = 100
"""So many messages may wait for one application."""

_WRITE = f"""
    INSERT INTO vault.register AS kept (application, token, digest, withdrawal, waiting)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::jsonb[], $5::jsonb[])
    ON CONFLICT (application) DO UPDATE
        SET token = EXCLUDED.token, digest = EXCLUDED.digest,
            withdrawal = coalesce(kept.withdrawal, EXCLUDED.withdrawal),
            waiting = CASE
                WHEN kept.waiting IS NULL THEN EXCLUDED.waiting
                WHEN EXCLUDED.waiting IS NULL THEN kept.waiting
                WHEN (SELECT count(*) FROM jsonb_object_keys(kept.waiting)) >= {MOST_WAITING}
                    THEN kept.waiting
                ELSE EXCLUDED.waiting || kept.waiting END
        WHERE kept.token IS NULL
    RETURNING application, token, digest, withdrawal, waiting
"""  # noqa: S608 -- a constant number
_READ = """
    SELECT application, token, digest, withdrawal, waiting
    FROM vault.register WHERE application = ANY($1::text[])
"""
_EMPTY = """
    UPDATE vault.register SET token = NULL, digest = NULL
    WHERE application = ANY($1::text[]) AND (withdrawal IS NOT NULL OR waiting IS NOT NULL)
"""
_REMOVE = """
    DELETE FROM vault.register
    WHERE application = ANY($1::text[]) AND withdrawal IS NULL AND waiting IS NULL
"""
_WAITING = """
    SELECT application, waiting, seen_at FROM vault.register
    WHERE token IS NULL AND waiting IS NOT NULL AND ($1::timestamptz IS NULL OR seen_at < $1)
    ORDER BY seen_at, application LIMIT $2
"""
_END_WAIT = """
    UPDATE vault.register SET waiting = NULL
    WHERE application = $1 AND token IS NULL AND withdrawal IS NOT NULL AND waiting = $2::jsonb
"""
_END_ROW = """
    DELETE FROM vault.register
    WHERE application = $1 AND token IS NULL AND withdrawal IS NULL AND waiting = $2::jsonb
"""


class RegisterEntry(NamedTuple):
    """One application's row; `is_new` when this batch has filled it."""

    token: str
    digest: str
    withdrawal: str
    is_new: bool
    waiting: str = ""

    @property
    def notes(self) -> dict[str, str]:
        """What waits, by its key."""
        return orjson.loads(self.waiting) if self.waiting else {}


class AwaitedApplication(NamedTuple):
    """An application that has not come, and the notes of what waits for it."""

    application: str
    since: datetime
    notes: dict[str, str]
    raw: str


async def write_entries(
    connection: Connection, known: dict[PartyId, KnownParty], requests: Sequence[VaultRequest]
) -> dict[str, RegisterEntry]:
    """Enter a batch, and tell how each of its applications stands afterwards."""
    rows = _rows(known, requests)
    entries: dict[str, RegisterEntry] = {}
    if rows:
        columns = [
            list(column)
            for column in zip(*(rows[key].columns() for key in sorted(rows)), strict=True)
        ]
        for row in await connection.fetch(_WRITE, *columns):
            entries[row["application"]] = _entry(row, is_new=True)
    others = {one.application for one in requests if isinstance(one, RegisterCorrection)}
    unread = (others | rows.keys()) - entries.keys()
    if unread:
        for row in await connection.fetch(_READ, list(unread)):
            entries[row["application"]] = _entry(row, is_new=False)
    return entries


class _Row:
    """What a batch says of one application: the first filing, a withdrawal, what waits."""

    def __init__(self, application: str) -> None:
        self.application = application
        self.token: str | None = None
        self.digest: bytes | None = None
        self.withdrawal: str | None = None
        self.waiting: dict[str, str] = {}

    def columns(self) -> tuple[str, str | None, bytes | None, str | None, str | None]:
        """As the table has it."""
        waiting = orjson.dumps(self.waiting).decode() if self.waiting else None
        return self.application, self.token, self.digest, self.withdrawal, waiting


def _rows(known: dict[PartyId, KnownParty], requests: Sequence[VaultRequest]) -> dict[str, _Row]:
    """One row for each application: within a batch the first filing counts too."""
    rows: dict[str, _Row] = {}
    for one in requests:
        match one:
            case RegisterApplication(application, digest, beneficiary):
                row = rows.setdefault(application, _Row(application))
                if row.token is None:
                    row.token = known[beneficiary[:2]].token
                    row.digest = bytes.fromhex(digest)
            case RegisterWithdrawal(application, note):
                row = rows.setdefault(application, _Row(application))
                row.withdrawal = row.withdrawal or note
            case FindApplication(application, key, note):
                row = rows.setdefault(application, _Row(application))
                if len(row.waiting) < MOST_WAITING:
                    row.waiting.setdefault(key, note)
            case _:
                pass
    for row in rows.values():
        if row.token is not None:
            row.withdrawal, row.waiting = None, {}  # what came with it need not wait
    return rows


async def unregister(connection: Connection, applications: Sequence[str]) -> None:
    """Empty the places of applications; what waits for them waits on."""
    await connection.execute(_EMPTY, list(applications))
    await connection.execute(_REMOVE, list(applications))


async def awaited_applications(
    connection: Connection, before: datetime | None, most: int
) -> list[AwaitedApplication]:
    """List what waits, the longest first; `before` leaves out what has come since."""
    return [
        AwaitedApplication(
            row["application"], row["seen_at"], orjson.loads(row["waiting"]), row["waiting"]
        )
        for row in await connection.fetch(_WAITING, before, most)
    ]


async def end_waiting(connection: Connection, ended: AwaitedApplication) -> None:
    """Keep no longer what has waited too long, unless something has come since it was listed."""
    await connection.execute(_END_WAIT, ended.application, ended.raw)
    await connection.execute(_END_ROW, ended.application, ended.raw)


def _entry(row: asyncpg.Record, *, is_new: bool) -> RegisterEntry:
    digest = row["digest"]
    return RegisterEntry(
        row["token"] or "",
        digest.hex() if digest else "",
        row["withdrawal"] or "",
        is_new,
        row["waiting"] or "",
    )
