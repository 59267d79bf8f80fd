"""Staff: what the city's staff do in the demo, by the same commands as the pages, each signed in.

Holds: they read what they act on from the books, and whoever checks is another than who has made.
"""

from collections.abc import Iterable
from datetime import UTC, date
from pathlib import Path
from uuid import UUID, uuid5

from asyncpg import Pool, Record

from events import streams
from events.batches import PrepareBatch, ReleaseBatch, WantedLine
from events.envelope import Asked
from events.ids import by_staff
from events.statement_files import ReleaseStatement
from events.values import Command
from services.banking.banks.of_cities import city_banks
from services.banking.statements.importing import PURPOSE, hold
from services.banking.statements.statement_file import read_statement
from services.demo.cast.calendar import at
from services.demo.cast.city import PlayedCity
from services.demo.play.accounts import PlaySessions
from services.runtime.kafka.packets import PacketSender
from services.runtime.vault import Vault
from services.streams.authority import code_missing

_MOST_LINES = 300
_NAMESPACE = UUID("2c9b7d64-7c1b-5f0e-9f57-6d2a4d1b8e33")

_PAYABLE = """
    SELECT disbursement, payee, fund, district, amount_fen FROM books.disbursements
    WHERE state = 'ordered' AND NOT application = ANY (
        SELECT application FROM books.objections WHERE state <> 'dismissed' AND clawback = ''
    )
    ORDER BY fund, district, disbursement
"""
"""Payments that are ordered, in no batch and not objected to, by fund and district."""


class Staff:
    """Those who act, at one desk.

    Holds: what they ask bears the day on which they ask it, their session and their roles; where the
           table of roles asks for a one-time code anew, it is given at that instant
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        sender: PacketSender,
        city: PlayedCity,
        vault: Vault,
        sessions: PlaySessions,
    ) -> None:
        self._pool = pool
        self.sessions = sessions
        self._sender = sender
        self._city = city
        self._vault = vault
        self.maker, self.checker = city.script.staff.maker, city.script.staff.checker
        self.reviewer = city.script.staff.reviewer

    async def prepare(self, today: date) -> list[tuple[str, int]]:
        """Put everything that is payable into batches, one bank account each.

        Shape: (batch, payments)
        """
        rows = await self._pool.fetch(_PAYABLE)
        number = await self._pool.fetchval(
            "SELECT count(*) FROM books.batches WHERE batch LIKE $1", f"B{today:%y%m%d}%"
        )
        made: list[tuple[str, int]] = []
        asked: list[Asked] = []
        groups: dict[str, list[Record]] = {}
        for row in rows:
            account = self._city.account_for(row["fund"], row["district"])
            if account is not None:  # else not of the demo's districts: somebody else's payments
                groups.setdefault(account.alias, []).append(row)
        for alias, own in groups.items():
            account = self._city.accounts[alias]
            for start in range(0, len(own), _MOST_LINES):
                part = own[start : start + _MOST_LINES]
                number += 1
                batch = f"B{today:%y%m%d}{number:04}"
                body = PrepareBatch(
                    batch=batch,
                    bank_account=account.alias,
                    fund=account.fund,
                    district=account.district,
                    maker=self.maker,
                    lines=tuple(map(_wanted, part)),
                )
                asked.append(
                    _asked(f"prepare|{batch}", streams.batch(batch), today, self.maker, body)
                )
                made.append((batch, len(part)))
        await self._send(asked)
        return made

    async def release(self, batches: list[str], today: date) -> None:
        """Let exactly the lists go that are there, as another person."""
        rows = await self._pool.fetch(
            "SELECT batch, digest, total_fen FROM books.batches"
            " WHERE batch = ANY($1) AND state = 'prepared'",
            batches,
        )
        asked = []
        for row in rows:
            body = ReleaseBatch(
                batch=row["batch"],
                checker=self.checker,
                digest=row["digest"],
                total=row["total_fen"],
            )
            stream = streams.batch(row["batch"])
            asked.append(_asked(f"release|{row['batch']}", stream, today, self.checker, body))
        await self._send(asked)

    async def release_own(self, batches: list[str], today: date) -> None:
        """Let the maker try to let one of her own batches go; she must not."""
        row = await self._pool.fetchrow(
            "SELECT batch, digest, total_fen FROM books.batches"
            " WHERE batch = ANY($1) AND state = 'prepared' ORDER BY batch LIMIT 1",
            batches,
        )
        if row is None:
            return
        body = ReleaseBatch(
            batch=row["batch"], checker=self.maker, digest=row["digest"], total=row["total_fen"]
        )
        stream = streams.batch(row["batch"])
        await self.ask(f"own|{row['batch']}", stream, today, self.maker, body)

    async def release_unsigned(self, batches: list[str], today: date) -> None:
        """Let somebody ask in the checker's name who has not signed in; the ledger must not listen."""
        if not batches:
            return
        body = ReleaseBatch(batch=batches[0], checker=self.checker, digest="", total=0)
        stream = streams.batch(batches[0])
        asked = _asked(f"unsigned|{batches[0]}", stream, today, self.checker, body)
        await self._sender.send_commands([asked])

    async def import_statements(self, files: Iterable[Path], today: date) -> list[str]:
        """Hand each file in and take it as another person; the numbers of the files.

        Raises: NotTaken
        """
        numbers: list[str] = []
        for file in files:
            alias = file.stem[: -len("-yyyy-mm")]
            account, content = self._city.accounts[alias], file.read_bytes()
            layout = city_banks(self._city.cities).statement(alias)
            statement = read_statement(
                file.name, content, alias, layout, last_four=account.last_four
            )
            await self._vault.store_file(file.name, content, PURPOSE, self.maker)
            body = hold(statement, account, self.maker)
            stream = streams.statement_file(body.number)
            taken = ReleaseStatement(number=body.number, checker=self.checker, digest=body.digest)
            await self.ask(f"hold|{body.number}", stream, today, self.maker, body)
            await self.ask(f"take|{body.number}", stream, today, self.checker, taken)
            numbers.append(body.number)
        return numbers

    async def ask(self, name: str, stream: str, today: date, by: str, body: Command) -> str:
        """Ask one thing of one stream; the command's id, by which its answer is found."""
        asked = _asked(name, stream, today, by, body)
        await self._send([asked])
        return asked.id

    async def _send(self, asked: list[Asked]) -> None:
        await self._sender.send_commands(map(self._signed, asked))

    def _signed(self, asked: Asked) -> Asked:
        own = self.sessions.of(asked.by.removeprefix("staff:"))
        signed = asked._replace(authority=own)
        if code_missing(signed):
            signed = asked._replace(authority=own._replace(confirmed_at=asked.sent_at))
        return signed


def _wanted(row: Record) -> WantedLine:
    return WantedLine(
        payee=streams.payee(row["payee"]),
        disbursement=row["disbursement"],
        amount=row["amount_fen"],
    )


def _asked(name: str, stream: str, today: date, by: str, body: Command) -> Asked:
    now = at(today).astimezone(UTC)
    return Asked(str(uuid5(_NAMESPACE, name)), stream, now, today, by_staff(by), body)
