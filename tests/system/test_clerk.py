"""The clerk on a real broker, database and vault: what is due is asked, what is released leaves."""

import asyncio
import csv
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from events import streams
from events.application_facts.checking import PAYEE_KIND
from events.applications import ApplicationFiled, DecideApplication, Stated
from events.approvals import ApprovalProposed, LaterYearHeld
from events.batches import BatchPrepared, PrepareBatch, ReleaseBatch, WantedLine
from events.budgets import AllocateBudget, BudgetQueued, CommitBudget, WakeLine
from events.codec import decode_packet
from events.contract.inbound.identity import Account, Party
from events.disbursements import DisbursementOrdered
from events.envelope import Asked, Recorded
from events.instalments import InstalmentDue, PreCheckInstalment
from events.submissions import (
    AcceptedLine,
    OpenSubmission,
    ReportLine,
    SubmissionDecided,
    SubmissionLineAnswered,
)
from events.values import FactValue
from policies.vocabulary.calendar import months_from
from projections.engine.migrate import migrate
from projections.queries import files_not_written
from services.banking.payment_files.writing import PaymentFile
from services.clerk.handing_over import AnotherClerk, hand_over_once
from services.clerk.outbox import TAKEN, AnotherFile
from services.clerk.worker import Clerk
from services.demo.cast.account_numbers import invented_number
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from services.runtime.vault.requests import RegisterApplication
from tests.account_numbers import keep_numbers
from tests.browser.city import City, project
from tests.example_cities import cities
from tests.given_when_then import (
    ARRIVED,
    DISTRICT,
    FUND,
    LINE_2022,
    applies,
    certificate,
    kinds,
    policies,
)
from tests.unit.test_budgets import Town
from tests.unit.test_later_years import NEXT, held_whole

ON = date(2022, 8, 12)
NOW = datetime(2022, 8, 26, 1, tzinfo=UTC)
BATCH = "B2208260001"
PEOPLE = ("测试甲", "测试乙", "测试丙")


class Office:
    """A clerk, the deciders it asks (in memory), and the books that it reads (in PostgreSQL)."""

    def __init__(
        self, settings: Settings, clerk: Clerk, vault: Vault, consumer: AIOKafkaConsumer
    ) -> None:
        self.settings = settings
        self.clerk = clerk
        self.vault = vault
        self.consumer = consumer
        self.city = City()
        self._projected = 0

    @property
    def outbox(self) -> Path:
        return self.settings.data_dir / "outbox"

    async def project(self) -> None:
        """Let the projector catch up."""
        await project(self.settings.postgres_dsn, self.city.ledger.facts[self._projected :])
        self._projected = len(self.city.ledger.facts)

    async def round(self, now: datetime = NOW, *, answered: bool = True) -> list[Asked]:
        """Let the clerk ask, read its commands back from Kafka, and let them be decided."""
        expected = await self.clerk.round(now)
        asked: list[Asked] = []
        while len(asked) < expected:
            for records in (await self.consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    asked += decode_packet(record.value)
        assert len(asked) == expected
        if answered:
            self.city.ledger.ask(asked)
            await self.project()
        return asked

    async def apply(self, *, projected: bool = True) -> None:
        """Three people apply, with accounts that the vault knows."""
        wanted = [
            RegisterApplication(
                f"district:{nth}",
                "d" * 64,
                Party("person", f"21129919900101000{nth}", name),
                Party("person", f"21129919900101000{nth}", name),
                Account("测试银行", f"999000000{nth}", name),
            )
            for nth, name in enumerate(PEOPLE)
        ]
        for nth, admitted in enumerate(await self.vault.answer(wanted)):
            stated = Stated(
                programme="skill-upgrade",
                region=DISTRICT,
                applied_on=ON,
                channel="hall",
                payee=admitted.payee_token,
                account=admitted.account_token,
                facts=certificate(),
            )
            body = DecideApplication(
                application=f"district:{nth}", digest="d" * 64, stated=stated, arrived=ARRIVED
            )
            self.city.ask(streams.beneficiary(admitted.token), body, ON)
        if projected:
            await self.project()

    def batch(self) -> None:
        """李静 prepares what is payable, 王芳 releases it."""
        lines = tuple(
            WantedLine(payee=stream, disbursement=body.disbursement, amount=body.money.amount)
            for stream, body in self.city.find(DisbursementOrdered)
        )
        prepare = PrepareBatch(
            batch=BATCH,
            bank_account="icbc-1234",
            fund=FUND,
            district=DISTRICT,
            maker="li-jing",
            lines=lines,
        )
        self.city.ask(streams.batch(BATCH), prepare, NOW.date())
        ((_, prepared),) = self.city.find(BatchPrepared)
        release = ReleaseBatch(
            batch=BATCH, checker="wang-fang", digest=prepared.digest, total=prepared.total
        )
        self.city.ask(streams.batch(BATCH), release, NOW.date())

    async def state(self) -> str:
        """The batch's state in the books."""
        connection = await asyncpg.connect(self.settings.postgres_dsn)
        try:
            return str(await connection.fetchval("SELECT state FROM books.batches"))
        finally:
            await connection.close()


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    await migrate(settings.postgres_dsn)
    await keep_numbers(settings)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    partitions = [
        TopicPartition(settings.topics.commands, number) for number in range(settings.partitions)
    ]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    async with (
        asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=3) as pool,
        PacketSender.of(settings, "clerk") as sender,
    ):
        vault = await Vault.open(pool, settings.vault_key_file)
        clerk = Clerk(pool, vault, sender, settings.data_dir / "outbox", policies())
        yield Office(settings, clerk, vault, consumer)
    await consumer.stop()


