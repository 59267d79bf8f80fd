"""Marks: what stands in the vault's unique indexes instead of the identities themselves.

Holds: equal identities have equal marks under one index key; nobody without it can test a guess.
"""

import hmac
from typing import TypeAlias

import asyncpg

from events.contract.inbound.identity import Account, Party
from services.runtime.vault.keys import random_bytes

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)

PartyId = tuple[str, str]
"""Kind and canonical number of a party: what makes it one."""


class Marks:
    """HMAC-SHA256 under the index key, its first 128 bits."""

    def __init__(self, index_key: bytes) -> None:
        self._key = index_key

    def party(self, party: Party) -> bytes:
        """Mark of a person or unit."""
        return self._mark(f"{party.kind}\n{party.id}")

    def name(self, party: Party) -> bytes:
        """Mark of a name of this party."""
        return self._mark(f"name\n{party.kind}\n{party.id}\n{party.name}")

    def account(self, payee: Party, account: Account) -> bytes:
        """Mark of an account of this payee."""
        bank, number, holder = account
        return self._mark(f"account\n{payee.kind}\n{payee.id}\n{bank}\n{number}\n{holder}")

    def number(self, account: Account) -> bytes:
        """Mark of an account's number, whoever it is paid for and however the bank is written."""
        return self._mark(f"account number\n{account.number}")

    def phone(self, applicant: Party, number: str) -> bytes:
        """Mark of a phone of this applicant."""
        return self._mark(f"phone\n{applicant.kind}\n{applicant.id}\n{number}")

    def phone_number(self, number: str) -> bytes:
        """Mark of a phone's number, whoever stated it."""
        return self._mark(f"phone number\n{number}")

    def _mark(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")[:16]


def new_token(kind: str) -> str:
    """Make a random token; its first letter tells person, unit, account and telephone apart."""
    return kind[0] + random_bytes(16).hex()
