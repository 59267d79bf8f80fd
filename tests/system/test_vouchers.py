"""Training vouchers in a real ledger and real books: their rows, and what the clerk finds due."""

import asyncio
from datetime import date

import asyncpg

from events import streams
from events.envelope import Recorded
from events.values import Command
from events.vouchers import (
    Applied,
    ClaimVoucher,
    ExpireVoucher,
    IssueVoucher,
    UseVoucher,
    VerifyVoucher,
)
from projections.engine import runner
from projections.engine.migrate import migrate
from projections.engine.rebuild import rebuild
from projections.queries.due_work import PastVoucher
from services.clerk import due_questions
from services.runtime.settings import Settings
from tests.given_when_then import Scene
from tests.handmade_ledgers import publish

DEADLINE_SECONDS = 60
PERSON = "zhang-san-token"


def day(text: str) -> date:
    return date.fromisoformat(f"2022-{text}")


def life(key: str, until: str = "12-31") -> list[Command]:
    """Every step of a voucher, in the wrong order."""
    common = {"voucher": key, "holder": PERSON, "source": "district"}
    applied = Applied(programme="free-training", course="YZ-31", application="district:a")
    issue = IssueVoucher(
        voucher=key,
        holder=PERSON,
        district="211202",
        issued_on=day("08-01"),
        valid_until=day(until),
        source="district",
    )
    return [
        UseVoucher(**common, on=day("08-16"), applied=applied),
        ClaimVoucher(**common, on=day("08-03")),
        VerifyVoucher(**common, on=day("08-15")),
        issue,
    ]


def told(*commands: Command) -> list[Recorded]:
    """What the ledger makes of these commands, each as it would stand on its partition."""
    scene = Scene("2022-09-01")
    for command in commands:
        scene.when(streams.voucher(command.voucher), command)  # type: ignore[attr-defined]
    return scene.ledger.facts


async def projected(settings: Settings, facts: list[Recorded]) -> asyncpg.Connection:
    """Publish facts and wait until the books hold them all."""
    await migrate(settings.postgres_dsn)
    await publish(settings.kafka_bootstrap, settings.topics.ledger, facts, settings.partitions)
    db = await asyncpg.connect(settings.postgres_dsn, server_settings={"timezone": "UTC"})
    stop = asyncio.Event()
    task = asyncio.create_task(runner.run(settings, stop))
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await db.fetchval("SELECT count(*) FROM books.facts") != len(facts):
                assert not task.done(), task
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.gather(task, return_exceptions=True)
    return db


async def test_vouchers_stand_in_the_books_as_in_their_histories(settings: Settings) -> None:
    used, waiting, early, ended = (f"district:PXQ-{number}" for number in range(1, 5))
    use, *_ = life(early)
    facts = told(
        *life(used),
        *life(waiting, until="08-31")[2:],
        use,
        use.model_copy(update={"holder": "li-si-token"}),
        *life(ended, until="08-20")[3:],
        ExpireVoucher(voucher=ended),
    )
    db = await projected(settings, facts)
    try:
        rows = {row["voucher"]: row for row in await db.fetch("SELECT * FROM books.vouchers")}
        states = {key: row["state"] for key, row in rows.items()}
        assert states == {used: "used", waiting: "issued", early: None, ended: "expired"}
        assert rows[used]["claimed_on"] == day("08-03")
        assert rows[used]["application"] == "district:a"
        assert rows[ended]["expired_on"] == day("09-01")
        steps = await db.fetch("SELECT voucher, step, state FROM books.voucher_steps ORDER BY 1, 2")
        assert [tuple(row) for row in steps] == [
            (used, "claim", "taken"),
            (used, "use", "taken"),
            (used, "verify", "taken"),
            (waiting, "verify", "kept"),
            (early, "use", "kept"),
            (early, "use", "kept"),
        ]
        async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=1) as pool:
            for today, due in (("09-03", []), ("09-04", [PastVoucher(waiting, day("08-31"))])):
                pages = [page async for page in due_questions.past_vouchers(pool, day(today))]
                assert [row for page in pages for row in page] == due
        report = await rebuild(settings)
        assert report.agree, report
        assert {"vouchers", "voucher_steps"} <= set(report.compared)
    finally:
        await db.close()