async def test_from_a_grant_to_a_file_in_the_outbox_that_is_confirmed(office: Office) -> None:
    office.city.ask(LINE_2022, AllocateBudget(document="1", amount=10**8), ON)
    await office.apply()
    checks = await office.round()
    assert [type(asked.body).__name__ for asked in checks] == ["PreCheckInstalment"] * 3
    assert await office.round() == []

    office.batch()
    await office.project()
    (begin,) = await office.round()
    assert type(begin.body).__name__ == "BeginSending"
    assert not list(office.outbox.glob("*.csv"))
    (confirm,) = await office.round()
    assert type(confirm.body).__name__ == "ConfirmSent"
    assert await office.state() == "sent"

    (file,) = office.outbox.glob("*.csv")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert sorted((r["收款户名"], r["收款账号"], r["金额（元）"]) for r in rows) == sorted(
        (name, f"999000000{nth}", "1500.00") for nth, name in enumerate(PEOPLE)
    )
    assert await office.round() == []


async def test_a_clerk_that_died_before_confirming_confirms_the_file_that_has_left(
    office: Office,
) -> None:
    office.city.ask(LINE_2022, AllocateBudget(document="1", amount=10**8), ON)
    await office.apply()
    await office.round()
    office.batch()
    await office.project()
    await office.round()
    (lost,) = await office.round(answered=False)
    (file,) = office.outbox.glob("*.csv")
    file.rename(office.outbox / "taken" / file.name)
    (again,) = await office.round(NOW + timedelta(minutes=2))
    assert again.id == lost.id
    assert again.body == lost.body
    assert not list(office.outbox.glob("*.csv"))
    assert await office.state() == "sent"


async def test_what_waits_is_asked_again_after_a_minute_and_not_before(office: Office) -> None:
    office.city.ask(LINE_2022, AllocateBudget(document="1", amount=10**8), ON)
    await office.apply()
    first = await office.round(answered=False)
    assert len(first) == 3
    assert await office.round(NOW + timedelta(seconds=59), answered=False) == []
    again = await office.round(NOW + timedelta(seconds=61))
    assert {asked.id for asked in again} == {asked.id for asked in first}
    assert await office.round(NOW + timedelta(hours=1)) == []


async def test_an_unanswered_proposal_asks_its_line_the_same_again_after_five_minutes(
    settings: Settings, office: Office
) -> None:
    await office.apply(projected=False)
    unanswered = [
        fact
        for fact in office.city.ledger.facts
        if isinstance(fact.body, ApplicationFiled | ApprovalProposed)
    ]
    await project(settings.postgres_dsn, unanswered)
    early = unanswered[0].recorded_at + timedelta(minutes=4)
    assert await office.round(early, answered=False) == []
    asked = await office.round(answered=False)
    assert [type(one.body) for one in asked] == [CommitBudget] * 3
    assert office.city.ledger.ask(asked) == []


