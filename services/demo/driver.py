"""Driver: plays upstream, staff and bank against a ledger that runs; it decides nothing.

In:   settings of a running ledger
Out:  messages on the inbound topics, commands of staff, statements; at the end a Summary
Holds: whatever it waits for, it reads from the books; run again, it repeats itself and changes
       nothing, except that what is payable by then is paid.
"""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import asyncpg
from aiokafka import AIOKafkaProducer
from rich.progress import Progress

from events.days import legal_day
from policies.registry import Policies
from services.clerk.worker import OUTBOX
from services.demo.bank import OPENING_FEN, Bank
from services.demo.generator import Demo, claims, generate, refusals, reviews
from services.demo.messages import Events, Published
from services.demo.staff import Staff
from services.demo.summary import Summary, summarise
from services.demo.waiting import Seen, until
from services.intake.take import known_of
from services.reconciliation.bank_accounts import bank_accounts
from services.runtime.packets import PacketSender
from services.runtime.settings import Settings

_REVIEWED = 40
_UNDECIDED = "('filed', 'proposed')"

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class Upstream:
    """Publishes as any client would, and counts."""

    def __init__(self, producer: AIOKafkaProducer, settings: Settings) -> None:
        self._producer = producer
        self._topics = settings.topics.inbound
        self.published = 0

    async def publish(self, messages: Iterable[Published]) -> None:
        """Publish, and return when all are acknowledged."""
        sent = [
            await self._producer.send(
                self._topics[message.feed],
                message.value,
                message.key,
                headers=list(message.headers),
            )
            for message in messages
        ]
        for acknowledgement in sent:
            await acknowledgement
        self.published += len(sent)


