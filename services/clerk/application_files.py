"""Application files: a released file of applications, opened once more and published message by message.

In:   what was released; the file from the vault; the policies
Out:  records on `benefits.applications.v1`, then the command that says so
Holds: what is published is exactly what was released, or nothing at all; it is confirmed only when every
       message is acknowledged. Published twice, the second time changes nothing
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import asyncpg
import structlog

from events.days import legal_day
from policies.engine.registry import Policies
from projections.queries import application_files
from projections.queries.application_files import ApplicationFileRow
from services.application_files.checking import CheckedApplications, check
from services.application_files.publishing import confirm, messages
from services.runtime.kafka.inbound_topics import InboundMessage
from services.runtime.kafka.packets import PacketSender
from services.runtime.vault import Vault

AGAIN_AFTER = timedelta(minutes=1)
_SLICE = 1_000

log = structlog.get_logger("clerk")

Publish = Callable[[Sequence[InboundMessage]], Awaitable[None]]


class FileNotAsReleased(Exception):
    """The file is not in the vault, or reads otherwise than when it was released."""


class ApplicationPublisher:
    """Publishes released files; remembers which it has published lately."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        vault: Vault,
        policies: Policies,
        publish: Publish,
        sender: PacketSender,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._policies = policies
        self._publish = publish
        self._sender = sender
        self._published: dict[str, datetime] = {}

    async def round(self, now: datetime) -> int:
        """Publish what is released; how many messages were.

        Raises: BrokerAway, NotAcknowledged
        """
        published = 0
        for released in await application_files.released(self._pool):
            last = self._published.get(released.number)
            if last is None or now - last >= AGAIN_AFTER:
                self._published[released.number] = now
                published += await self._file(released, now)
        return published

    async def _file(self, released: ApplicationFileRow, now: datetime) -> int:
        try:
            checked = await self._opened(released)
        except FileNotAsReleased as error:
            # this file waits for a person; everything else goes on
            log.error("applications not published", number=released.number, why=str(error))
            return 0
        ready = messages(checked)
        for start in range(0, len(ready), _SLICE):
            await self._publish(ready[start : start + _SLICE])
        await self._sender.send_commands([confirm(checked, legal_day(now), now)])
        log.info("applications published", number=released.number, applications=len(ready))
        return len(ready)

    async def _opened(self, released: ApplicationFileRow) -> CheckedApplications:
        """Read a released file anew.

        Raises: FileNotAsReleased
        """
        file = await self._vault.load_file(released.file_digest)
        if file is None:
            raise FileNotAsReleased("the file is not in the vault")
        checked = await asyncio.to_thread(
            check, file.content, released.source, released.region, self._policies, released.held_on
        )
        if checked.digest != released.digest:
            raise FileNotAsReleased("it reads otherwise now: hand it in anew")
        return checked
