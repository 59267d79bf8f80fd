"""Scene: one event of the story as the books have it, and how it is looked up.

In:   `books.*`, the vault's masked names, the story's applications by key
Out:  Scene: when, who, what was found, where the pages show it, whether it is as it had to be
Holds: every figure comes out of a query; what had to be true stands beside it.
"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias
from urllib.parse import quote

from asyncpg import Pool, Record
from pydantic import BaseModel

from events.money import yuan as in_yuan
from services.demo.cast.city import PlayedCity
from services.runtime.vault import Vault

Rows: TypeAlias = "list[Record]"


_PLAN = """
    SELECT i.instalment, i.months, i.paid_fen, i.amount_fen, i.state, i.reason
    FROM books.instalments AS i LEFT JOIN books.disbursements AS d
      ON d.disbursement = i.disbursement AND d.state = 'settled'
    WHERE i.application = $1 AND (i.state = 'stopped' OR d.disbursement IS NOT NULL)
    ORDER BY i.instalment
"""
"""An application's instalments that were paid or stopped."""

_STATUS_SINCE = """
    SELECT since FROM books.status AS s JOIN books.applications AS a USING (beneficiary)
    WHERE a.application = $1 AND s.status = $2
"""
"""The day since which an applicant has a status."""

_BENEFICIARY = """
    SELECT beneficiary FROM books.applications WHERE application = $1
"""
"""Whose application it is, as a token."""


class SceneFinding(BaseModel):
    """One thing that was looked at: in words, and whether it is as it had to be."""

    text: str
    holds: bool


class Scene(BaseModel):
    """One event of the story."""

    name: str
    when: str
    title: str
    who: str
    seen: list[SceneFinding]
    path: str

    @property
    def holds(self) -> bool:
        """Whether all of it happened as it had to."""
        return bool(self.seen) and all(one.holds for one in self.seen)


class BooksReader:
    """Looks things up in the books."""

    def __init__(
        self,
        pool: "Pool[Record]",
        vault: Vault,
        keys: dict[str, str],
        city: PlayedCity,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self.script = city.script
        self.city = city
        self.keys = keys
        """The keys of the story's applications, by the name that the story gives them."""

    async def rows(self, query: str, *values: Any) -> Rows:
        """Every row of a query."""
        return list(await self._pool.fetch(query, *values))

    async def one(self, query: str, *values: Any) -> Any:
        """The one value of a query, or None."""
        return await self._pool.fetchval(query, *values)

    async def plan(self, key: str) -> tuple[Rows, Rows]:
        """An application's instalments that were paid, and those that were stopped."""
        rows = await self.rows(_PLAN, key)
        stopped = [row for row in rows if row["state"] == "stopped"]
        return [row for row in rows if row["state"] != "stopped"], stopped

    async def since(self, key: str, status: str) -> date | None:
        """The day since which an applicant has a status."""
        found: date | None = await self.one(_STATUS_SINCE, key, status)
        return found

    async def has_file(self, digest: str) -> bool:
        """Whether the vault keeps a file, byte by byte as this digest says."""
        file = await self._vault.load_file(digest)
        return file is not None and sha256(file.content).hexdigest() == digest

    def name_of(self, actor: str) -> str:
        """The name of one of the staff, as the pages show it; whoever else it is, as in the books."""
        return self.city.staff.get(actor.removeprefix("staff:"), actor)

    async def who(self, key: str) -> str:
        """The masked name and number of whoever applied."""
        token = await self.one(_BENEFICIARY, key)
        masked = (await self._vault.names([token])).get(token) if token else None
        return f"{masked.name} {masked.number}" if masked else ""


def scene(
    name: str, since: date | None, title: str, who: str, findings: list[SceneFinding], path: str
) -> Scene:
    """Put a scene together."""
    return Scene(name=name, when=day(since), title=title, who=who, seen=findings, path=path)


def application(key: str) -> str:
    """The address of an application."""
    return f"/applications/{quote(key, safe=':')}"


def clawback(row: Record) -> str:
    """The address of a debt."""
    return f"/clawbacks/{quote(row['payee'])}/{quote(row['clawback'], safe=':')}"


def yuan(fen: int | None) -> str:
    """Write an amount as people read it."""
    return f"{in_yuan(fen or 0)} 元"


def day(on: date | None) -> str:
    """Write a day, or nothing."""
    return "" if on is None else on.isoformat()


def months(rows: Sequence[Record]) -> str:
    """Name the months that instalments pay for, as ``1—4 月``."""
    paid_for = [int(row["months"][-2:]) for row in rows]
    if not paid_for:
        return "无"
    return f"{paid_for[0]} 月" if len(paid_for) == 1 else f"{paid_for[0]}—{paid_for[-1]} 月"
