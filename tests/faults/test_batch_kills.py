"""A batch whose clerk and desk are killed between any two of its steps is paid once, and whole."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import asyncpg
import pytest

from events import streams
from events.batches import PrepareBatch, ReleaseBatch, WantedLine
from events.contract.schemas.examples import person
from events.days import legal_day
from events.envelope import Asked
from events.values import Command
from projections.engine.migrate import migrate
from services.banking.payment_files.orders import PaymentOrder
from services.demo.bank.files import (
    PaymentResult,
    answer_file,
    bank_for,
    order_in,
)
from services.machine.running_ledger import running_processes
from services.machine.supervisor import environment
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.tasks import end
from services.tools.staff.bank_answers import take_results
from tests.account_numbers import keep_numbers
from tests.example_cities import cities
from tests.faults.batch_process import CLERK_POINTS, DESK_POINTS
from tests.preloaded import all_to, fork
from tests.whole_ledger import Upstream, Whole, example, until

BATCH = "B2208310003"
PEOPLE = 5
TODAY = legal_day(datetime.now(UTC))


class Mortal:
    """One process that is killed at each of its points in turn, and lives on after the last."""

    def __init__(self, name: str, points: tuple[str, ...], settings: Settings) -> None:
        self._name = name
        self._settings = settings
        self.left = list(points)
        self.wrong: list[str] = []

    async def live(self) -> None:
        """Start again after each end, until cancelled."""
        log = self._settings.data_dir / f"{self._name}.log"
        while True:
            point = self.left[0] if self.left else ""
            process = await fork(
                "tests.faults.batch_process",
                (self._name, point),
                environment(self._settings),
                all_to(log),
            )
            try:
                code = await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            if code == -signal.SIGKILL and point:
                self.left.pop(0)
            else:
                # the desk leaves when its broker moves its partitions; that is no point of ours
                self.wrong.append(f"{self._name} at “{point}” ended with {code}")


class Bank:
    """Takes each file the moment it is in the outbox, as a bank's channel does."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox
        self.orders: list[tuple[Path, PaymentOrder]] = []

    async def take(self) -> None:
        """Look again and again, until cancelled."""
        taken = self._outbox / "taken"
        while True:
            for file in self._outbox.glob("B*.*"):
                order = order_in(
                    file, TODAY, cities()
                )  # half a file would not read, or lack payments
                self.orders.append((file.rename(taken / file.name), order))
            await asyncio.sleep(0.01)


def claim(number: int) -> dict[str, Any]:
    """Write the example's application for another person."""
    event = example("application.submitted")
    who = person(f"2112021991030{number}{number:03}", f"测试{number}")
    data = event["data"]
    data |= {
        "application": f"TL-2022-1{number:03}",
        "beneficiary": who,
        "account": {
            **data["account"],
            "number": f"62220200000001{number:05}",
            "holder": who["name"],
        },
        "facts": {**data["facts"], "certificate.number": f"S-{number}"},
    }
    return {**event, "id": f"kills-{number}"}


async def staff(ledger: Whole, who: str, body: Command) -> None:
    """Ask as a member of staff does from a page."""
    now = datetime.now(UTC)
    name = str(uuid5(NAMESPACE_OID, type(body).__name__))
    asked = Asked(name, streams.batch(BATCH), now, now.date(), f"staff:{who}", body)
    settings = ledger.settings
    async with PacketSender.of(settings, "web") as sender:
        await sender.send_commands([asked])


