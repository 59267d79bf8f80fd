"""Serving: an application on a socket of its own until its process is told to stop.

Holds: whoever runs the process listens to signals; open answers get the time that the config gives
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from services.runtime.errors import NotConfigured


def bound_socket(host: str, port: int) -> socket.socket:
    """Take a port; nothing is listened for yet.

    Raises: OSError
    """
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    return taken


async def serve_until(
    config: uvicorn.Config,
    listening: socket.socket,
    stop: asyncio.Event,
    ready: asyncio.Future[str] | None,
    what: str,
    setting: str,
) -> None:
    """Serve until told to stop; `ready` gets the address.

    Raises: NotConfigured where the certificate of `what`, or its key, cannot be read; it names `setting`
    """
    server = _WithoutSignals(config)
    try:
        config.load()
    except OSError as error:
        raise NotConfigured(
            f"{what}的证书或私钥读不了：{error}。",
            f"请核对 {setting} 和 …_CERTIFICATE_KEY，均为 PEM。",
        ) from error
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    stopping = asyncio.create_task(stop.wait())
    host, port = listening.getsockname()[:2]
    if ready is not None and not ready.done():
        scheme = "https" if config.is_ssl else "http"
        ready.set_result(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


class _WithoutSignals(uvicorn.Server):
    """uvicorn without signal handlers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
