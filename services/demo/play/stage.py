"""Stage: who takes part in the demo, what time it is, and how one waits for the books."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

import asyncpg

from events.contract.inbound.semantics import Known
from policies.cities import BankAccount
from projections.queries.command_answers import all_answered
from services.clerk.worker import Clerk
from services.demo.bank.bank import InventedBank
from services.demo.cast.calendar import Calendar, at
from services.demo.cast.city import PlayedCity
from services.demo.cast.demo import Demo
from services.demo.cast.script import Script
from services.demo.play.staff import Staff
from services.demo.play.upstream import Upstream
from services.demo.play.waiting import CountReached, ProgressLine, Reached
from services.runtime.clock import Clock, set_practice_clock
from services.runtime.settings import Settings
from services.runtime.vault import Vault

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@dataclass(kw_only=True)
class Participants:
    """Everybody who takes part, and how each waits for the others."""

    demo: Demo
    city: PlayedCity
    known: Known
    settings: Settings
    pool: Pool
    vault: Vault
    upstream: Upstream
    staff: Staff
    clerk: Clerk
    bank: InventedBank
    now: Clock
    keys: list[str] = field(default_factory=list)
    """Every application that was published so far."""
    waits: ProgressLine | None = None
    """The line on which the present month shows what it waits for."""

    @property
    def script(self) -> Script:
        """What is played."""
        return self.city.script

    @property
    def accounts(self) -> Mapping[str, BankAccount]:
        """The city's bank accounts, by alias."""
        return self.city.accounts

    @property
    def calendar(self) -> Calendar:
        """The days on which it is played."""
        return self.script.calendar

    def turn_to(self, day: date) -> None:
        """Let it be nine o'clock of a day."""
        set_practice_clock(Path(self.settings.practice_clock), at(day))

    async def answered(self, command: str) -> None:
        """Wait until a command has its answer."""

        async def look() -> Reached:
            return Reached(int(await all_answered(self.pool, [command])), 1)

        await self.wait("办理", look)

    async def until(self, what: str, query: str, wanted: int, *values: object) -> None:
        """Wait until a query counts as many as wanted."""
        await self.wait(what, lambda: self.count(query, wanted, *values))

    async def wait(self, what: str, look: CountReached) -> None:
        """Wait for what is looked at."""
        assert self.waits is not None
        await self.waits.until(what, look)

    async def count(self, query: str, wanted: int, *values: object) -> Reached:
        """Count once."""
        return Reached(int(await self.pool.fetchval(query, *values) or 0), wanted)

    async def round(self) -> None:
        """Let the clerk make one round, on the day of the demo's clock."""
        await self.clerk.round(self.now())
