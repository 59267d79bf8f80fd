"""kept_forms: what was typed when a session was over, for its person alone, for a day.

In:   the token of a session that ran out, the form with that session's own secret
Out:  the form, once its person is signed in again
Holds: sealed; only who was signed in leaves anything here, and only a little; it is never acted on
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from services.runtime.vault.keys import AccessKey

KEPT = timedelta(hours=24)
LARGEST = 64 * 1024
_MOST = 20

_DROP_OLD = "DELETE FROM access.kept_forms WHERE ends_at <= $1"
_COUNT = "SELECT count(*) FROM access.kept_forms WHERE user_id = $1"
_KEEP = """
    INSERT INTO access.kept_forms (id, user_id, sealed, kept_at, ends_at) VALUES ($1, $2, $3, $4, $5)
"""
_FIND = "SELECT sealed FROM access.kept_forms WHERE id = $1 AND user_id = $2 AND ends_at > $3"
_DROP = "DELETE FROM access.kept_forms WHERE id = $1 AND user_id = $2"


class KeptForm(NamedTuple):
    """A form as it was sent: the path of its route, where to, the fields, the page it stood on."""

    route: str
    action: str
    fields: Sequence[tuple[str, str]]
    back: str


async def keep(db: Any, key: AccessKey, user: str, form: KeptForm, now: datetime) -> str | None:
    """Keep a form; its number, or None where it is too large or too many are kept."""
    plain = orjson.dumps(tuple(form))
    await db.execute(_DROP_OLD, now)
    if len(plain) > LARGEST or await db.fetchval(_COUNT, user) >= _MOST:
        return None
    number = f"F-{secrets.token_hex(12)}"
    await db.execute(_KEEP, number, user, key.sealer.seal(plain, _context(number)), now, now + KEPT)
    return number


async def find(db: Any, key: AccessKey, user: str, number: str, now: datetime) -> KeptForm | None:
    """A form that this person has left; None where there is none any more."""
    sealed = await db.fetchval(_FIND, number, user, now)
    if sealed is None:
        return None
    route, action, fields, back = orjson.loads(key.sealer.open(sealed, _context(number)))
    return KeptForm(route, action, [(name, value) for name, value in fields], back)


async def drop(db: Any, user: str, number: str) -> None:
    """Keep a form no longer."""
    await db.execute(_DROP, number, user)


def _context(number: str) -> bytes:
    return b"kept form:" + number.encode()
