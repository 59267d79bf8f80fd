"""Driver: plays upstream, staff and bank of one city; it decides nothing.

In:   settings of a running ledger whose intake and clerk have the demo's practice clock; a city
Out:  messages on the inbound topics, commands of staff, statements; at the end what the demo has
      led to, and the accounts by which people sign in to look at it
Holds: whatever it waits for, it reads from the books; run again, it repeats itself and changes
       nothing. The clerk is the real one, and makes its rounds on the days of the calendar.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
from aiokafka import AIOKafkaProducer
from rich.progress import Progress

from events.contract.inbound.semantics import Known
from policies.cities import Cities
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from services.clerk.worker import OUTBOX, Clerk
from services.demo.bank.bank import AccountBehaviour, Answering, InventedBank
from services.demo.cast import half_year_claims, month_claims
from services.demo.cast.account_numbers import keep_invented_numbers
from services.demo.cast.calendar import at
from services.demo.cast.city import PlayedCity
from services.demo.cast.demo import Demo
from services.demo.cast.half_year_story import HalfYearStory
from services.demo.cast.month_story import MonthStory
from services.demo.checks.summary import DemoSummary, summarise
from services.demo.play import accounts
from services.demo.play.accounts import DemoAccount, PlaySessions
from services.demo.play.acts import Acts
from services.demo.play.half_year import HalfYear
from services.demo.play.one_month import OneMonth
from services.demo.play.staff import Staff
from services.demo.play.stage import Participants
from services.demo.play.upstream import Upstream
from services.demo.play.waiting import ProgressLine
from services.runtime.city import policies_of
from services.runtime.clock import clock, set_practice_clock
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.vault import Vault

SEED = 20220831


class Played(NamedTuple):
    """What a demo has led to, and its accounts, whose passwords are told this once."""

    summary: DemoSummary
    accounts: tuple[DemoAccount, ...]


def rehearsal(settings: Settings, city: PlayedCity) -> Settings:
    """Give a ledger the demo's clock, set to the city's first day."""
    home = settings.data_dir / "demo"
    home.mkdir(parents=True, exist_ok=True)
    watch = home.resolve() / "clock"
    set_practice_clock(watch, at(city.script.calendar.opened_on))
    return settings.model_copy(update={"practice_clock": str(watch)})


def end_rehearsal(settings: Settings) -> None:
    """Let time be the real one again."""
    Path(settings.practice_clock).unlink(missing_ok=True)


async def run_demo(
    settings: Settings,
    progress: Progress,
    city: PlayedCity,
    *,
    lines: int,
    seed: int = SEED,
) -> Played:
    """Play a city's script against a running ledger, from the first application to the last statement.

    `settings` are those of `rehearsal`, and no other clerk runs meanwhile.
    Raises: NotReached when something that must happen does not
    """
    started = time.monotonic()
    rules = policies_of(settings)
    async with _participants(settings, rules, city, lines, seed) as (stage, acts):
        story, script = stage.demo.story, city.script
        stage.waits = ProgressLine(progress, "开账号")
        await _let_staff_sign_in(stage, rules.cities)
        if isinstance(story, HalfYearStory) and script.half_year is not None:
            await HalfYear(stage, acts, story, script.half_year).play(progress, seed)
        elif isinstance(story, MonthStory) and script.month is not None:
            await OneMonth(stage, acts, story, script.month).play(progress)
        summary = await summarise(stage, seconds=time.monotonic() - started)
        key = await stage.vault.access_key()
        return Played(summary, await accounts.handed_out(stage.pool, key, city, rules.cities))


async def _let_staff_sign_in(stage: Participants, served: Cities) -> None:
    """Add the four users, have every partition insist on it, and open a session for each."""
    async with PacketSender.of(stage.settings, "operator") as sender:
        names = await accounts.add_users(sender, stage.city, served, stage.pool)
    await stage.until("增加用户", accounts.ADDED, len(names), names)
    await stage.until("各分区只收登录后提交的", accounts.TAKEN_UP, stage.settings.partitions)
    await stage.staff.sessions.open(names)


def _published(city: PlayedCity, lines: int, seed: int, known: Known) -> Demo:
    """What upstream will publish of a city."""
    if city.script.plays == "month":
        return month_claims.generate(seed, lines, known, city)
    return half_year_claims.generate(seed, lines, known, city)


@asynccontextmanager
async def _participants(
    settings: Settings, rules: Policies, city: PlayedCity, lines: int, seed: int
) -> AsyncIterator[tuple[Participants, Acts]]:
    known = names_of_policies(rules)
    demo = _published(city, lines, seed, known)
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_idempotence=True,
        acks="all",
        max_request_size=4_000_000,
    )
    await producer.start()
    try:
        async with (
            asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=3) as pool,
            PacketSender.of(settings, "clerk") as of_clerk,
            PacketSender.of(settings, "web") as of_staff,
            PlaySessions.over(pool) as sessions,
        ):
            vault = await Vault.open(pool, settings.vault_key_file)
            await keep_invented_numbers(vault, city.cities)
            clerk = Clerk(pool, vault, of_clerk, settings.data_dir / OUTBOX, policies=rules)
            staff = Staff(pool, of_staff, city, vault, sessions)
            bank = InventedBank(
                settings.data_dir / "demo",
                city.cities,
                Answering(city.script.sources.bank, city.script.answers_by_message),
                AccountBehaviour(demo.story.closed_accounts, demo.story.never_returned),
            )
            stage = Participants(
                demo=demo,
                city=city,
                known=known,
                settings=settings,
                pool=pool,
                vault=vault,
                upstream=Upstream(producer, pool, settings, city.script.sources.bank),
                staff=staff,
                clerk=clerk,
                bank=bank,
                now=clock(settings.practice_clock),
            )
            yield stage, Acts(pool, staff, stage.answered, vault.add_account)
    finally:
        await producer.stop()
