"""Wire: what lies between the processes and a server, and can be cut, or swallow what it is given.

Holds: a cut ends every connection and refuses new ones; a wire that swallows keeps them open, as a
       network does that has lost its way
"""

import asyncio
import contextlib


class Wire:
    """A way to a server on this machine, by another port."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._open: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more, and end those that are open."""
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        self._passing.set()
        await asyncio.sleep(0)

    async def cut(self, seconds: float) -> None:
        """Nobody reaches the server, and everybody notices."""
        await self.stop()
        await asyncio.sleep(seconds)
        await self.start(self.port)

    async def swallow(self, seconds: float) -> None:
        """Nobody reaches the server, and nobody is told."""
        self._passing.clear()
        await asyncio.sleep(seconds)
        self._passing.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            for one in (writer, back):
                self._open.discard(one)
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(1 << 16):
                await self._passing.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
