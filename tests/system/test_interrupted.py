"""Ctrl-C at any moment of a start: one sentence, no trace of a program, no silence."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from services.machine.supervisor import environment
from services.runtime.embedded.home import free_port
from services.runtime.settings import Settings
from tests.whole_ledger import ROOT

_RUNNING = ("BENEFIT_LEDGER_KAFKA_BOOTSTRAP", "BENEFIT_LEDGER_POSTGRES_DSN")


@pytest.fixture
def own_ledger(place: Path) -> dict[str, str]:
    """Let a whole ledger of our own run on a directory of its own."""
    settings = Settings(data_dir=place / "own", partitions=2, web_port=free_port())
    return {name: text for name, text in environment(settings).items() if name not in _RUNNING}


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.5, 3.0, 5.0])
async def test_an_interrupted_start_says_one_sentence(
    own_ledger: dict[str, str], seconds: float
) -> None:
    """From the first line of ours on; before it Python itself is starting."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "services.cli",
        "up",
        cwd=ROOT,
        env={**os.environ, **own_ledger},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        while b"services.cli.screen\n" not in await process.stderr.readline():
            assert process.returncode is None
        await asyncio.sleep(seconds)  # the moment is what is tried
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = (out + err).decode().splitlines()
    said = "\n".join(line for line in lines if not line.startswith("import time:"))
    assert said.count("已停止，数据都在。") == 1, said
    assert "Traceback" not in said
    assert process.returncode in (0, 130)
