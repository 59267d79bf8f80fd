"""Store: the vault as the processes use it, on a pool of connections.

In:   requests (intake); tokens (web, clerk)
Out:  tokens; masked names, accounts for the payment file, single fields that are revealed
"""

import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple, Self, TypeAlias

import asyncpg

from events.contract.inbound.identity import Account, Party
from services.runtime.errors import DatabaseAway, NotConfigured
from services.runtime.masking import Masked, masked_account
from services.runtime.vault import answering, city_accounts, files, parking, reading, register
from services.runtime.vault.keys import KEY_BYTES, AccessKey, Sealer, load_key_file
from services.runtime.vault.marks import Connection, Marks, PartyId
from services.runtime.vault.parking import ParkedMessage
from services.runtime.vault.register import AwaitedApplication
from services.runtime.vault.requests import RegisterAccount, VaultAnswer, VaultRequest

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

_INDEX_KEY = "index"
_ACCESS_KEY = "access"
_TRIES = 5
_AT_ONCE = 2_000
_OF_WHAT_WAS_ASKED = ("22", "23", "54")
"""Classes of SQLSTATE that a message's own content can cause: data, constraints, limits."""

_INSERT_KEY = "INSERT INTO vault.keys (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_KNOWN = "SELECT mark, token FROM vault.parties WHERE mark = ANY($1::bytea[])"
_READ_KEY = "SELECT wrapped FROM vault.keys WHERE name = $1"


class DayKey(NamedTuple):
    """The key under which a day's dead letters are sealed."""

    name: str
    sealer: Sealer


