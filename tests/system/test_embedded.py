"""The embedded broker and database: started, found again, killed, left over, in the way."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from services.runtime import errors
from services.runtime.embedded import child as embedded_child
from services.runtime.embedded.home import Home, free_port
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.embedded.servers import embedded
from services.runtime.seals.key_files import make_keys
from services.runtime.settings import Settings
from services.runtime.topic_admin import check_topics, create_topics, unflushed
from services.runtime.topics import Topics, planned_topics
from services.runtime.vault import make_key_file

# A parent that starts both servers, names them and then waits until it is ended.
_PARENT = """
import asyncio, sys
from pathlib import Path
from services.runtime.embedded.servers import embedded

async def main():
    async with embedded(Path(sys.argv[1])) as servers:
        print(servers.kafka.pid, servers.postgres.pid, flush=True)
        await asyncio.Event().wait()

try:
    asyncio.run(main())
except asyncio.CancelledError:
    sys.exit(3)
"""


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@contextmanager
def parent_on(
    home: Path, *before: str
) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A process that runs both servers; however the test ends, nothing of it is left."""
    parent = subprocess.Popen(
        [*before, sys.executable, "-c", _PARENT, str(home)], stdout=subprocess.PIPE, text=True
    )
    children: list[psutil.Process] = []
    assert parent.stdout is not None
    try:
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(children) == 2
        yield parent, children
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


