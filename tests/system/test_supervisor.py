"""The supervisor: what ends is started again, what is stuck is named, and nothing is left behind."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import orjson
import psutil
import pytest

from events import streams
from events.budgets import AllocateBudget
from events.codec import encode_command
from events.envelope import Asked
from projections.engine.migrate import migrate
from services.machine.connections import books as reading
from services.machine.running_ledger import running_processes
from services.machine.supervisor import ALARM_AFTER, Supervisor, environment
from services.runtime.embedded.home import free_port
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from tests.whole_ledger import ROOT, call, until

DEADLY = "7d1a2d8e-0000-5000-8000-00000000dead"
_BREAKS = f"""
import sys

if sys.argv[-1:] == ["desk"] or "desk" in sys.orig_argv:
    from events.invariants import BrokenInvariant
    from services.streams.store import StreamStore

    decide = StreamStore.decide

    def broken(self, asked, at):
        if asked.id == "{DEADLY}":
            raise BrokenInvariant("a test has broken this desk")
        return decide(self, asked, at)

    StreamStore.decide = broken
"""


def running(name: str, under: psutil.Process | None = None) -> list[psutil.Process]:
    """Find our children that run a process of the flow."""
    found = []
    for child in (under or psutil.Process()).children(recursive=True):
        try:
            if child.cmdline()[-2:] == ["run", name]:
                found.append(child)
        except psutil.Error:
            continue
    return found


pytestmark = pytest.mark.own_start


def gone(found: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in found)


def log_of(settings: Settings, name: str) -> str:
    log = settings.data_dir / "logs" / f"{name}.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


async def test_a_killed_process_is_started_again_and_does_its_work(settings: Settings) -> None:
    await migrate(settings.postgres_dsn)
    async with running_processes(settings, print, ("web",)) as (own, supervisor):

        async def serves() -> bool:
            try:
                _, writer = await asyncio.open_connection(own.web_host, own.web_port)
            except OSError:
                return False
            writer.close()
            return True

        await until("pages", serves)
        (first,) = running("web")
        first.kill()

        async def another() -> bool:
            return [one.pid for one in running("web")] not in ([], [first.pid])

        await until("another web process", another)
        await until("pages again", serves)
        assert supervisor.restarts == 1
    assert running("web") == []


async def test_three_ends_at_one_command_raise_an_alarm_that_names_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_BREAKS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    line = streams.fund_line("unemployment_insurance", "211202", 2022)
    now = datetime.now(UTC)
    asked = Asked(
        DEADLY, line, now, date(2022, 1, 1), "test", AllocateBudget(document="d", amount=1)
    )
    async with PacketSender.of(settings, "operator") as sender:
        await sender.send_all([(line, encode_command(asked))])
    alarms: list[str] = []
    async with Supervisor(settings, ("desk",), alarms.append):

        async def raised() -> bool:
            return bool(alarms)

        await until("an alarm", raised)
    assert DEADLY in alarms[0], alarms
    assert f"{ALARM_AFTER} times" in alarms[0]
    assert str(settings.data_dir / "logs" / "desk.log") in alarms[0]


async def test_a_process_that_cannot_start_is_told_without_a_command(settings: Settings) -> None:
    alarms: list[str] = []
    away = settings.model_copy(update={"postgres_dsn": "postgresql://postgres@127.0.0.1:1/x"})
    async with Supervisor(away, ("clerk",), alarms.append) as supervisor:

        async def raised() -> bool:
            return bool(alarms)

        await until("an alarm", raised)
        assert supervisor.restarts >= ALARM_AFTER - 1
    assert "no command (exit 75)" in alarms[0]
    assert "没有应答" in log_of(settings, "clerk")


@pytest.fixture
def own_ledger(place: Path) -> dict[str, str]:
    """Let a whole ledger of our own run on a directory of its own."""
    settings = Settings(data_dir=place / "own", partitions=2, web_port=free_port())
    return {
        name: value
        for name, value in environment(settings).items()
        if name not in ("BENEFIT_LEDGER_KAFKA_BOOTSTRAP", "BENEFIT_LEDGER_POSTGRES_DSN")
    }


@asynccontextmanager
async def up(
    env: dict[str, str], *before: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[psutil.Process]]]:
    """Run `benefit-ledger up` until it says where the pages are; nothing of it outlives the test."""
    process = await asyncio.create_subprocess_exec(
        *before,
        sys.executable,
        "-m",
        "services.cli",
        "up",
        cwd=ROOT,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    parent, family = psutil.Process(process.pid), list[psutil.Process]()
    try:
        assert process.stdout is not None
        said = b""
        async with asyncio.timeout(90):
            while b"Ctrl-C" not in said:
                more = await process.stdout.readline()
                assert more, said.decode()
                said += more
        assert f"http://127.0.0.1:{env['BENEFIT_LEDGER_WEB_PORT']}/" in said.decode()

        async def all_there() -> bool:
            names = [child.cmdline()[-1:] for child in parent.children(recursive=True)]
            return all([one] in names for one in ("intake", "desk", "projector", "clerk", "web"))

        await until("all processes", all_there)
        family = parent.children(recursive=True)
        yield process, family
    finally:
        if process.returncode is None:
            family = [*family, *parent.children(recursive=True)]
            process.kill()
            await process.wait()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()


async def ended(process: asyncio.subprocess.Process, family: list[psutil.Process]) -> int:
    """Wait until the parent and all that it started are gone."""
    async with asyncio.timeout(45):
        assert process.stdout is not None
        await process.stdout.read()
        code = await process.wait()

    async def all_gone() -> bool:
        return gone(family)

    await until("children gone", all_gone)
    return code


async def test_up_is_one_on_its_directory_and_leaves_nothing_however_it_ends(
    own_ledger: dict[str, str],
) -> None:
    async with up(own_ledger) as (process, family):
        second = await call("up", more=own_ledger)
        assert second.code == 1
        assert "已有另一个台账在运行" in second.err
        assert "BENEFIT_LEDGER_DATA_DIR" in second.err
        assert "Traceback" not in second.err
        os.kill(process.pid, signal.SIGTERM)
        assert await ended(process, family) == 0

    async with up(own_ledger) as (process, family):
        os.kill(process.pid, signal.SIGKILL)
        assert await ended(process, family) == -signal.SIGKILL

    background = ("sh", "-c", 'trap "" INT; exec "$@"', "a background job of a shell")
    async with up(own_ledger, *background) as (process, family):
        os.kill(process.pid, signal.SIGINT)
        assert await ended(process, family) == 0


_STUMBLES = """
import sys
from pathlib import Path

