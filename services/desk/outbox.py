"""Outbox: send what committed facts ask of other streams, after the commit and in their order.

Holds: the acknowledged offset never passes a fact whose follow-ups are not acknowledged; the ledger
       itself is what is sent from again, so nothing is lost when the process ends in between
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from services.runtime.kafka.packets import PacketSender


class _Sending(NamedTuple):
    end: int
    task: "asyncio.Task[None]"


class Outbox:
    """The follow-ups of one partition that are on their way."""

    def __init__(self, sender: PacketSender, sent: int, unacknowledged_batches: int) -> None:
        self._sender = sender
        self._sent = sent
        self._limit = unacknowledged_batches
        self._sending: deque[_Sending] = deque()

    def collect_acknowledgements(self) -> int:
        """Take note of what has arrived; the ledger offset below which all is acknowledged.

        Raises: NotAcknowledged when one could not be sent
        """
        while self._sending and self._sending[0].task.done():
            arrived = self._sending.popleft()
            arrived.task.result()
            self._sent = max(self._sent, arrived.end)
        return self._sent

    def send(self, follow_ups: Sequence[tuple[str, bytes]], end: int) -> None:
        """Send the follow-ups of the facts before `end`; facts are put in ledger order."""
        if not follow_ups and not self._sending:
            self._sent = max(self._sent, end)
            return
        task = asyncio.create_task(self._sender.send_all(follow_ups))
        self._sending.append(_Sending(end, task))

    async def wait_for_room(self) -> None:
        """Wait while too much is under way.

        Raises: NotAcknowledged
        """
        while len(self._sending) > self._limit:
            await self._first_has_ended()

    async def wait_until_empty(self) -> None:
        """Wait until all is acknowledged.

        Raises: NotAcknowledged
        """
        while self._sending:
            await self._first_has_ended()

    async def _first_has_ended(self) -> None:
        await asyncio.wait([self._sending[0].task])  # who waits may give up, the sending goes on
        self.collect_acknowledgements()
