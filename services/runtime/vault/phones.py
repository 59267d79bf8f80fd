"""Phones: one immutable token for each phone of each applicant.

Holds: a row is never changed; the number is sealed with its person's own key, and gone with it. That two
       people stated one number is told by the vault alone
"""

from collections.abc import Mapping, Sequence

from events.contract.inbound.identity import Party
from services.runtime.vault.marks import Connection, Marks, PartyId, new_token
from services.runtime.vault.parties import KnownParty
from services.runtime.vault.requests import RegisterApplication, RegisterCorrection, VaultRequest

_READ = "SELECT mark, token FROM vault.phones WHERE mark = ANY($1::bytea[])"
_INSERT = """
    INSERT INTO vault.phones (mark, token, party, sealed)
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[])
    ON CONFLICT (mark) DO NOTHING
    RETURNING mark, token
"""

PhoneOf = tuple[PartyId, str]


def context(token: str) -> bytes:
    """What a number is sealed for."""
    return b"phone:" + token.encode()


async def tokens_of(
    connection: Connection,
    marks: Marks,
    known: Mapping[PartyId, KnownParty],
    requests: Sequence[VaultRequest],
) -> dict[PhoneOf, str]:
    """Find or make a token for every phone in a batch."""
    phones: dict[bytes, tuple[Party, str]] = {}
    for one in requests:
        if isinstance(one, RegisterApplication | RegisterCorrection) and one.phone:
            phones[marks.phone(one.beneficiary, one.phone)] = (one.beneficiary, one.phone)
    if not phones:
        return {}
    rows = await connection.fetch(_READ, list(phones))
    found = {row["mark"]: row["token"] for row in rows}
    missing = sorted(phones.keys() - found.keys())
    if missing:
        new = [_new(mark, *phones[mark], known) for mark in missing]
        columns = [list(column) for column in zip(*new, strict=True)]
        rows = await connection.fetch(_INSERT, *columns)
        found |= {row["mark"]: row["token"] for row in rows}
        if others := [mark for mark in missing if mark not in found]:
            rows = await connection.fetch(_READ, others)
            found |= {row["mark"]: row["token"] for row in rows}
    return {(party[:2], number): found[mark] for mark, (party, number) in phones.items()}


def _new(
    mark: bytes, applicant: Party, number: str, known: Mapping[PartyId, KnownParty]
) -> tuple[bytes, str, str, bytes | None]:
    token = new_token("telephone")
    owner, own, _ = known[applicant[:2]]
    return mark, token, owner, own.seal(number.encode(), context(token)) if own else None
