"""Phones: one immutable token for each phone of each applicant.

Holds: that two people stated one number is told by the vault alone
"""

from collections.abc import Mapping, Sequence

from services.runtime.vault.marks import Connection, Marks, PartyId
from services.runtime.vault.parties import KnownParty
from services.runtime.vault.requests import RegisterApplication, RegisterCorrection, VaultRequest
from services.runtime.vault.sealed_values import SealedValue, ValueTable, tokens_by_mark

PHONES = ValueTable("vault.phones", "telephone", b"phone:")

PhoneOf = tuple[PartyId, str]


async def tokens_of(
    connection: Connection,
    marks: Marks,
    known: Mapping[PartyId, KnownParty],
    requests: Sequence[VaultRequest],
) -> dict[PhoneOf, str]:
    """Find or make a token for every phone in a batch."""
    stated: dict[PhoneOf, bytes] = {}
    values: dict[bytes, SealedValue] = {}
    for one in requests:
        if isinstance(one, RegisterApplication | RegisterCorrection) and one.phone:
            mark = marks.phone(one.beneficiary, one.phone)
            stated[one.beneficiary[:2], one.phone] = mark
            values[mark] = SealedValue(one.beneficiary, one.phone.encode())
    found = await tokens_by_mark(connection, PHONES, known, values)
    return {phone: found[mark] for phone, mark in stated.items()}