def _prechecks(asked: list[Asked]) -> list[int]:
    return sorted(one.body.no for one in asked if isinstance(one.body, PreCheckInstalment))


async def test_an_instalment_is_asked_for_once_its_year_has_committed_its_money(
    settings: Settings, office: Office
) -> None:
    """Six months from August on: four fall due in 2022, two in 2023."""
    this_year, next_year = (
        streams.fund_line("employment_subsidy", DISTRICT, year) for year in (2022, 2023)
    )
    office.city.ask(this_year, AllocateBudget(document="1", amount=10**8), ON)
    facts: dict[str, FactValue] = {
        "graduate.kind": "高校毕业生",
        "diploma.dated_on": "2021-07-01",
        "flexible.began_on": "2021-09-01",
        "person.status": ["灵活就业@2021-09-01/"],
        "contribution.months": months_from(ON.replace(day=1), 6),
        "contribution.self_paid": 6 * 900_00,
        PAYEE_KIND: "个人",
    }
    office.city.apply("li-si-token", 1, ON, facts, "flexible-si")
    told = office.city.ledger.facts
    lost = [one for one in told if next_year in (one.stream, getattr(one.body, "line", ""))]
    assert [type(one.body) for one in lost] == [BudgetQueued, LaterYearHeld]
    await project(settings.postgres_dsn, told[: told.index(lost[0])])
    again = await office.round(told[-1].recorded_at + timedelta(minutes=6), answered=False)
    assert next_year in [one.stream for one in again if isinstance(one.body, CommitBudget)]
    assert office.city.ledger.ask(again) == [], "it knows the question"
    office._projected = told.index(lost[0])
    await office.project()

    in_february = datetime(2023, 2, 2, 1, tzinfo=UTC)
    assert _prechecks(await office.round(in_february, answered=False)) == [1, 2, 3, 4]
    office.city.ask(next_year, AllocateBudget(document="2", amount=10**8), in_february.date())
    await office.project()
    later = in_february + timedelta(hours=1)
    assert _prechecks(await office.round(later, answered=False)) == [1, 2, 3, 4, 5, 6]


async def test_a_line_on_which_an_earlier_version_holds_claims_whole_is_woken(
    settings: Settings, office: Office
) -> None:
    town = Town(first=10)
    held_whole(town)
    before = len(town.ledger.facts)
    await project(settings.postgres_dsn, town.ledger.facts)
    woken = [one for one in await office.round(answered=False) if isinstance(one.body, WakeLine)]
    assert [one.stream for one in woken] == [NEXT]
    town.ledger.ask(woken)
    assert "BudgetParted" in kinds(town.ledger.facts[before:])
    await project(settings.postgres_dsn, town.ledger.facts[before:])
    later = await office.round(NOW + timedelta(days=1), answered=False)
    assert not [one for one in later if isinstance(one.body, WakeLine)]


async def test_a_batch_hears_of_lines_that_were_decided_before_it_was_known_as_one(
    settings: Settings, office: Office
) -> None:
    line = applies("batch:1", certificate(), payee="li-si-token")
    opened = OpenSubmission(
        submission="district:batch",
        programme="skill-upgrade",
        region=DISTRICT,
        applied_on=ON,
        channel="employer",
        employer="",
        accepted=(AcceptedLine(no=1, line="1", digest=line.digest[:16]),),
        refused=(),
        arrived=ARRIVED,
    )
    office.city.ask(LINE_2022, AllocateBudget(document="1", amount=10**8), ON)
    office.city.ask(streams.beneficiary("li-si-token"), line, ON)
    office.city.ask(streams.submission("district:batch"), opened, ON)
    untold = [
        fact
        for fact in office.city.ledger.facts
        if not isinstance(fact.body, SubmissionLineAnswered | SubmissionDecided)
        and not isinstance(fact.body, InstalmentDue)
    ]
    await project(settings.postgres_dsn, [_closed_up(fact) for fact in untold])
    reports = [
        asked
        for asked in await office.round(NOW, answered=False)
        if isinstance(asked.body, ReportLine)
    ]
    assert [asked.body.outcome for asked in reports] == ["granted"]  # type: ignore[attr-defined]
    assert office.city.ledger.ask(reports) == [], "the very report that a decision of today sends"


