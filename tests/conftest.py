"""What every test may ask for: a real broker and a real database, fresh topics, a fresh database.

One broker and one database serve a whole run (a run with several workers has one pair each); tests
are kept apart by the prefix of their topics and by a database of their own. A server that does not
start fails the test and never skips it.

What is long begins first, so that several workers end together. `-m "not servers"` is what needs
neither broker nor database nor browser.

Properties try the same examples in every run, so that a run says something about the code and not
about luck. `EXPLORE=1 make test` tries others.
"""

import gc
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings as examples
from xdist.scheduler import LoadGroupScheduling

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics, delete_topics
from services.runtime.topics import Topics
from tests.ledger_writer import use_own_keys

use_own_keys()

examples.register_profile("repeatable", derandomize=True, deadline=None)
if not os.environ.get("EXPLORE"):
    examples.load_profile("repeatable")

_NUMBERS = itertools.count(1)
PARTITIONS = 4

_TESTS = Path(__file__).parent
_WITH_SERVERS = ("faults", "browser", "system")
"""Folders whose tests start servers or processes."""

_TOGETHER = ("tests/faults/", "tests/browser/", "tests/policies/test_goldens.py")
"""Of these, one worker does a whole file: its fixtures are dear, or it wants the processor."""

_LONGEST = (
    "test_demo_city.py",
    "test_batch_kills.py",
    "test_faults.py",
    "test_scenarios.py",
    "test_supervisor.py",
    "test_pages.py",
    "test_town.py",
    "test_prior_uses.py",
    "test_main_job.py",
    "test_projector_kill.py",
    "test_application_files.py",
    "test_acts.py",
    "test_demo_month.py",
)
"""Files with tests of ten seconds and more, in this order."""

_LONG_WITHOUT_SERVERS = (
    "test_goldens.py",
    "test_policies_cards.py",
    "test_mutants.py",
    "test_city_new.py",
    "test_nothing_of_a_city.py",
    "test_months.py",
    "test_code_mutants.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect without the garbage collector: it would walk ten thousand tests again and again."""
    del session
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs servers, keep together what shares much, and begin with what takes long."""
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        used = {"kafka", "postgres"} & set(getattr(item, "fixturenames", ()))
        if used or folder in _WITH_SERVERS:
            item.add_marker(pytest.mark.servers)
    items.sort(key=_turn)


class _FilesTogether(LoadGroupScheduling):  # type: ignore[misc]
    """Files that one worker does, told by their names: the names of groups that pytest-xdist 3.8
    adds to tests do not arrive where pytest is 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(_TOGETHER) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _FilesTogether:
    """Hand out tests in the order in which they were collected, some files as a whole."""
    return _FilesTogether(config, log)


def _turn(item: pytest.Item) -> tuple[bool, int]:
    without = item.get_closest_marker("servers") is None
    longest = _LONG_WITHOUT_SERVERS if without else _LONGEST
    name = item.path.name
    return without, longest.index(name) if name in longest else len(longest)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for servers of this test's own.

    It is none of pytest's: those are closed to other users whenever another run starts, and as
    root the database runs as another user.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-") as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """The directory of this run's servers."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as directory, Home(Path(directory)) as held:
        yield held


@pytest.fixture(scope="session")
def kafka(home: Home) -> Iterator[KafkaBroker]:
    """A running broker; `kafka.bootstrap` is its address."""
    broker = KafkaBroker(home, Settings().cache_dir)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def postgres(home: Home) -> Iterator[PostgresServer]:
    """A running database server; `postgres.dsn(name)` is the address of a database."""
    server = PostgresServer(home, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[str]:
    """The address of an empty database of this test's own."""
    name = f"test_{next(_NUMBERS)}"
    server = await asyncpg.connect(postgres.dsn(), timeout=10)
    try:
        await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield postgres.dsn(name)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture
async def topics(kafka: KafkaBroker) -> AsyncIterator[Topics]:
    """All topics of a ledger of this test's own, with `PARTITIONS` partitions each."""
    mine = Topics(f"t{os.getpid()}-{next(_NUMBERS)}.")
    await create_topics(kafka.bootstrap, PARTITIONS, topics=mine)
    yield mine
    await delete_topics(kafka.bootstrap, mine)


@pytest.fixture
def settings(
    kafka: KafkaBroker, topics: Topics, database: str, home: Home, tmp_path: Path
) -> Settings:
    """The settings of a ledger of this test's own, on the real broker and database."""
    return Settings(
        kafka_bootstrap=kafka.bootstrap,
        postgres_dsn=database,
        topic_prefix=topics.prefix,
        partitions=PARTITIONS,
        data_dir=tmp_path,
        web_port=0,
    )
