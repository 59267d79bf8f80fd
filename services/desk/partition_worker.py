"""Partition worker: one assigned partition in a desk: its owner, and the packets that wait for it.

In:   packets, in whatever order and completeness they are fed
Holds: feeding never waits, so one slow partition holds up no other; what is dropped here because
       the owner is not open yet, or too far behind, is read from the log by the owner itself
"""

import asyncio
import gc
from collections.abc import Callable

from services.desk.partition_owner import PartitionOwner
from services.desk.sender_check import Packet

_WAITING_BYTES = 8_000_000
_GATHER_SECONDS = 0.02
_MOST_GATHER_SECONDS = 0.1
"""An owner gathers for at least 20 ms, and for as long as its last transaction took. A transaction costs
desk and broker several milliseconds however little is in it, and the broker keeps the next one of a
partition waiting for 20 ms in any case; on a busy machine there are half as many, which spares broker
and disk what they lack."""

Failed = Callable[["PartitionWorker", BaseException], None]


class PartitionWorker:
    """A partition that this process has been assigned.

    `predecessor` is the closing of an earlier owner of the same partition in this process: the new one
    opens after it, because opening ends all older writers.
    """

    def __init__(
        self, owner: PartitionOwner, failed: Failed, predecessor: "asyncio.Task[None] | None"
    ) -> None:
        self.owner = owner
        self._failed = failed
        self._predecessor = predecessor
        self._waiting: list[Packet] = []
        self._bytes = 0
        self._missed = False
        self._wake = asyncio.Event()
        self._opened = False
        self.failure: BaseException | None = None
        """Why nothing is decided here until a person has looked; the other partitions go on."""
        self._work = asyncio.create_task(self._open_and_decide())

    @property
    def opened(self) -> bool:
        """Whether the owner decides what it is fed."""
        return self._opened

    def feed(self, packet: Packet) -> None:
        """Hand over one packet."""
        if self.failure is not None:
            return
        if self._opened and self._bytes < _WAITING_BYTES:
            self._waiting.append(packet)
            self._bytes += len(packet.raw)
        else:
            self._missed = True
        self._wake.set()

    def check_log(self) -> None:
        """Have the owner look into the log for what nobody has fed."""
        self._missed = True
        self._wake.set()

    async def pause(self) -> None:
        """Decide nothing more until `resume`; returns when the running transaction has ended."""
        self._waiting, self._bytes = [], 0
        await self.owner.pause()

    def resume(self) -> None:
        """Go on: the partition has stayed ours, and what came meanwhile is in the log."""
        self.owner.resume()
        self.check_log()

    async def close(self) -> None:
        """Let the partition go."""
        await self.owner.close()
        self._work.cancel()

    async def _open_and_decide(self) -> None:
        try:
            if self._predecessor is not None:
                await self._predecessor
            await self.owner.open()
            gc.freeze()  # what was folded stays: the collector need not walk over it again
            self._opened = True
            loop, gather = asyncio.get_running_loop(), _GATHER_SECONDS
            while True:
                await self._wake.wait()
                await asyncio.sleep(gather)
                began = loop.time()
                await self._decide_waiting()
                gather = min(max(_GATHER_SECONDS, loop.time() - began), _MOST_GATHER_SECONDS)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is ends the process, see `failed`
            self._failed(self, error)

    async def _decide_waiting(self) -> None:
        self._wake.clear()
        packets, self._waiting, self._bytes = self._waiting, [], 0
        missed, self._missed = self._missed, False
        if packets:
            await self.owner.decide(packets)
        if missed:
            await self.owner.catch_up()