class Vault:
    """Who the tokens are. Admits many at once; shows little, and records what it shows in full."""

    def __init__(self, pool: Pool, master: Sealer, marks: Marks) -> None:
        self._pool = pool
        self._master = master
        self._marks = marks

    @classmethod
    async def open(cls, pool: Pool, key_file: Path) -> Self:
        """Open the vault with its key file.

        Raises: NotConfigured without the file or the tables, WrongKey with another vault's file
        """
        master = load_key_file(key_file)
        try:
            async with pool.acquire() as connection:
                index_key = await _key(connection, master, _INDEX_KEY, make=True)
        except asyncpg.UndefinedTableError as error:
            raise NotConfigured(
                "还没有身份库的表。", "请用 benefit-ledger migrate 建立。"
            ) from error
        assert index_key is not None
        return cls(pool, master, Marks(index_key))

    async def answer(self, requests: Sequence[VaultRequest]) -> list[VaultAnswer]:
        """Answer a batch of messages in one transaction: all or none.

        Raises: DatabaseAway; whatever else is raised is for what was requested
        """
        for tries_left in range(_TRIES, 0, -1):
            try:
                async with self._reached() as connection, connection.transaction():
                    return await answering.answer_requests(
                        connection, self._master, self._marks, requests
                    )
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
                if tries_left == 1:
                    raise DatabaseAway("the vault", repr(error)) from error
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[Connection]:
        """Take a connection; what the surroundings fail at is told apart from what was asked.

        Raises: DatabaseAway
        """
        try:
            async with self._pool.acquire() as connection:
                yield connection
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            raise
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] in _OF_WHAT_WAS_ASKED:
                raise
            raise DatabaseAway("the vault", repr(error)) from error
        except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
            raise DatabaseAway("the vault", repr(error)) from error

    async def unregister(self, applications: Sequence[str]) -> None:
        """Empty the places of applications that were filed a moment ago and cannot be decided.

        Raises: DatabaseAway
        """
        async with self._reached() as connection, connection.transaction():
            await register.unregister(connection, applications)

    async def awaited_applications(
        self, before: datetime | None = None, most: int = 500
    ) -> list[AwaitedApplication]:
        """List what waits for applications that have not come, the longest wait first."""
        async with self._reached() as connection:
            return await register.awaited_applications(connection, before, most)

    async def end_waiting(self, ended: AwaitedApplication) -> None:
        """Keep no longer what has waited too long."""
        async with self._reached() as connection, connection.transaction():
            await register.end_waiting(connection, ended)

    async def park(self, parked: ParkedMessage) -> bool:
        """Let intake leave one message out; False where it is parked already."""
        async with self._reached() as connection:
            return await parking.park(connection, parked)

    async def parked_messages(self) -> list[ParkedMessage]:
        """Every message that an operator has parked."""
        async with self._reached() as connection:
            return await parking.parked_messages(connection)

    async def names(self, tokens: Iterable[str]) -> dict[str, Masked]:
        """Show persons and units as screens may: ``张*三``; unknown tokens are left out."""
        async with self._pool.acquire() as connection:
            return await reading.names(connection, self._master, tokens)

    async def public_names(self, tokens: Iterable[str]) -> dict[str, Masked]:
        """Show persons and units as a public list may; unknown tokens are left out."""
        async with self._pool.acquire() as connection:
            return await reading.names(connection, self._master, tokens, public=True)

    async def accounts(self, tokens: Iterable[str]) -> dict[str, Account]:
        """Open bank accounts, for the payment file alone; unknown tokens are left out."""
        async with self._pool.acquire() as connection:
            return await reading.accounts(connection, self._master, tokens)

    async def masked_accounts(self, tokens: Iterable[str]) -> dict[str, str]:
        """Show bank accounts as screens may: bank and last four; unknown tokens are left out."""
        async with self._pool.acquire() as connection:
            opened = await reading.accounts(connection, self._master, tokens)
        return {
            token: f"{account.bank} {masked_account(account.number)}"
            for token, account in opened.items()
        }

    async def add_account(self, token: str, account: Account) -> str:
        """Keep another account of a person or unit that is known; the account's token.

        Raises: LookupError when nobody has this token (any more)
        """
        async with self._pool.acquire() as connection, connection.transaction():
            party = await reading.party(connection, self._master, token)
            if party is None:
                raise LookupError("nobody has this token")
            requests = [RegisterAccount(party, account)]
            answers = await answering.answer_requests(
                connection, self._master, self._marks, requests
            )
        return answers[0].account_token

    async def reveal(
        self, token: str, field: reading.Field, purpose: str, who: str, allowed_by: str = ""
    ) -> str | None:
        """Show one field of one token in full; who, when and why is recorded with it."""
        async with self._reached() as connection, connection.transaction():
            return await reading.reveal(
                connection, self._master, token, field, purpose, who, allowed_by
            )

    async def unmasked(
        self, tokens: Iterable[str], purpose: str, who: str, allowed_by: str
    ) -> dict[str, reading.PlainParty]:
        """Open names and numbers for a file that a fact of the ledger allows; that is recorded too."""
        async with self._reached() as connection, connection.transaction():
            await reading.record(connection, "", "export", purpose, who, allowed_by)
            return await reading.plain_parties(connection, self._master, tokens)

    async def search(self, party: Party, purpose: str, who: str) -> str | None:
        """Find a person's or unit's token by its number; who, when and why is recorded first.

        None where nobody of this number is known, which is recorded too.
        """
        async with self._reached() as connection, connection.transaction():
            mark = self._marks.party(party)
            return await reading.look_up(connection, mark, purpose, who, "search")

    async def record_case(self, token: str, purpose: str, who: str) -> None:
        """Record that somebody takes a person's case out of the ledger, and what for."""
        async with self._reached() as connection, connection.transaction():
            await reading.record(connection, token, "case", purpose, who)

    async def looks(
        self, *, token: str | None = None, who: str | None = None, most: int = 200
    ) -> list[reading.Look]:
        """Who looked at whom, the latest first; of one person, by one person, or all."""
        async with self._reached() as connection:
            return await reading.looks(connection, token=token, who=who, most=most)

    async def many_looks(self, usual: int) -> list[reading.ManyLooks]:
        """Who has looked more than so often within an hour, in the last seven days."""
        async with self._reached() as connection:
            return await reading.many_looks(connection, usual)

    async def same_accounts(self, tokens: Iterable[str]) -> dict[str, str]:
        """Tell which accounts are one at the bank, whoever they are paid for: by token, one name."""
        asked, same = list(dict.fromkeys(tokens)), dict[str, str]()
        async with self._reached() as connection:
            for start in range(0, len(asked), _AT_ONCE):
                some = asked[start : start + _AT_ONCE]
                same |= await reading.same_accounts(connection, self._master, self._marks, some)
        return same

    async def same_phones(self, tokens: Iterable[str]) -> dict[str, str]:
        """Tell which phones are one, whoever stated them: by token, one name."""
        asked, same = [one for one in dict.fromkeys(tokens) if one], dict[str, str]()
        async with self._reached() as connection:
            for start in range(0, len(asked), _AT_ONCE):
                some = asked[start : start + _AT_ONCE]
                same |= await reading.same_phones(connection, self._master, self._marks, some)
        return same

    async def known_tokens(self, parties: Iterable[Party]) -> dict[PartyId, str]:
        """Find the tokens of those whom the vault knows; nobody is made known by asking."""
        marks = {self._marks.party(party): party[:2] for party in parties}
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(_KNOWN, list(marks))
        return {marks[row["mark"]]: row["token"] for row in rows}

    async def store_file(self, name: str, content: bytes, purpose: str, by: str) -> str:
        """Keep a file that holds identities; its digest names it."""
        async with self._pool.acquire() as connection:
            file = files.StoredFile(name, content)
            return await files.store(connection, self._master, file, purpose, by)

    async def load_file(self, digest: str) -> files.StoredFile | None:
        """Open a file that was kept; None where there is none."""
        async with self._pool.acquire() as connection:
            return await files.load(connection, self._master, digest)

    async def state_city_account(self, alias: str, number: str, by: str) -> None:
        """Keep the real number of an account that a city pays from, until another confirms it."""
        async with self._reached() as connection, connection.transaction():
            key = await self._city_accounts_key(connection)
            await city_accounts.state(connection, key, alias, number, by)

    async def confirm_city_account(self, alias: str, number: str, by: str) -> None:
        """Let a city's account pay, if another person states the very same number.

        Raises: NothingToConfirm, SamePerson, NumbersDiffer
        """
        async with self._reached() as connection, connection.transaction():
            key = await self._city_accounts_key(connection)
            await city_accounts.confirm(connection, key, alias, number, by)

    async def city_accounts(self) -> dict[str, city_accounts.KeptNumber]:
        """The numbers of the cities' accounts that two people have stated, by alias."""
        async with self._reached() as connection:
            key = await self._city_accounts_key(connection)
            return await city_accounts.in_force(connection, key)

    async def city_accounts_waiting(self) -> Mapping[str, str]:
        """By alias, who has stated a number that waits for another person."""
        async with self._reached() as connection:
            return await city_accounts.waiting(connection)

    async def _city_accounts_key(self, connection: Connection) -> Sealer:
        key = await _key(connection, self._master, city_accounts.KEY, make=True)
        if key is None:
            raise LookupError(f"{city_accounts.KEY} is destroyed")
        return Sealer(key)

    async def access_key(self) -> AccessKey:
        """The key of what signing in keeps, made when it is asked for the first time."""
        async with self._reached() as connection:
            key = await _key(connection, self._master, _ACCESS_KEY, make=True)
        if key is None:
            raise LookupError(f"{_ACCESS_KEY} is destroyed")
        return AccessKey(key)

    async def day_key(self, day: date) -> DayKey:
        """The key of a day's dead letters, made when it is asked for the first time."""
        name = f"dead-letters:{day.isoformat()}"
        async with self._reached() as connection:
            key = await _key(connection, self._master, name, make=True)
        if key is None:
            raise LookupError(f"{name} is destroyed")
        return DayKey(name, Sealer(key))

    async def key_named(self, name: str) -> Sealer | None:
        """A day's key by its name; None where it is destroyed or never was."""
        async with self._pool.acquire() as connection:
            key = await _key(connection, self._master, name, make=False)
        return Sealer(key) if key else None


async def _key(connection: Connection, master: Sealer, name: str, *, make: bool) -> bytes | None:
    context = b"key:" + name.encode()
    wrapped = await connection.fetchval(_READ_KEY, name)
    if wrapped is None and make:
        sealed = master.seal(os.urandom(KEY_BYTES), context)
        await connection.execute(_INSERT_KEY, name, sealed)
        wrapped = await connection.fetchval(_READ_KEY, name)
    return master.open(wrapped, context) if wrapped is not None else None
