"""Driver: plays upstream, staff and bank for half a year; it decides nothing.

In:   settings of a running ledger whose intake and clerk have the demo's practice clock
Out:  messages on the inbound topics, commands of staff, statements; at the end a DemoSummary
Holds: whatever it waits for, it reads from the books; run again, it repeats itself and changes
       nothing. The clerk is the real one, and makes its rounds on the days of the calendar.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaProducer
from rich.progress import Progress

from events.contract.inbound.semantics import Known
from services.clerk.worker import OUTBOX, Clerk
from services.demo.bank.bank import AccountBehaviour, InventedBank
from services.demo.cast.calendar import LAST, MONTHS, OPENED_ON, at
from services.demo.cast.city import FOLDER, bank_accounts
from services.demo.cast.generator import Demo, generate
from services.demo.checks.summary import DemoSummary, summarise
from services.demo.play.acts import Acts
from services.demo.play.month import HalfYear
from services.demo.play.staff import Staff
from services.demo.play.upstream import Upstream
from services.demo.play.vouchers import HANDED_OUT_IN, hand_out, season
from services.demo.play.waiting import ProgressLine
from services.intake.message_reading import names_of_policies
from services.runtime.city import policies_of
from services.runtime.clock import clock, set_practice_clock
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.vault import Vault


def rehearsal(settings: Settings) -> Settings:
    """Give a ledger the demo's clock, set to its first day, and the invented city's own figures."""
    home = settings.data_dir / "demo"
    home.mkdir(parents=True, exist_ok=True)
    watch = home.resolve() / "clock"
    set_practice_clock(watch, at(OPENED_ON))
    return settings.model_copy(update={"practice_clock": str(watch), "city": FOLDER})


def end_rehearsal(settings: Settings) -> None:
    """Let time be the real one again."""
    Path(settings.practice_clock).unlink(missing_ok=True)


async def run_demo(
    settings: Settings, progress: Progress, *, lines: int = 2_400, seed: int = 20220831
) -> DemoSummary:
    """Play half a year against a running ledger, from the first application to the last statement.

    `settings` are those of `rehearsal`, and no other clerk runs meanwhile.
    Raises: NotReached when something that must happen does not
    """
    started = time.monotonic()
    known = names_of_policies(policies_of(settings))
    demo = generate(seed, lines, known)
    async with _play(settings, demo, known) as play:
        play.turn_to(OPENED_ON)
        await play.open(ProgressLine(progress, "年初"))
        for month in MONTHS:
            await play.month(month, ProgressLine(progress, month.title))
            if month.name == HANDED_OUT_IN:
                vouchers = season(seed, month.closes_on)
                await hand_out(vouchers, play.upstream, play.pool, ProgressLine(progress, "培训券"))
        await play.close(ProgressLine(progress, "次年"))
        return await summarise(
            play.pool,
            play.vault,
            demo,
            play.keys,
            play.bank.mistakes,
            LAST,
            messages=play.upstream.published,
            seconds=time.monotonic() - started,
        )


@asynccontextmanager
async def _play(settings: Settings, demo: Demo, known: Known) -> AsyncIterator[HalfYear]:
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
        ):
            vault = await Vault.open(pool, settings.vault_key_file)
            story = demo.story
            clerk = Clerk(
                pool, vault, of_clerk, settings.data_dir / OUTBOX, policies=policies_of(settings)
            )
            staff = Staff(pool, of_staff)
            bank = InventedBank(
                settings.data_dir / "demo",
                list(bank_accounts()),
                AccountBehaviour(story.closed_accounts, story.never_returned),
            )
            play = HalfYear(
                demo=demo,
                known=known,
                settings=settings,
                pool=pool,
                vault=vault,
                upstream=Upstream(producer, pool, settings),
                staff=staff,
                clerk=clerk,
                bank=bank,
                now=clock(settings.practice_clock),
            )
            play.acts = Acts(pool, staff, story, play.answered, vault.add_account)
            yield play
    finally:
        await producer.stop()
