"""Accounts: one immutable token for each bank account of each payee.

Holds: a row is never changed; the same account of the same payee has one token.
"""

from collections.abc import Sequence

from events.contract.inbound.identity import Account, Party
from services.runtime.vault.marks import Connection, Marks, PartyId, new_token
from services.runtime.vault.parties import KnownParty
from services.runtime.vault.requests import (
    RegisterAccount,
    RegisterApplication,
    RegisterCorrection,
    VaultRequest,
)

_READ = "SELECT mark, token FROM vault.accounts WHERE mark = ANY($1::bytea[])"
_INSERT = """
    INSERT INTO vault.accounts (mark, token, party, sealed)
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[])
    ON CONFLICT (mark) DO NOTHING
    RETURNING mark, token
"""

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
    accounts: dict[bytes, tuple[Party, Account]] = {}
    for one in requests:
        if isinstance(one, RegisterApplication | RegisterCorrection | RegisterAccount):
            accounts[marks.account(one.payee, one.account)] = (one.payee, one.account)
    if not accounts:
        return {}
    rows = await connection.fetch(_READ, list(accounts))
    found = {row["mark"]: row["token"] for row in rows}
    missing = sorted(accounts.keys() - found.keys())
    if missing:
        new = [_new(mark, *accounts[mark], known) for mark in missing]
        columns = [list(column) for column in zip(*new, strict=True)]
        rows = await connection.fetch(_INSERT, *columns)
        found |= {row["mark"]: row["token"] for row in rows}
        if others := [mark for mark in missing if mark not in found]:
            rows = await connection.fetch(_READ, others)
            found |= {row["mark"]: row["token"] for row in rows}
    return {(party[:2], account): found[mark] for mark, (party, account) in accounts.items()}


def _new(
    mark: bytes, payee: Party, account: Account, known: dict[PartyId, KnownParty]
) -> tuple[bytes, str, str, bytes | None]:
    token = new_token("account")
    owner, own, _ = known[payee[:2]]
    sealed = own.seal(account_text(account), b"account:" + token.encode()) if own else None
    return mark, token, owner, sealed
