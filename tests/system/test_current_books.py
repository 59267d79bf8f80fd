"""Books of another version: whoever meets them says so at once, with what to do."""

import asyncio
import io

import asyncpg
import pytest
from rich.console import Console

from projections.engine import books
from projections.engine.books import ShapeDiffers
from projections.engine.migrate import migrate
from projections.engine.rebuild import rebuild
from services.cli.demo_screen import rebuild_if_needed
from services.flow import BY_NAME
from services.machine import process
from services.machine.current_books import await_current_books, require_current_books
from services.runtime.settings import Settings
from services.tools.operations.doctor import look
from tests.handmade_ledgers import paid_history, publish
from tests.whole_ledger import call

DEADLINE_SECONDS = 30


@pytest.fixture
async def old_books(settings: Settings) -> Settings:
    """A ledger with facts, whose books an earlier version has built and read into."""
    await migrate(settings.postgres_dsn)
    await publish(
        settings.kafka_bootstrap, settings.topics.ledger, paid_history(3).facts, settings.partitions
    )
    assert (await rebuild(settings)).swapped
    await changed(settings, "UPDATE books.read_models SET version = 0 WHERE name = 'instalments'")
    return settings


async def changed(settings: Settings, statement: str) -> None:
    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_who_meets_the_books_is_told_by_what_a_process_reads_and_writes() -> None:
    meets = {name for name, one in BY_NAME.items() if one.meets_books}
    assert meets == {"projector", "clerk", "web"}


async def test_all_say_it_until_a_rebuild_and_up_goes_on_after_it(
    old_books: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def consistent(*_: object) -> None:
        """The people of this ledger's facts were never in a vault."""

    monkeypatch.setattr(process, "configure", lambda *_: None)
    monkeypatch.setattr(process, "require_consistent_stores", consistent)
    for name in ("projector", "clerk", "web"):
        code = await asyncio.to_thread(process.run_process, name, old_books)
        said = capsys.readouterr().err
        assert code == process.EXIT_FAILED
        assert "1 个读模型与本版本不符：instalments。" in said
        assert "benefit-ledger rebuild" in said

    told = await call("periods", "list", settings=old_books)
    assert told.code != 0
    assert "benefit-ledger rebuild" in told.err + told.out
    bad = [one.detail async for one in look(old_books) if one.what == "账本"]
    assert len(bad) == 1
    assert "instalments" in bad[0]

    shown = io.StringIO()
    waiting = asyncio.create_task(
        await_current_books(old_books, Console(file=shown, width=200, highlight=False))
    )
    async with asyncio.timeout(DEADLINE_SECONDS):
        while "benefit-ledger rebuild" not in shown.getvalue():
            await asyncio.sleep(0.02)
        assert not waiting.done()
        assert (await rebuild(old_books)).swapped
        await waiting
    assert shown.getvalue().count("instalments") == 1


async def test_a_demo_rebuilds_what_an_earlier_version_has_played(old_books: Settings) -> None:
    shown = io.StringIO()
    await rebuild_if_needed(old_books, Console(file=shown, width=200))
    assert "instalments" in shown.getvalue()
    await require_current_books(old_books)


async def test_a_demo_stops_where_the_rebuilt_books_are_not_the_same(old_books: Settings) -> None:
    await changed(old_books, "UPDATE books.disbursements SET amount_fen = amount_fen + 1")
    with pytest.raises(ShapeDiffers):
        await rebuild_if_needed(old_books, Console(file=io.StringIO()))


async def test_books_that_have_read_nothing_are_made_anew(settings: Settings) -> None:
    await migrate(settings.postgres_dsn)
    await changed(
        settings, "DROP TABLE books.instalments; UPDATE books.read_models SET version = 0"
    )
    await migrate(settings.postgres_dsn)
    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        assert await books.differing(connection, books.LIVE) == []
        assert await connection.fetchval("SELECT count(*) FROM books.instalments") == 0
    finally:
        await connection.close()
