"""Periods over books of random days: an entry has one month and one number, whatever comes later.

Holds: what the queries say is what a plain list says that numbers entries as months are closed; no
       month's numbers have a gap; what was signed is counted again alike for ever, after a rebuild
       too, unless a row was tampered with
"""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import asyncpg

from events import streams
from events.control import CommandRefused
from events.envelope import Recorded
from events.periods import (
    BLOCKS,
    OPEN_ITEMS,
    ClosingCheck,
    PeriodPrepared,
    PreparePeriod,
    SignPeriod,
)
from events.proposals import ProposeAct
from events.statements import RecordOpeningBalance, RecordStatementLine
from projections.queries import position_vector, voucher_numbers
from projections.queries.connection import Db
from projections.queries.periods import counted, signings
from services.closing.counting import days_of, differs
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.given_when_then import Scene, only
from tests.web_pages import books_of

ACCOUNT, DISTRICT = "icbc-1234", "211202"
FUNDS = ("unemployment_insurance", "employment_subsidy", "county_budget")
FIRST = date(2022, 7, 1)
MONTHS = ("2022-08", "2022-09", "2022-10", "2022-11")
CHECKS = tuple(ClosingCheck(code=code, number=0) for code in (*BLOCKS, *OPEN_ITEMS))

Place = tuple[int, int]


@dataclass
class Naive:
    """The months of one fund, closed in plain Python: entries by day and place, and their numbers."""

    entries: list[tuple[date, Place]] = field(default_factory=list)
    numbers: dict[Place, tuple[str, int]] = field(default_factory=dict)
    before: set[Place] = field(default_factory=set)
    closed: list[str] = field(default_factory=list)
    ever: bool = False

    def sign(self, month: str, seen: int) -> None:
        """Number what there was when the month was prepared, and has no number."""
        first, last = days_of(month)
        fresh = [
            (on, place)
            for on, place in self.entries[:seen]
            if on <= last and place not in self.numbers and place not in self.before
        ]
        if not self.ever:
            self.before = {place for on, place in fresh if on < first}
            fresh = [(on, place) for on, place in fresh if on >= first]
        given = sum(own == month for own, _ in self.numbers.values())
        for number, (_, place) in enumerate(sorted(fresh), start=given + 1):
            self.numbers[place] = month, number
        self.closed.append(month)
        self.ever = True

    def late(self, place: Place, on: date) -> bool:
        """Whether an entry belongs to a month after its own."""
        return self.numbers[place][0] > f"{on:%Y-%m}"


@dataclass
class Books:
    """A ledger, and its books in a database."""

    dsn: str
    scene: Scene = field(default_factory=Scene)
    projected: int = 0
    offsets: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    async def project(self) -> list[tuple[Recorded, Place]]:
        """Let the books read what is new; where the ledger has put it."""
        new = self.scene.ledger.facts[self.projected :]
        self.projected = len(self.scene.ledger.facts)
        found = []
        for fact in new:
            partition = streams.partition_of(fact.stream, city.PARTITIONS)
            found.append((fact, (partition, self.offsets[partition])))
            self.offsets[partition] += 1
        await city.project(self.dsn, new)
        return found


