"""Sealed values: what somebody stated beside the name and number, one immutable token for each of each party.

Holds: a row is never changed; the value is sealed with its party's own key, and gone with it
"""

from collections.abc import Mapping
from typing import NamedTuple

from events.contract.inbound.identity import Party
from services.runtime.vault.marks import Connection, PartyId, new_token
from services.runtime.vault.parties import KnownParty


class SealedValue(NamedTuple):
    """A party's value as it is sealed."""

    party: Party
    text: bytes


class ValueTable(NamedTuple):
    """A table of the vault whose rows are a mark, a token, a party and a sealed text.

    Shape: `kind` is of new tokens; `sealed_for` is what a text is sealed for, before its token
    """

    name: str
    kind: str
    sealed_for: bytes

    def context(self, token: str) -> bytes:
        """What the text of a token is sealed for."""
        return self.sealed_for + token.encode()


async def tokens_by_mark(
    connection: Connection,
    table: ValueTable,
    known: Mapping[PartyId, KnownParty],
    values: Mapping[bytes, SealedValue],
) -> dict[bytes, str]:
    """Find or make a token for every value, by its mark; whoever else makes one meanwhile is met."""
    if not values:
        return {}
    read = f"SELECT mark, token FROM {table.name} WHERE mark = ANY($1::bytea[])"  # noqa: S608  ours
    rows = await connection.fetch(read, list(values))
    found = {row["mark"]: row["token"] for row in rows}
    missing = sorted(values.keys() - found.keys())
    if missing:
        new = [_row(table, mark, values[mark], known) for mark in missing]
        columns = [list(column) for column in zip(*new, strict=True)]
        rows = await connection.fetch(_insert(table), *columns)
        found |= {row["mark"]: row["token"] for row in rows}
        if others := [mark for mark in missing if mark not in found]:
            rows = await connection.fetch(read, others)
            found |= {row["mark"]: row["token"] for row in rows}
    return found


def _insert(table: ValueTable) -> str:
    return f"""
        INSERT INTO {table.name} (mark, token, party, sealed)
        SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[])
        ON CONFLICT (mark) DO NOTHING
        RETURNING mark, token
    """  # noqa: S608  ours


def _row(
    table: ValueTable, mark: bytes, value: SealedValue, known: Mapping[PartyId, KnownParty]
) -> tuple[bytes, str, str, bytes | None]:
    token = new_token(table.kind)
    owner, own, _ = known[value.party[:2]]
    return mark, token, owner, own.seal(value.text, table.context(token)) if own else None
