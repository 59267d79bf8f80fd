"""probes: whether the pages' process lives, and whether it can serve; without sign-in or figures."""

from http import HTTPStatus

import asyncpg
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from services.web.request.sources import Sources

router = APIRouter()
_SECONDS = 2.0


@router.get("/livez")
async def lives() -> PlainTextResponse:
    """Answer while the event loop turns."""
    return PlainTextResponse("ok")


@router.get("/readyz")
async def is_ready(request: Request) -> PlainTextResponse:
    """Answer 503 while the books cannot be read; why stands in the log, not here."""
    sources: Sources = request.app.state.sources
    try:
        async with sources.pool.acquire(timeout=_SECONDS) as db:
            await db.execute("SELECT 1", timeout=_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return PlainTextResponse("not ready", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse("ready")