@dataclass
class Office:
    """One fund of the books, and the plain list beside it."""

    fund: str
    books: Books
    chance: random.Random
    naive: Naive = field(default_factory=Naive)
    waits: tuple[str, str, int] | None = None
    asked: int = 0

    def book(self) -> None:
        """A fee on any day, known only now."""
        on = FIRST + timedelta(days=self.chance.randrange(150))
        self.asked += 1
        line = RecordStatementLine(
            bank_account=ACCOUNT, line=f"{self.fund}-{self.asked}", booked_on=on, kind="fee",
            amount=-self.chance.randrange(1, 99), reference="", purpose="手续费",
            fund=self.fund, district=DISTRICT,
        )  # fmt: skip
        self.books.scene.when(streams.account(ACCOUNT, f"{on:%Y-%m}"), line)

    async def project(self) -> None:
        """Let the books read what is new."""
        for fact, place in await self.books.project():
            if type(fact.body).__name__ in ("StatementLineClassified", "OpeningBalance"):
                on = getattr(fact.body, "booked_on", fact.effective_on)
                self.naive.entries.append((on, place))

    def ask(self, command: Any, by: str = "test") -> list[Recorded]:
        stream = streams.period(self.fund, DISTRICT)
        return self.books.scene.ledger.ask(
            [self.books.scene.asked(stream, command)._replace(by=by)]
        )

    async def prepare(self, db: Db) -> None:
        """Count the month that is due, up to now."""
        month = MONTHS[len(self.naive.closed)]
        vector = await position_vector.current(db)
        found = await counted(
            db, self.fund, DISTRICT, days_of(month), vector, await signings(db, self.fund, DISTRICT)
        )
        first = days_of(month)[0]
        prepared = self.ask(
            PreparePeriod(
                fund=self.fund,
                district=DISTRICT,
                month=month,
                vector=vector.text,
                balances=found.balances,
                first_voucher=found.first_voucher,
                days=found.days,
                late=sum(day.vouchers for day in found.days if day.on < first),
                entries=found.entries,
                statements=(),
                checks=CHECKS,
                note="",
                maker="li",
            )
        )
        # the decider itself sees that balances carry on and numbers have no gap
        self.waits = month, only(prepared, PeriodPrepared).digest, len(self.naive.entries)

    def sign(self) -> None:
        """Sign what waits, however much came meanwhile."""
        assert self.waits is not None
        month, digest, seen = self.waits
        sign = SignPeriod(
            fund=self.fund, district=DISTRICT, month=month, digest=digest, checker="wang"
        )
        assert not [one for one in self.ask(sign) if isinstance(one.body, CommandRefused)]
        self.naive.sign(month, seen)
        self.waits = None

    def reopen(self) -> None:
        """Open the last month again."""
        month = self.naive.closed.pop()
        self.asked += 1
        act = ProposeAct(
            proposal=f"p-{self.asked}",
            act="ReopenPeriod",
            version=1,
            body={
                "fund": self.fund, "district": DISTRICT, "month": month,
                "document": f"函-{self.asked}", "reason": "更正",
            },
            maker="li",
            checker="wang",
        )  # fmt: skip
        assert len(self.ask(act, "intake")) == 2

    async def play(self, db: Db, steps: int) -> None:
        """A few months of an office where everything comes in any order."""
        opening = RecordOpeningBalance(
            bank_account=ACCOUNT, fund=self.fund, district=DISTRICT, amount=100_000, document="期初"
        )
        self.books.scene.on = FIRST
        self.books.scene.when(streams.account(ACCOUNT, "2022-07"), opening)
        for step in range(steps):
            for _ in range(self.chance.randrange(4)):
                self.book()
            await self.project()
            if self.waits and self.chance.random() < 0.7:
                self.sign()
            elif not self.waits and self.naive.closed and self.chance.random() < 0.3:
                self.reopen()
            elif not self.waits and len(self.naive.closed) < len(MONTHS):
                await self.prepare(db)
            if step % 6 == 0:
                await self.project()
                await self.agrees(db)
        await self.project()

    async def agrees(self, db: Db) -> None:
        """Compare every entry's month and number, and count every signature again."""
        places = [place for _, place in self.naive.entries]
        found = await voucher_numbers.of_entries(db, places)
        numbered = {
            place: (one.month, one.number) for place, one in found.items() if one.number is not None
        }
        assert numbered == self.naive.numbers
        days = {place: on for on, place in self.naive.entries}
        for place, one in found.items():
            if one.number is not None:
                assert one.late is self.naive.late(place, days[place])
        by_month: dict[str, list[int]] = defaultdict(list)
        for month, number in self.naive.numbers.values():
            by_month[month].append(number)
        for month, numbers in by_month.items():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))
            listed = await voucher_numbers.of_month(db, self.fund, DISTRICT, month, (2, 5))
            assert [number for number, *_ in listed] == sorted(numbers)[1:5]
            assert all(self.naive.numbers[p, o] == (month, n) for n, p, o in listed)
        for signed in await signings(db, self.fund, DISTRICT):
            assert await differs(db, signed) == ""


def test_an_entry_keeps_its_month_and_number_whatever_comes_later(postgres: PostgresServer) -> None:
    books = Books(books_of(postgres, "periods_played", []))

    async def play() -> list[Office]:
        db = await asyncpg.connect(books.dsn)
        offices, again = [], 0
        for number, fund in enumerate(FUNDS):
            office = Office(fund, books, random.Random(number))
            await office.play(db, 22)
            offices.append(office)
        for office in offices:
            await office.agrees(db)
            signed = await signings(db, office.fund, DISTRICT)
            assert len({month for month, _ in office.naive.numbers.values()}) > 1
            assert any(one.late for one in signed)
            again += len(signed) - len({one.month for one in signed})
        assert again > 1, "hardly a month was reopened"
        await db.close()
        return offices

    async def rebuilt(dsn: str, offices: list[Office]) -> None:
        db = await asyncpg.connect(dsn)
        for office in offices:
            await office.agrees(db)
        signed = await signings(db, FUNDS[0], DISTRICT)
        await db.execute("SET session_replication_role = replica")  # as a thief would
        await db.execute("UPDATE books.entries SET reference = 'x' WHERE kind = 'fee'")
        assert await differs(db, next(one for one in signed if one.days)) == "entries"
        await db.execute("UPDATE books.postings SET amount_fen = amount_fen * 2")
        assert (await differs(db, signed[0])).startswith("balances 1002")
        await db.close()

    offices = asyncio.run(play())
    again = books_of(postgres, "periods_rebuilt", books.scene.ledger.facts)
    asyncio.run(rebuilt(again, offices))
