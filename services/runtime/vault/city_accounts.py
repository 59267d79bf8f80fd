"""City accounts: the real number of each account that a city pays from, under its alias.

Holds: a number pays when another person has stated the very same; until then the one before stays.
       No row is changed but by its confirmation, and none is taken out. A number leaves for the
       payment file alone.
Source: docs/adr/0039-the-paying-account-is-typed-twice.md
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from events.people import person, same_person
from services.runtime.errors import OperatingFailure
from services.runtime.vault.keys import Sealer
from services.runtime.vault.marks import Connection

KEY = "city-accounts"
"""The name of the key under which all of them are sealed."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('city account ' || $1, 0))"
_INSERT = """
    INSERT INTO vault.city_accounts (alias, nth, sealed, stated_by)
    SELECT $1, coalesce(max(nth), 0) + 1, $2, $3 FROM vault.city_accounts WHERE alias = $1
"""
_CONFIRM = """
    UPDATE vault.city_accounts SET confirmed_by = $3, confirmed_at = now()
    WHERE alias = $1 AND nth = $2 AND confirmed_by IS NULL
"""
_LAST = """
    SELECT alias, nth, sealed, stated_by, stated_at, confirmed_by, confirmed_at
    FROM vault.city_accounts WHERE alias = $1 ORDER BY nth DESC LIMIT 1
"""
_IN_FORCE = """
    SELECT DISTINCT ON (alias) alias, sealed, stated_by, stated_at, confirmed_by, confirmed_at
    FROM vault.city_accounts WHERE confirmed_by IS NOT NULL ORDER BY alias, nth DESC
"""
_WAITING = """
    SELECT alias, stated_by FROM (
        SELECT DISTINCT ON (alias) alias, stated_by, confirmed_by
        FROM vault.city_accounts ORDER BY alias, nth DESC) AS last
    WHERE confirmed_by IS NULL
"""


class KeptNumber(NamedTuple):
    """A number that may be paid from: who has stated and confirmed it. It is never printed whole."""

    number: str
    stated_by: str
    confirmed_by: str
    confirmed_at: datetime

    def __repr__(self) -> str:
        return f"KeptNumber(****{self.number[-4:]}, {self.stated_by}, {self.confirmed_by})"


class NothingToConfirm(OperatingFailure):
    """Nobody has stated a number that waits."""

    def __init__(self, alias: str) -> None:
        super().__init__(
            f"账户 {alias} 没有等待复核的账号。",
            f"请先由一人录入：benefit-ledger accounts set {alias}",
        )


class SamePerson(OperatingFailure):
    """Who stated a number cannot confirm it."""

    def __init__(self, alias: str, by: str) -> None:
        super().__init__(
            f"账户 {alias} 的账号是 {by} 录入的，不能由同一人复核。",
            "请由另一人运行 benefit-ledger accounts confirm，用 --by 写明姓名。",
        )


class NumbersDiffer(OperatingFailure):
    """The second person has typed another number than the first."""

    def __init__(self, alias: str, by: str) -> None:
        super().__init__(
            f"账户 {alias}：两次录入的账号不同（先前由 {by} 录入），没有启用。",
            "请对照开户许可证核对；先前录错的，重新运行 benefit-ledger accounts set。",
        )


async def state(connection: Connection, key: Sealer, alias: str, number: str, by: str) -> None:
    """Keep a number that waits for another person; what was stated before and waits is superseded."""
    await connection.execute(_LOCK, alias)
    await connection.execute(_INSERT, alias, key.seal(number.encode(), _context(alias)), person(by))


async def confirm(connection: Connection, key: Sealer, alias: str, number: str, by: str) -> None:
    """Let the number that was stated last pay, if another person types the very same.

    Raises: NothingToConfirm, SamePerson, NumbersDiffer  (first match wins)
    """
    await connection.execute(_LOCK, alias)
    last = await connection.fetchrow(_LAST, alias)
    if last is None or last["confirmed_by"] is not None:
        raise NothingToConfirm(alias)
    if same_person(last["stated_by"], by):
        raise SamePerson(alias, last["stated_by"])
    if key.open(last["sealed"], _context(alias)).decode() != number:
        raise NumbersDiffer(alias, last["stated_by"])
    await connection.execute(_CONFIRM, alias, last["nth"], person(by))


async def in_force(connection: Connection, key: Sealer) -> dict[str, KeptNumber]:
    """Every alias's number that two people have stated."""
    return {
        row["alias"]: KeptNumber(
            key.open(row["sealed"], _context(row["alias"])).decode(),
            row["stated_by"],
            row["confirmed_by"],
            row["confirmed_at"],
        )
        for row in await connection.fetch(_IN_FORCE)
    }


async def waiting(connection: Connection) -> Mapping[str, str]:
    """By alias, who has stated a number that waits for another person."""
    return {row["alias"]: row["stated_by"] for row in await connection.fetch(_WAITING)}


def _context(alias: str) -> bytes:
    return b"city account:" + alias.encode()