async def prepare_and_release(ledger: Whole) -> None:
    """李静 prepares what is payable, 王芳 releases it."""
    rows = await ledger.books.fetch(
        "SELECT disbursement, payee, amount_fen FROM books.disbursements ORDER BY disbursement"
    )
    lines = tuple(
        WantedLine(
            payee=streams.payee(row["payee"]),
            disbursement=row["disbursement"],
            amount=row["amount_fen"],
        )
        for row in rows
    )
    prepare = PrepareBatch(
        batch=BATCH,
        bank_account="icbc-1234",
        fund="unemployment_insurance",
        district="211202",
        maker="li-jing",
        lines=lines,
    )
    await staff(ledger, "li-jing", prepare)
    await ledger.facts("BatchPrepared")
    row = await ledger.books.fetchrow("SELECT digest, total_fen FROM books.batches")
    assert row is not None
    release = ReleaseBatch(
        batch=BATCH, checker="wang-fang", digest=row["digest"], total=row["total_fen"]
    )
    await staff(ledger, "wang-fang", release)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Look into the books until the block ends."""
    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def running(*mortals: Mortal, bank: Bank) -> AsyncIterator[None]:
    """Let them live and the bank take what is there, until the block ends."""
    tasks = [asyncio.create_task(work) for work in (*(m.live() for m in mortals), bank.take())]
    try:
        yield
    finally:
        await end(tasks)


@pytest.mark.faults
@pytest.mark.timeout(600)  # eleven lives; each step has its own deadline
async def test_a_batch_is_paid_once_and_whole_wherever_clerk_and_desk_are_killed(
    settings: Settings,
) -> None:
    await migrate(settings.postgres_dsn)
    await keep_numbers(settings)
    outbox = settings.data_dir / "outbox"
    (outbox / "taken").mkdir(parents=True)
    clerk, desk = Mortal("clerk", CLERK_POINTS, settings), Mortal("desk", DESK_POINTS, settings)
    bank, alarms = Bank(outbox), list[str]()
    async with (
        running_processes(settings, alarms.append, ("intake", "projector")) as (
            started,
            supervisor,
        ),
        connected(settings) as books,
        running(clerk, desk, bank=bank),
    ):
        ledger = Whole(started, supervisor, alarms, books)
        budget = example("budget.allocated")
        budget["data"]["amount_fen"] = 10**9
        Upstream(settings).structured(budget, *(claim(n) for n in range(1, PEOPLE + 1)))
        await ledger.facts("DisbursementOrdered", PEOPLE)
        await prepare_and_release(ledger)
        for step in ("BatchReleased", "BatchSending", "BatchSent"):
            await ledger.facts(step)
        await ledger.facts("DisbursementSent", PEOPLE)

        # the bank settles three, returns one, and says nothing of the last
        ((file, order),) = bank.orders
        *first, last = order.payments
        told = [PaymentResult(payment, reference=f"W{payment.no}") for payment in first]
        told[1] = told[1]._replace(code="AC04", reason="账户已销户")
        answer = answer_file(order, told, TODAY, bank_for(file, cities()))
        taken = await take_results(settings, answer, "city-csv", 60)
        assert (taken.settled, taken.returned) == (PEOPLE - 2, 1)
        await take_results(settings, answer, "city-csv", 60)
        await ledger.facts("BatchResultRecorded", PEOPLE - 1)
        await ledger.facts("DisbursementSettled", PEOPLE - 2)
        await ledger.facts("DisbursementReturned", 1)
        assert await ledger.count("SELECT count(*) FROM books.batches WHERE state = 'sent'") == 1
        rest = answer_file(
            order, [PaymentResult(last, reference="W9")], TODAY, bank_for(file, cities())
        )
        await take_results(settings, rest, "city-csv", 60)
        await ledger.facts("BatchClosed")
        await ledger.facts("DisbursementSettled", PEOPLE - 1)

        async def all_points_met() -> bool:
            return not (clerk.left or desk.left)

        await until(f"killed at {clerk.left} and {desk.left}", all_points_met)
        counts = await books.fetch("SELECT type, count(*) AS n FROM books.facts GROUP BY type")
        kinds = {row["type"]: row["n"] for row in counts}
        assert {kind: kinds[kind] for kind in ONCE} == dict.fromkeys(ONCE, 1)
        assert {kind: kinds[kind] for kind in EACH} == dict.fromkeys(EACH, PEOPLE)
        assert (kinds["DisbursementSettled"], kinds["DisbursementReturned"]) == (PEOPLE - 1, 1)
        assert await ledger.count("SELECT sum(amount_fen) FROM books.postings") == 0
        paid = Counter(
            payment.instruction for _, order in bank.orders for payment in order.payments
        )
        ordered = {
            row["instruction"]
            for row in await books.fetch("SELECT instruction FROM books.batch_lines")
        }
        assert paid == Counter(ordered)
        assert len(paid) == PEOPLE
    assert [path.name for path in outbox.glob("*")] == ["taken"]
    assert alarms == []
    assert clerk.wrong == []


ONCE = (
    "BatchRequested",
    "BatchPrepared",
    "BatchReleased",
    "BatchSending",
    "BatchSent",
    "BatchClosed",
)
EACH = ("BatchLineClaimed", "DisbursementBatched", "DisbursementSent", "BatchResultRecorded")
