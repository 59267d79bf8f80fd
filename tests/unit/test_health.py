"""Health: a process that lives and turns touches its file again and again, and only then."""

import asyncio
import os
from pathlib import Path

import pytest

from services.runtime import health
from services.runtime.health import alive
from services.runtime.settings import Settings


async def test_a_process_touches_its_file_for_as_long_as_its_loop_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_EVERY_SECONDS", 0.01)
    file = tmp_path / "alive"
    async with alive(Settings(health_file=str(file))), asyncio.timeout(5):
        for _ in range(3):  # it comes back whenever it is gone
            while not file.exists():
                await asyncio.sleep(0.01)
            file.unlink()
    file.unlink(missing_ok=True)
    await asyncio.sleep(0.05)
    assert not file.exists()


async def test_without_a_file_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with alive(Settings()):
        await asyncio.sleep(0)
    assert not any(os.scandir(tmp_path))
