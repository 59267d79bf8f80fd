"""keeping: a form that cannot be done right now is kept, and stands there again, filled.

In:   a form of a session that ran out, or one that needs a code first
Out:  the address where it stands again, for its person alone
Holds: it is never done by itself; files are not kept
"""

from datetime import UTC, datetime

from fastapi import Request

from services.sign_in import kept_forms
from services.sign_in.entrance import Entrance
from services.sign_in.kept_forms import KeptForm
from services.web.acts.forms import typed
from services.web.request import cookies, csrf
from services.web.request.sources import Sources


async def keep_late(request: Request, back: str) -> str | None:
    """Keep what was sent in a session that has run out by itself; its address, or None.

    Only who shows that session's token and its secret may leave anything here.
    """
    sources: Sources = request.app.state.sources
    token = cookies.read(request, cookies.SESSION)
    if sources.sign_in is None or not token:
        return None
    lately = await sources.sign_in.sessions.lately(token)
    if lately is None or not cookies.same(await csrf.given(request), lately.csrf):
        return None
    now = datetime.now(UTC)
    if now - lately.over_at > kept_forms.KEPT:
        return None
    return await keep(request, sources.sign_in, lately.user, back)


async def keep(request: Request, entrance: Entrance, user: str, back: str) -> str | None:
    """Keep what somebody has sent; where it stands again, or None where it is too much."""
    route = getattr(request.scope.get("route"), "path", "")
    action = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    fields = [(name, value) for name, value in await typed(request) if name != csrf.FIELD]
    form = KeptForm(route, action, fields, back)
    number = await kept_forms.keep(entrance.pool, entrance.key, user, form, datetime.now(UTC))
    return f"/kept/{number}" if number else None