async def write(bootstrap: str, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with asyncio.timeout(20), consumer:
        return sorted([(await consumer.getone()).value for _ in range(count)])


async def test_what_was_written_is_there_after_a_second_start_and_the_addresses_are_told(
    place: Path,
) -> None:
    async with embedded(place) as servers:
        await create_topics(servers.kafka_bootstrap, 2)
        await write(servers.kafka_bootstrap, "ledger", b"a fact")
        database = await asyncpg.connect(servers.postgres_dsn)
        await database.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')")
        await database.close()
        found = Settings(data_dir=place)
        assert found.kafka_bootstrap == servers.kafka_bootstrap
        assert found.postgres_dsn == servers.postgres_dsn
        first = servers

    assert Settings(data_dir=place).kafka_bootstrap == "127.0.0.1:9092"
    async with embedded(place) as servers:
        assert servers[:2] == first[:2]
        assert await read(servers.kafka_bootstrap, "ledger", 1) == [b"a fact"]
        database = await asyncpg.connect(servers.postgres_dsn)
        assert await database.fetchval("SELECT word FROM kept") == "kept"
        await database.close()


async def test_a_killed_broker_keeps_what_it_acknowledged_and_comes_back_on_its_port(
    place: Path,
) -> None:
    with Home(place) as home:
        broker = KafkaBroker(home, Settings().cache_dir)
        try:
            broker.start()
            before = broker.pid, broker.bootstrap
            await create_topics(broker.bootstrap, 2)
            await write(broker.bootstrap, "commands", b"1", b"2", b"3")
            broker.kill()
            assert broker.pid is None
            broker.start()
            assert broker.pid != before[0]
            assert broker.bootstrap == before[1]
            assert await read(broker.bootstrap, "commands", 3) == [b"1", b"2", b"3"]
        finally:
            broker.stop()


async def test_a_killed_database_keeps_what_it_committed(place: Path) -> None:
    with Home(place) as home:
        server = PostgresServer(home)
        try:
            server.start()
            connection = await asyncpg.connect(server.dsn())
            await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
            server.kill()
            server.start()
            connection = await asyncpg.connect(server.dsn())
            assert await connection.fetchval("SELECT n FROM kept") == 1
            await connection.close()
        finally:
            server.stop()


async def test_only_who_knows_the_password_may_connect(postgres: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host="127.0.0.1", port=postgres.port, user="postgres", password="guessed"
        )


async def test_both_servers_end_when_their_parent_is_killed_and_the_home_can_be_used_again(
    place: Path,
) -> None:
    with parent_on(place) as (parent, children):
        parent.kill()
        parent.communicate()
        await until(lambda: all_gone(children))
    async with embedded(place) as servers:
        assert servers.kafka.pid
        assert servers.postgres.pid


IGNORING = ("sh", "-c", 'trap "" INT; exec "$@"', "a background job of a shell")
"""How a shell without job control starts what stands before an ampersand."""


@pytest.mark.parametrize(
    ("how", "before"), [(signal.SIGTERM, ()), (signal.SIGINT, ()), (signal.SIGINT, IGNORING)]
)
async def test_a_terminated_parent_stops_both_servers_before_it_ends(
    place: Path, how: signal.Signals, before: tuple[str, ...]
) -> None:
    with parent_on(place, *before) as (parent, children):
        parent.send_signal(how)
        parent.communicate(timeout=30)
        assert all_gone(children)
    assert not (place / "servers.json").exists()
    assert not (place / "postgres/data/postmaster.pid").exists()


async def test_a_server_that_was_left_over_is_ended_before_the_next_start(place: Path) -> None:
    with Home(place) as home:
        left_over = PostgresServer(home)
        left_over.start()
        pid = left_over.pid
        assert pid
        # a new parent on the same home, which knows only what is on the disk
        server = PostgresServer(home, port=0)
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        left_over.kill()  # nothing is left to kill; its number is collected
        try:
            server.start()
        finally:
            server.stop()


async def test_a_stale_lock_with_the_number_of_another_program_is_in_nobodys_way(
    place: Path,
) -> None:
    with Home(place) as home:
        server = PostgresServer(home)
        server.start()
        server.stop()
        lock = place / "postgres/data/postmaster.pid"
        lock.write_text(
            f"{os.getppid()}\n{lock.parent}\n1700000000\n5432\n\n127.0.0.1\n1 1\nready\n"
        )
        try:
            server.start()
        finally:
            server.stop()
    assert psutil.pid_exists(os.getppid())


async def test_a_server_that_ends_by_itself_ends_the_block_with_its_reason(place: Path) -> None:
    async def run_until_it_ends() -> None:
        async with asyncio.timeout(120), embedded(place) as servers:
            assert servers.postgres.pid
            os.kill(servers.postgres.pid, signal.SIGKILL)
            await asyncio.Event().wait()

    with pytest.raises(errors.ServerEnded, match="PostgreSQL 在使用中退出"):
        await run_until_it_ends()
    assert not (place / "servers.json").exists()


async def test_a_second_ledger_on_the_same_home_is_told_who_is_there(place: Path) -> None:
    with Home(place), pytest.raises(errors.HomeInUse, match=f"process {os.getpid()}"):
        async with embedded(place):
            pass


async def test_a_port_that_is_taken_is_named_with_the_program_that_has_it(place: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings(data_dir=place, kafka_port=port)
        with pytest.raises(errors.PortTaken, match=rf"{port}.*process {os.getpid()}"):
            async with embedded(place, settings=settings):
                pass


def test_a_full_disk_is_noticed_before_anything_starts(place: Path) -> None:
    home = Home(place, needed_bytes=2**62)
    with pytest.raises(errors.DiskFull, match="空间不足"):
        home.__enter__()
    with Home(place):  # and it leaves no lock behind
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that end with a process")
def test_a_port_that_one_process_has_chosen_no_other_takes() -> None:
    port = free_port()
    asks = f"from services.runtime.embedded import home; print(home._is_chosen_by_us({port}))"
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as mine:
        mine.bind(("127.0.0.1", free_port()))


async def test_topics_are_created_once_and_another_count_is_refused(
    kafka: KafkaBroker, topics: Topics
) -> None:
    assert await create_topics(kafka.bootstrap, 4, topics=topics) == []
    await check_topics(kafka.bootstrap, 4, topics=topics)
    with pytest.raises(errors.TopicDiffers, match="4 partitions, not 5"):
        await check_topics(kafka.bootstrap, 5, topics=topics)
    with pytest.raises(errors.TopicsMissing, match=r"nowhere\.commands"):
        await check_topics(kafka.bootstrap, 4, topics=Topics("nowhere."))


async def test_a_broker_that_is_away_is_named() -> None:
    with pytest.raises(errors.BrokerAway, match=r"127\.0\.0\.1:1"):
        await check_topics("127.0.0.1:1", 4)


def test_one_node_flushes_what_may_never_be_lost_and_a_cluster_keeps_two_copies() -> None:
    one = {topic.name: topic.configs for topic in planned_topics(Topics(), 12, 1)}
    three = {topic.name: topic.configs for topic in planned_topics(Topics(), 12, 3)}
    flushed = {name for name, configs in one.items() if "flush.messages" in configs}
    assert flushed == {*Topics()} - {"standings"}
    assert {configs.get("min.insync.replicas") for configs in three.values()} == {"2"}
    assert three["ledger"]["cleanup.policy"] == "delete"
    assert three["ledger"]["retention.ms"] == "-1"


async def test_on_one_node_everything_acknowledged_is_flushed_and_older_topics_learn_it(
    kafka: KafkaBroker, topics: Topics
) -> None:
    """A power cut takes what only the page cache has."""
    assert await unflushed(kafka.bootstrap, 1, topics) == []
    older = topics.inbound["applications"]

    async def loose(wanted: list[str]) -> None:
        async with asyncio.timeout(20):
            while await unflushed(kafka.bootstrap, 1, topics) != wanted:
                await asyncio.sleep(0.1)

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        mine = {"retention.ms": "1234567", "cleanup.policy": "delete"}
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, older, {**mine, **_SAFE})]
        )
        await loose([older])  # a broker learns of a change a moment after its controller
        assert await create_topics(kafka.bootstrap, 4, topics=topics) == []
        await loose([])
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, older)])
        found = {entry[0]: entry[1] for entry in answer.resources[0][4]}
        assert found["retention.ms"] == "1234567", "what its operator has set stays"
    finally:
        await admin.close()


