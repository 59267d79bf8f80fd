"""csrf: what was sent came from a form of ours, in this very session.

In:   a request that changes something; the session's own secret
Out:  nothing, or PageRefused
Holds: beside the origin, which every request shows: another site knows neither the secret nor the
       cookie; a secret of another session opens nothing
"""

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from services.web.request.cookies import same
from services.web.request.troubles import NOT_THIS_SESSION, PageRefused

FIELD = "csrf"
_HEADER = "x-csrf-token"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


async def check(request: Request, secret: str) -> None:
    """Let pass what carries the session's secret, in its form or, from script, in a header.

    Raises: PageRefused
    """
    if request.method in _READING:
        return
    if not same(await given(request), secret):
        raise PageRefused(NOT_THIS_SESSION)


async def given(request: Request) -> str:
    """The secret that a request carries; empty where it carries none."""
    header = request.headers.get(_HEADER)
    if header is not None:
        return header
    try:
        form = await request.form()
    except (HTTPException, RuntimeError, ClientDisconnect):
        return ""
    value = form.get(FIELD)
    return value if isinstance(value, str) else ""
