"""Parties: one token for each person and unit, whoever asks first.

Holds: an insert that meets a row of somebody else waits for it and then reads it back; a name that
       differs from the first one is kept beside it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import asyncpg

from events.inbound.identity import Party
from services.runtime.vault.keys import KEY_BYTES, Sealer, random_bytes
from services.runtime.vault.marks import Connection, Marks, PartyId, new_token
from services.runtime.vault.wanted import Corrects, Files, Meets, Pays, Wanted

_READ = "SELECT mark, token, data_key, name FROM vault.parties WHERE mark = ANY($1::bytea[])"
_INSERT = """
    INSERT INTO vault.parties (mark, token, kind, data_key, name, number)
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[])
    ON CONFLICT (mark) DO NOTHING
    RETURNING token
"""
_INSERT_NAMES = """
    INSERT INTO vault.other_names (token, mark, name)
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) ORDER BY 1, 2
    ON CONFLICT DO NOTHING
"""


class Known(NamedTuple):
    """A party as the vault has it; without a key where it was erased."""

    token: str
    own: Sealer | None


class _New(NamedTuple):
    row: tuple[bytes, str, str, bytes, bytes, bytes]
    own: Sealer


async def tokens_of(
    connection: Connection, master: Sealer, marks: Marks, wanted: Iterable[Wanted]
) -> dict[PartyId, Known]:
    """Find or make a token for everybody in a batch."""
    parties = {marks.party(party): party for party in _everybody(wanted).values()}
    if not parties:
        return {}
    rows = await connection.fetch(_READ, list(parties))
    new = [
        _new(master, mark, parties[mark])
        for mark in sorted(parties.keys() - {row["mark"] for row in rows})
    ]
    known: dict[PartyId, Known] = {}
    if new:
        inserted = await connection.fetch(_INSERT, *_columns(one.row for one in new))
        ours = {row["token"] for row in inserted}
        for (mark, token, *_), own in new:
            if token in ours:
                known[parties[mark][:2]] = Known(token, own)
        if others := [one.row[0] for one in new if one.row[1] not in ours]:
            rows += await connection.fetch(_READ, others)
    for row in rows:
        known[parties[row["mark"]][:2]] = _found(master, row)
    await _note_names(connection, marks, parties, rows, known)
    return known


def _everybody(wanted: Iterable[Wanted]) -> dict[PartyId, Party]:
    found: dict[PartyId, Party] = {}
    for one in wanted:
        match one:
            case Files() | Corrects():
                found.setdefault(one.beneficiary[:2], one.beneficiary)
                found.setdefault(one.payee[:2], one.payee)
            case Meets():
                found.setdefault(one.party[:2], one.party)
            case Pays():
                found.setdefault(one.payee[:2], one.payee)
            case _:
                pass
    return found


def _new(master: Sealer, mark: bytes, party: Party) -> _New:
    token = new_token(party.kind)
    context = token.encode()
    data_key = random_bytes(KEY_BYTES)
    own = Sealer(data_key)
    row = (
        mark,
        token,
        party.kind,
        master.seal(data_key, b"data key:" + context),
        own.seal(party.name.encode(), b"name:" + context),
        own.seal(party.id.encode(), b"number:" + context),
    )
    return _New(row, own)


def _found(master: Sealer, row: asyncpg.Record) -> Known:
    token, data_key = row["token"], row["data_key"]
    if data_key is None:
        return Known(token, None)
    return Known(token, Sealer(master.open(data_key, b"data key:" + token.encode())))


async def _note_names(
    connection: Connection,
    marks: Marks,
    parties: dict[bytes, Party],
    rows: Iterable[asyncpg.Record],
    known: dict[PartyId, Known],
) -> None:
    names = []
    for row in rows:
        party = parties[row["mark"]]
        token, own = known[party[:2]]
        context = b"name:" + token.encode()
        name = party.name.encode()
        if own is not None and own.open(row["name"], context) != name:
            names.append((token, marks.name(party), own.seal(name, context)))
    if names:
        await connection.execute(_INSERT_NAMES, *_columns(names))


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
