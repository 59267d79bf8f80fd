"""Health: a process that lives and turns is healthy, one that stands or ended is not."""

import asyncio
import os
import time
from pathlib import Path

from services.runtime.health import alive, is_healthy
from services.runtime.settings import Settings


async def test_a_living_process_is_healthy_and_one_that_stands_still_is_not(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    settings = Settings(health_file=str(file))
    assert not is_healthy(settings)
    async with alive(settings):
        async with asyncio.timeout(5):
            while not file.exists():
                await asyncio.sleep(0.01)
        assert is_healthy(settings)
    long_ago = time.time() - 60
    os.utime(file, (long_ago, long_ago))
    assert not is_healthy(settings)


async def test_without_a_file_nothing_is_written_and_nothing_is_healthy() -> None:
    async with alive(Settings()):
        assert not is_healthy(Settings())