class _Play:
    """One run of the demo."""

    def __init__(
        self, settings: Settings, pool: Pool, upstream: Upstream, staff: Staff, progress: Progress
    ) -> None:
        self.settings = settings
        self.pool = pool
        self.upstream = upstream
        self.staff = staff
        self.progress = progress
        self.today = legal_day(datetime.now(UTC))
        self.bank = Bank(settings.data_dir / "demo", list(bank_accounts()))

    async def seen(self, query: str, wanted: int, *values: object) -> Seen:
        return Seen(int(await self.pool.fetchval(query, *values) or 0), wanted)

    async def fund(self, demo: Demo) -> None:
        """Allocate budgets and open the books of every bank account, once."""
        opened = await self.pool.fetch("SELECT reference FROM books.entries WHERE kind = 'opening'")
        known = {row["reference"] for row in opened}
        events = Events(f"{demo.run}-opening")
        openings = [
            events.event(
                "finance.tieling",
                "account.opening-balance",
                {
                    "bank_account": account.alias,
                    "month": f"{self.today:%Y-%m}",
                    "fund": account.fund,
                    "district": account.district,
                    "amount_fen": OPENING_FEN,
                    "document": f"示例结转-{account.alias}",
                },
            )
            for account in bank_accounts().values()
            if f"示例结转-{account.alias}" not in known
        ]
        before = await self.pool.fetchval(
            "SELECT count(*) FROM books.budgets WHERE allocated_fen > 0"
        )
        await self.upstream.publish([*demo.money, *openings])
        query = "SELECT count(*) FROM books.entries WHERE kind = 'opening'"
        await until(
            "期初余额与预算下达", lambda: self.seen(query, len(bank_accounts())), self.progress
        )
        budgets = "SELECT count(*) FROM books.budgets WHERE allocated_fen > 0"
        wanted = max(before, len(demo.money))
        await until("预算额度", lambda: self.seen(budgets, wanted), self.progress)

    async def apply(self, demo: Demo, keys: list[str], dead: int) -> None:
        """Publish every application and mistake; wait until each is decided or put aside."""
        letters = await self.pool.fetchval("SELECT count(*) FROM books.dead_letters")
        await self.upstream.publish(demo.status)
        await self.upstream.publish(demo.applications)
        await self.upstream.publish([*demo.repeated, *demo.malformed])
        decided = f"""SELECT count(*) FROM books.applications
            WHERE application = ANY($1) AND state NOT IN {_UNDECIDED}"""  # noqa: S608
        await until("申请受理与审核", lambda: self.seen(decided, len(keys), keys), self.progress)
        again = """SELECT sum(corrections + conflicts) FROM books.applications
            WHERE application = ANY($1)"""
        wanted = demo.corrections + demo.conflicts
        await until("更正与内容冲突", lambda: self.seen(again, wanted, keys), self.progress)
        await until("更正后重新审核", lambda: self.seen(decided, len(keys), keys), self.progress)
        query = "SELECT count(*) FROM books.dead_letters"
        await until("坏报文退回", lambda: self.seen(query, letters + dead), self.progress)

    async def review(self, demo: Demo, keys: list[str]) -> None:
        """Let a reviewer answer some of the applications that the notices leave open."""
        rows = await self.pool.fetch(
            """SELECT application, state FROM books.applications
               WHERE application = ANY($1) AND programme = 'unemployment-assistance'
                 AND (state = 'referred' OR reviewer IS NOT NULL)
               ORDER BY application LIMIT $2""",
            keys,
            _REVIEWED,
        )
        answered = [row["application"] for row in rows]
        answers = zip(rows, reviews(demo.run, answered), strict=True)
        await self.upstream.publish(
            [answer for row, answer in answers if row["state"] == "referred"]
        )
        query = """SELECT count(*) FROM books.applications
            WHERE application = ANY($1) AND state NOT IN ('filed', 'proposed', 'referred')"""
        await until("转人工审核", lambda: self.seen(query, len(answered), answered), self.progress)

    async def pay(self, keys: list[str]) -> None:
        """Wait for what is due, prepare and release batches, and let the bank answer."""
        asked = """SELECT count(*) FROM books.instalments i LEFT JOIN books.disbursements d
              ON d.disbursement = i.application || '#' || i.instalment
            WHERE i.application = ANY($1) AND i.due_on <= $2 AND i.state <> 'withdrawn'
              AND (i.state = 'stopped' OR d.disbursement IS NOT NULL)"""
        due = """SELECT count(*) FROM books.instalments
            WHERE application = ANY($1) AND due_on <= $2 AND state <> 'withdrawn'"""
        wanted = await self.pool.fetchval(due, keys, self.today)
        await until(
            "到期检查与应付", lambda: self.seen(asked, wanted, keys, self.today), self.progress
        )
        batches = await self.staff.prepare(self.today)
        names = [batch for batch, _ in batches]
        prepared = """SELECT count(*) FROM books.batches
            WHERE batch = ANY($1) AND state <> 'requested'"""
        await until("制单", lambda: self.seen(prepared, len(names), names), self.progress)
        await self.staff.release(names, self.today)
        sent = """SELECT count(*) FROM books.batches
            WHERE batch = ANY($1) AND state IN ('sent', 'closed')"""
        await until("放行与发送", lambda: self.seen(sent, len(names), names), self.progress)
        returned = 0
        for answered in self.bank.pay(self.settings.data_dir / OUTBOX, self.today):
            await self.upstream.publish(answered.results)
            returned += answered.returned
        closed = "SELECT count(*) FROM books.batches WHERE batch = ANY($1) AND state = 'closed'"
        await until("银行回盘", lambda: self.seen(closed, len(names), names), self.progress)
        back = """SELECT count(*) FROM books.disbursement_attempts
            WHERE state = 'returned' AND batch = ANY($1)"""
        await until("退回入账", lambda: self.seen(back, returned, names), self.progress)

    async def reconcile(self) -> None:
        """Import the bank's statements; the books do the rest."""
        self.bank.book(self.today)
        self.today = self.bank.last_day or self.today
        folder = self.settings.data_dir / "demo" / "statements"
        lines = await self.staff.import_statements(self._statements(folder))
        query = "SELECT count(*) FROM books.statement_lines WHERE line = ANY($1)"
        await until("银行流水入账", lambda: self.seen(query, len(lines), lines), self.progress)

    def _statements(self, folder: Path) -> list[Path]:
        """Export this month's statement of every account, as from the bank's web page."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for alias in bank_accounts():
            file = folder / f"{alias}-{self.today:%Y-%m}.csv"
            file.write_bytes(self.bank.statement(alias, self.today))
            written.append(file)
        return written


async def run_demo(
    settings: Settings, progress: Progress, *, lines: int = 2_400, seed: int = 20220831
) -> Summary:
    """Play a city's year against a running ledger, from application to reconciliation.

    Raises: NotReached when something that must happen does not
    """
    started = time.monotonic()
    known = known_of(Policies.load())
    demo = generate(seed, lines, known, legal_day(datetime.now(UTC)).year)
    keys = sorted({claim.key for message in demo.applications for claim in claims(message, known)})
    dead = sum(refusals(message, known) for message in demo.before_review())
    async with _play(settings, progress) as play:
        await play.fund(demo)
        await play.apply(demo, keys, dead)
        await play.review(demo, keys)
        await play.pay(keys)
        await play.reconcile()
        return await summarise(
            play.pool,
            keys,
            play.bank.damages,
            play.today,
            messages=play.upstream.published,
            seconds=time.monotonic() - started,
        )


@asynccontextmanager
async def _play(settings: Settings, progress: Progress) -> AsyncIterator[_Play]:
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_idempotence=True,
        acks="all",
        max_request_size=4_000_000,
    )
    await producer.start()
    try:
        async with (
            asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=2) as pool,
            PacketSender(settings.kafka_bootstrap, settings.topics.commands) as sender,
        ):
            upstream = Upstream(producer, settings)
            yield _Play(settings, pool, upstream, Staff(pool, sender), progress)
    finally:
        await producer.stop()