_SAFE = {"unclean.leader.election.enable": "false"}


async def test_nobody_else_on_the_machine_can_read_what_a_ledger_keeps(place: Path) -> None:
    home = place / "ledger"
    home.mkdir(mode=0o755)  # an older version made it so
    before = os.umask(0o022)
    try:
        async with embedded(home) as servers:
            await create_topics(servers.kafka_bootstrap, 2)
            await write(servers.kafka_bootstrap, "benefits.applications.v1", b"a message")
            make_key_file(home / "vault.key")
            make_keys(home / "keys")
            segments = list((home / "kafka" / "data").glob("benefits.applications.v1-*/*.log"))
            assert segments
            secrets = [home / "vault.key", *(home / "keys").glob("*/*.key")]
            for path in (*segments, *secrets, home / "kafka" / "server.log"):
                assert path.stat().st_mode & 0o077 == 0, path
            # as root the database's own account must pass, and nobody else
            assert home.stat().st_mode & 0o007 == 0
            assert home.stat().st_mode & 0o070 in (0, 0o010)
            if os.geteuid() != 0:
                assert home.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


_SERVER = """
import sys, time
began = time.monotonic()
while time.monotonic() - began < float(sys.argv[2]):
    if sys.argv[1] == "recovers":
        sum(range(100_000))
    else:
        time.sleep(0.05)
open(sys.argv[3], "w").close()
time.sleep(60)
"""


@pytest.mark.parametrize(("does", "lives"), [("recovers", True), ("hangs", False)])
def test_a_server_is_given_time_as_long_as_it_gets_on(
    place: Path, monkeypatch: pytest.MonkeyPatch, does: str, lives: bool
) -> None:
    """After a crash Kafka reads its segments again, however many there are."""
    monkeypatch.setattr(embedded_child, "_WORKING_CPU_SECONDS", 0.05)
    mark = place / "ready"
    child = embedded_child.Child("Kafka", place, mark)
    command = [sys.executable, "-c", _SERVER, does, "3", str(mark)]
    child.start(command, on_parent_death=signal.SIGKILL)
    try:
        if lives:
            child.wait_until(mark.exists, timeout_seconds=1.0)
        else:
            with pytest.raises(errors.ServerEnded, match="没有进展"):
                child.wait_until(mark.exists, timeout_seconds=1.0)
            assert child.pid is None
    finally:
        child.kill()