def _closed_up(fact: Recorded) -> Recorded:
    """The batch's history without what it has not heard."""
    return fact._replace(seq=1) if fact.stream.startswith("submission/") else fact


async def test_two_clerks_and_a_quick_bank_hand_each_file_over_once(settings: Settings) -> None:
    await migrate(settings.postgres_dsn)
    outbox = settings.data_dir / "outbox"
    (outbox / TAKEN).mkdir(parents=True)
    names = [f"B220826{number:04d}" for number in range(60)]
    files = {name: PaymentFile(f"{name}.csv", name.encode()) for name in names}
    taken: list[str] = []
    done = asyncio.Event()

    async def bank() -> None:
        while not done.is_set() or any(outbox.glob("B*.csv")):
            for file in outbox.glob("B*.csv"):
                taken.append(file.stem)
                file.replace(outbox / TAKEN / file.name)
            await asyncio.sleep(0)

    async def clerk(pool: "asyncpg.Pool[asyncpg.Record]") -> list[str]:
        mine: list[str] = []
        left = dict(files)
        while left:
            for name, file in list(left.items()):
                try:
                    if await hand_over_once(pool, outbox, name, file):
                        mine.append(name)
                    del left[name]
                except AnotherClerk:
                    continue  # looked at again in the next round
        return mine

    async with asyncpg.create_pool(settings.postgres_dsn, min_size=3, max_size=6) as pool:
        quick = asyncio.create_task(bank())
        by_whom = await asyncio.gather(*(clerk(pool) for _ in range(3)))
        done.set()
        await quick
        assert sorted(name for mine in by_whom for name in mine) == names
        assert sorted(taken) == names, "the bank has got each file once"
        for file in (outbox / TAKEN).glob("*"):
            file.unlink()  # a bank that keeps nothing
        assert not await hand_over_once(pool, outbox, names[0], files[names[0]])
        with pytest.raises(AnotherFile):
            await hand_over_once(pool, outbox, names[0], PaymentFile(f"{names[0]}.csv", b"other"))
        lock = "SELECT pg_advisory_xact_lock(hashtextextended('handed over ' || $1, 0))"
        async with pool.acquire() as other, other.transaction():
            await other.execute(lock, "B2208269999")
            one_more = PaymentFile("B2208269999.csv", b"x")
            with pytest.raises(AnotherClerk, match="another clerk"):
                await hand_over_once(pool, outbox, "B2208269999", one_more)
    assert not list(outbox.glob("B*"))


async def test_without_a_number_no_file_is_written_and_with_one_it_leaves_by_itself(
    settings: Settings, office: Office
) -> None:
    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        await connection.execute("DELETE FROM vault.city_accounts")
        office.city.ask(LINE_2022, AllocateBudget(document="1", amount=10**8), ON)
        await office.apply()
        await office.round()
        office.batch()
        await office.project()
        await office.round()
        for _ in range(2):
            assert await office.round() == []
        assert not list(office.outbox.glob("*"))
        assert await office.state() == "sending"
        (why,) = await files_not_written.listed(connection)
        assert (why.batch, why.code, why.detail) == (BATCH, "NO_NUMBER", "icbc-1234")

        await keep_numbers(settings)
        (confirm,) = await office.round()
        assert type(confirm.body).__name__ == "ConfirmSent"
        (file,) = office.outbox.glob("*.csv")
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
        account = cities().accounts["icbc-1234"]
        assert {row["付款账户"] for row in rows} == {invented_number(account)}
        assert {row["付款户名"] for row in rows} == {"铁岭市人力资源和社会保障局"}
        assert await files_not_written.listed(connection) == []
        assert await office.state() == "sent"
        facts = " ".join(map(str, office.city.ledger.facts))
        assert invented_number(account) not in facts
    finally:
        await connection.close()
