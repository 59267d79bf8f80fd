"""Web pages over books: a database made of facts, a client of the pages over it, what staff send.

Tests make their books once a module with `books_of`, and open the pages over them with `web_pages`.
"""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute

from events.envelope import Recorded
from policies.engine.registry import Policies
from projections.engine.migrate import migrate
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.postgres import roles, sight
from services.web.acts.forms import KeptForms
from services.web.app import create_app
from services.web.reconciliation.matchings import Matchings
from services.web.request.sources import Sources
from tests.browser import city
from tests.given_when_then import policies

ADDRESS = "http://127.0.0.1"
_PROJECT_SECONDS = 120


class WebPages(NamedTuple):
    """The pages over one database, and the commands that were sent from them, oldest first."""

    http: httpx.AsyncClient
    app: FastAPI
    sent: list[dict[str, Any]]


def books_of(
    postgres: PostgresServer, name: str, facts: Iterable[Recorded], rows: Sequence[str] = ()
) -> str:
    """Project facts into a new database, and insert rows beside them; its address."""
    dsn = postgres.dsn(name)

    async def make() -> None:
        server = await asyncpg.connect(postgres.dsn())
        await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        await server.close()
        await migrate(dsn)
        await city.project(dsn, facts)
        books = await asyncpg.connect(dsn)
        for statement in rows:
            await books.execute(statement)
        await books.close()

    with ThreadPoolExecutor(1) as elsewhere:  # this thread may have a loop of its own
        elsewhere.submit(asyncio.run, make()).result(_PROJECT_SECONDS)
    return dsn


@asynccontextmanager
async def web_pages(
    dsn: str,
    acting_as: str = "",
    *,
    law: Policies | None = None,
    least_connections: int = 1,
    **sources: Any,
) -> AsyncIterator[WebPages]:
    """Open the pages over a database; `sources` are parts of `Sources` that a test gives."""
    sent: list[dict[str, Any]] = []

    async def send(asked: Sequence[tuple[str, bytes]]) -> None:
        sent.extend(orjson.loads(raw) for _, raw in asked)

    async with asyncpg.create_pool(
        dsn,
        min_size=least_connections,
        max_size=3,
        setup=sight.take,
        server_settings=roles.settings_of("web", roles.WEB),
    ) as pool:
        given = {
            "node_modules": Path("node_modules"),
            "names": city.names_of,
            "send": send,
            "wait_seconds": 0,
            **sources,
        }
        with an_app(Sources(pool, law or policies(), **given)) as app:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url=ADDRESS,
                cookies={"acting_as": acting_as} if acting_as else None,
                headers={"origin": ADDRESS},
            ) as http:
                yield WebPages(http, app, sent)


_IDLE: list[FastAPI] = []


@contextmanager
def an_app(sources: Sources) -> Iterator[FastAPI]:
    """The pages over what a test gives; putting two hundred routes together takes a fifth of a second,
    so that an app that no test uses any more is used again."""
    fresh = create_app(sources) if sources.host_names or not _IDLE else _IDLE.pop()
    fresh.state.sources = sources
    fresh.state.kept, fresh.state.matchings = KeptForms(), Matchings()
    yield fresh
    if not sources.host_names:
        _IDLE.append(fresh)


@cache
def pages_alone() -> FastAPI:
    """The pages over no books, for what is asked of their addresses alone."""
    return create_app(Sources(None, policies(), Path("node_modules")))  # type: ignore[arg-type]


def routes(app: FastAPI, method: str = "") -> Iterator[APIRoute]:
    """Every route of the pages, those of their routers among them; of one method, if it is named."""
    for held in app.routes:
        own = getattr(held, "original_router", None)
        for route in own.routes if own is not None else [held]:
            if isinstance(route, APIRoute) and (not method or method in (route.methods or ())):
                yield route


async def csv_rows(http: httpx.AsyncClient, path: str) -> list[list[str]]:
    """Read an export: its header, its rows, its totals where it has any."""
    answer = await http.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text[:400]}"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def csv_records(http: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    """Read an export by its header; the last record has the totals where there are any."""
    header, *rows = await csv_rows(http, path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def said(text: str) -> list[str]:
    """The words of a page, without the numbers of facts and entries, which every ledger has anew."""
    main = re.search(r"(?s)<main.*?</main>", text)
    assert main is not None
    plain = re.sub(r"J-\d+-\d+|ledger \d+/\d+|事实 \d+|已知至 [\d: -]+", "", main[0])
    return [line for line in re.sub(r"<[^>]+>", "\n", plain).splitlines() if line.strip()]


def fen(text: str) -> int:
    """Read an exported amount; an empty cell is nothing."""
    return round(float(text.replace(",", "")) * 100) if text else 0
