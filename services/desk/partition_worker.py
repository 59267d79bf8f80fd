"""Seat: one assigned partition in a desk: its book, and the packets that wait for it.

In:   packets, in whatever order and completeness they are fed
Holds: feeding never waits, so one slow partition holds up no other; what is dropped here because
       the book is not open yet, or too far behind, is read from the log by the book itself
"""

import asyncio
import gc
from collections.abc import Callable

from services.desk.gate import Packet
from services.desk.partition_owner import Book

_WAITING_BYTES = 8_000_000
_GATHER_SECONDS = 0.02
_MOST_GATHER_SECONDS = 0.1
"""A book gathers for at least 20 ms, and for as long as its last transaction took. A transaction costs
desk and broker several milliseconds however little is in it, and the broker keeps the next one of a
partition waiting for 20 ms in any case; on a busy machine there are half as many, which spares broker
and disk what they lack."""

Failed = Callable[["Seat", BaseException], None]


class Seat:
    """A partition that this process has been assigned.

    `before` is the leaving of an earlier book of the same partition in this process: the new one
    opens after it, because opening ends all older writers.
    """

    def __init__(self, book: Book, failed: Failed, before: "asyncio.Task[None] | None") -> None:
        self.book = book
        self._failed = failed
        self._before = before
        self._waiting: list[Packet] = []
        self._bytes = 0
        self._missed = False
        self._bell = asyncio.Event()
        self._opened = False
        self.trouble: BaseException | None = None
        """Why nothing is decided here until a person has looked; the other partitions go on."""
        self._work = asyncio.create_task(self._open_and_decide())

    @property
    def opened(self) -> bool:
        """Whether the book decides what it is fed."""
        return self._opened

    def feed(self, packet: Packet) -> None:
        """Hand over one packet."""
        if self.trouble is not None:
            return
        if self._opened and self._bytes < _WAITING_BYTES:
            self._waiting.append(packet)
            self._bytes += len(packet.raw)
        else:
            self._missed = True
        self._bell.set()

    def look(self) -> None:
        """Have the book look into the log for what nobody has fed."""
        self._missed = True
        self._bell.set()

    async def rest(self) -> None:
        """Decide nothing more until `resume`; returns when the running transaction has ended."""
        self._waiting, self._bytes = [], 0
        await self.book.rest()

    def resume(self) -> None:
        """Go on: the partition has stayed ours, and what came meanwhile is in the log."""
        self.book.resume()
        self.look()

    async def leave(self) -> None:
        """Let the partition go."""
        await self.book.idle()
        self._work.cancel()

    async def _open_and_decide(self) -> None:
        try:
            if self._before is not None:
                await self._before
            await self.book.open()
            gc.freeze()  # what was folded stays: the collector need not walk over it again
            self._opened = True
            loop, gather = asyncio.get_running_loop(), _GATHER_SECONDS
            while True:
                await self._bell.wait()
                await asyncio.sleep(gather)
                began = loop.time()
                await self._decide_waiting()
                gather = min(max(_GATHER_SECONDS, loop.time() - began), _MOST_GATHER_SECONDS)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is ends the process, see `failed`
            self._failed(self, error)

    async def _decide_waiting(self) -> None:
        self._bell.clear()
        packets, self._waiting, self._bytes = self._waiting, [], 0
        missed, self._missed = self._missed, False
        if packets:
            await self.book.decide(packets)
        if missed:
            await self.book.catch_up()