if "desk" in sys.orig_argv:
    from services.deciders.stream import Stream

    decide = Stream.decide

    def stumbling(self, asked, policies):
        if Path("{flag}").exists() and getattr(asked.body, "document", "") == "stumbles":
            raise ValueError("a test has broken this decider")
        return decide(self, asked, policies)

    Stream.decide = stumbling
"""


async def test_what_is_set_aside_is_listed_and_goes_on_in_order_when_resumed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "broken"
    flag.touch()
    (tmp_path / "sitecustomize.py").write_text(_STUMBLES.format(flag=flag))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    line = streams.fund_line("unemployment_insurance", "211202", 2022)
    now = datetime.now(UTC)
    documents = ("before", "stumbles", "behind")
    async with PacketSender.of(settings, "operator") as sender:
        for document in documents:
            body = AllocateBudget(document=document, amount=100)
            asked = Asked(str(uuid4()), line, now, date(2022, 1, 1), "test", body)
            await sender.send_all([(line, encode_command(asked))])
    await migrate(settings.postgres_dsn)
    alarms: list[str] = []
    async with (
        running_processes(settings, alarms.append, ("desk", "projector")),
        reading(settings.postgres_dsn) as books,
    ):

        async def set_aside() -> bool:
            return bool(await books.fetchval("SELECT count(*) = 2 FROM books.set_aside"))

        await until("two commands set aside", set_aside)
        listed = await call("set-aside", "list", settings=settings)
        assert listed.code == 0, listed
        assert "a test has broken this decider" in listed.out
        assert "排在搁置命令之后" in listed.out
        assert "搁置：1 个流等待处理" in (await call("doctor", settings=settings)).out

        flag.unlink()
        again = ("set-aside", "resume", line, "--reason", "已修复", "--operator", "li-jing")
        resumed = await call(*again, settings=settings)
        assert resumed.code == 0, resumed
        assert resumed.out == f"已恢复 {line}，重发 2 条命令。\n"

        async def all_allocated() -> bool:
            rows = await books.fetch(
                "SELECT body->>'document' AS document FROM books.facts"
                " WHERE type = 'BudgetAllocated' ORDER BY seq"
            )
            return tuple(row["document"] for row in rows) == documents

        await until("all allocated, in order", all_allocated)
        assert (await call("set-aside", "list", settings=settings)).out == "没有搁置的命令。\n"
        assert (await call(*again, settings=settings)).code == 1
    assert alarms == []


async def test_a_demo_ends_with_its_summary_as_json(own_ledger: dict[str, str]) -> None:
    """Of the month of a small city: the half year of the other is `test_demo_city`."""
    said = await call("demo", "--once", "--city", "210400", more=own_ledger, seconds=240)
    assert said.code == 0, said
    summary = orjson.loads(said.out.splitlines()[-1])
    assert summary["applications_decided"] == summary["applications_published"] > 10
    assert summary["reconciliation"]["injected_found_once"]
    assert summary["journal_balanced"]
