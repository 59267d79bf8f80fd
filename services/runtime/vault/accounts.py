"""Accounts: one immutable token for each bank account of each payee.

Holds: the same account of the same payee has one token.
"""

from collections.abc import Sequence

from events.contract.inbound.identity import Account
from services.runtime.vault.marks import Connection, Marks, PartyId
from services.runtime.vault.parties import KnownParty
from services.runtime.vault.requests import (
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    VaultRequest,
)
from services.runtime.vault.sealed_values import SealedValue, ValueTable, tokens_by_mark

ACCOUNTS = ValueTable("vault.accounts", "account", b"account:")

AccountOf = tuple[PartyId, Account]


def account_text(account: Account) -> bytes:
    """Write an account as it is sealed."""
    return "\n".join(account).encode()


def account_from(text: bytes) -> Account:
    """Read it back."""
    return Account(*text.decode().split("\n"))


async def tokens_of(
    connection: Connection,
    marks: Marks,
    known: dict[PartyId, KnownParty],
    requests: Sequence[VaultRequest],
) -> dict[AccountOf, str]:
    """Find or make a token for every account in a batch."""
    stated: dict[AccountOf, bytes] = {}
    values: dict[bytes, SealedValue] = {}
    for one in requests:
        if isinstance(one, RegisterApplication | RegisterCorrection | RegisterAccount):
            mark = marks.account(one.payee, one.account)
            stated[one.payee[:2], one.account] = mark
            values[mark] = SealedValue(one.payee, account_text(one.account))
    found = await tokens_by_mark(connection, ACCOUNTS, known, values)
    return {account: found[mark] for account, mark in stated.items()}
