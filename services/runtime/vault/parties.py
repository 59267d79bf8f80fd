"""Parties: one token for each person and unit, whoever asks first.

Holds: an insert that meets a row of somebody else waits for it and then reads it back; a name that
       differs from the first one is kept beside it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import asyncpg

from events.canonical import person_name
from events.contract.inbound.identity import Party
from services.runtime.vault.keys import KEY_BYTES, Sealer, random_bytes
from services.runtime.vault.marks import Connection, Marks, PartyId, new_token
from services.runtime.vault.requests import (
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    RegisterParty,
    VaultRequest,
)

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


class KnownParty(NamedTuple):
    """A party as the vault has it: under the name that came first; without both where it was erased."""

    token: str
    own: Sealer | None
    name: str | None = None


class _New(NamedTuple):
    row: tuple[bytes, str, str, bytes, bytes, bytes]
    own: Sealer


async def tokens_of(
    connection: Connection, master: Sealer, marks: Marks, requests: Iterable[VaultRequest]
) -> dict[PartyId, KnownParty]:
    """Find or make a token for everybody in a batch."""
    everybody = _everybody(requests)
    if not everybody:
        return {}
    first: dict[PartyId, Party] = {}
    for party in everybody:
        first.setdefault(party[:2], party)
    parties = {marks.party(party): party for party in first.values()}
    rows = await connection.fetch(_READ, list(parties))
    new = [
        _new(master, mark, parties[mark])
        for mark in sorted(parties.keys() - {row["mark"] for row in rows})
    ]
    known: dict[PartyId, KnownParty] = {}
    if new:
        inserted = await connection.fetch(_INSERT, *_columns(one.row for one in new))
        ours = {row["token"] for row in inserted}
        for (mark, token, *_), own in new:
            if token in ours:
                known[parties[mark][:2]] = KnownParty(token, own, parties[mark].name)
        if others := [one.row[0] for one in new if one.row[1] not in ours]:
            rows += await connection.fetch(_READ, others)
    for row in rows:
        known[parties[row["mark"]][:2]] = _found(master, row)
    await _note_names(connection, marks, everybody, known)
    return known


def same_name(known: str | None, stated: str) -> bool:
    """Tell whether a name is the one that is known; where nothing is known (any more), it is."""
    return known is None or known == stated or _folded(known) == _folded(stated)


def _folded(name: str) -> str:
    return person_name(name).casefold().replace(" ", "")


def _everybody(requests: Iterable[VaultRequest]) -> dict[Party, None]:
    """Every party that is named, in order, once a name."""
    found: dict[Party, None] = {}
    for one in requests:
        match one:
            case RegisterApplication() | RegisterCorrection():
                found[one.beneficiary] = found[one.payee] = None
            case RegisterParty():
                found[one.party] = None
            case RegisterAccount():
                found[one.payee] = None
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


def _found(master: Sealer, row: asyncpg.Record) -> KnownParty:
    token, data_key = row["token"], row["data_key"]
    if data_key is None:
        return KnownParty(token, None)
    own = Sealer(master.open(data_key, b"data key:" + token.encode()))
    return KnownParty(token, own, own.open(row["name"], b"name:" + token.encode()).decode())


async def _note_names(
    connection: Connection,
    marks: Marks,
    everybody: Iterable[Party],
    known: dict[PartyId, KnownParty],
) -> None:
    names = []
    for party in everybody:
        token, own, name = known[party[:2]]
        if own is not None and name != party.name:
            sealed = own.seal(party.name.encode(), b"name:" + token.encode())
            names.append((token, marks.name(party), sealed))
    if names:
        await connection.execute(_INSERT_NAMES, *_columns(names))


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
