"""replay: the pages asked by a worker, in its own process: the same code, roles and rows as for a reader.

In:    a page that was asked for
Out:   the answer's status and headers; its bytes, as they come
Holds: nothing goes over a network; an answer that ends too early is none
Raises: HalfAnAnswer, and whatever the page could not turn into an answer
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers

from services.web.request.replayed import PageAsked, Replayed

_FORM = "application/x-www-form-urlencoded"
_HERE = "127.0.0.1"


class PageAnswer(NamedTuple):
    """What a page answered, before its bytes."""

    status: int
    headers: Headers


class HalfAnAnswer(Exception):
    """A page ended before its answer did: what there is of it is no file."""


async def replay(
    app: FastAPI, asked: PageAsked, job: Replayed, write: Callable[[bytes], Awaitable[None]]
) -> PageAnswer:
    """Ask a page once more; its bytes go to `write`.

    Raises: HalfAnAnswer, and whatever the page could not turn into an answer
    """
    address = urlsplit(asked.address)
    body = urlencode(asked.fields).encode() if asked.method == "POST" else b""
    cookies = "; ".join(f"{name}={value}" for name, value in asked.cookies.items())
    headers = {"host": _HERE, "sec-fetch-site": "same-origin", "content-length": str(len(body))}
    if cookies:
        headers["cookie"] = cookies
    if body:
        headers["content-type"] = _FORM
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": unquote(address.path),
        "raw_path": address.path.encode(),
        "query_string": address.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (_HERE, 0),
        "server": (_HERE, 80),
        **job.scope(),
    }
    found: list[PageAnswer] = []
    ended: list[bool] = []
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if not given:
            await asyncio.Event().wait()  # nobody goes away while the answer is written
        return given.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            found.append(PageAnswer(message["status"], Headers(raw=list(message["headers"]))))
            return
        await write(message.get("body", b""))
        ended.extend([True] if not message.get("more_body") else [])

    await app(scope, receive, send)
    if not ended:
        raise HalfAnAnswer
    return found[0]
