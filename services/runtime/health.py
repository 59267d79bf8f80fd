"""Health: a process touches a file while its event loop turns; a check looks at the file's age.

In:   the setting `health_file`; none, and nothing is written
Holds: a process that hangs is as unhealthy as one that ended
Source: docker-compose.yml
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.runtime.settings import Settings

_EVERY_SECONDS = 2.0


@asynccontextmanager
async def alive(settings: Settings) -> AsyncIterator[None]:
    """Show that we live for as long as the block lasts and the loop turns."""
    beat = asyncio.create_task(_beat(settings))
    try:
        yield
    finally:
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat


async def _beat(settings: Settings) -> None:
    while settings.health_file:
        _touch(settings.health_file)
        await asyncio.sleep(_EVERY_SECONDS)


def _touch(file: str) -> None:
    Path(file).touch()
