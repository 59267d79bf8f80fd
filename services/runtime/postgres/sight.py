"""sight: what of the books and of the vault a request may see, told to every connection it uses.

In:   a sight, once it is known who asks
Out:  the role and the settings by which the database shows rows, for all that this request asks
Holds: a connection that was lent before any sight was set shows nothing but what is public; a sight
       belongs to one request, whatever connections it borrows, and ends with it
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from services.runtime.postgres import roles


class SessionSight(NamedTuple):
    """The districts (codes, with all that lies below written out), ``district/fund`` pairs or `*`, bank
    accounts and the user of one session; `everything` is no filter at all."""

    districts: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    user: str = ""
    everything: bool = False


NOTHING = SessionSight()
EVERYTHING = SessionSight(everything=True)
PUBLIC = SessionSight(districts=("public",))
"""What anybody sees who reads without signing in: what is published at present."""

_SEEN: ContextVar[SessionSight] = ContextVar("sight", default=NOTHING)

_TAKE = """
    SELECT set_config('role', $1, $6), set_config('benefit.districts', $2, $6),
           set_config('benefit.funds', $3, $6), set_config('benefit.accounts', $4, $6),
           set_config('benefit.user', $5, $6)"""


def see(sight: SessionSight) -> None:
    """Let this request see so much, on every connection that it borrows from now on."""
    _SEEN.set(sight)


@contextmanager
def seeing(sight: SessionSight) -> Iterator[None]:
    """See otherwise for a moment, for what says nothing of what it reads."""
    before = _SEEN.set(sight)
    try:
        yield
    finally:
        _SEEN.reset(before)


def seen() -> SessionSight:
    """What this request sees."""
    return _SEEN.get()


_PLANNED = (
    ", set_config('max_parallel_workers_per_gather', '0', $6)"
    ", set_config('plan_cache_mode', 'force_custom_plan', $6)"
)
"""How many districts a list names is guessed too high, so that workers, or a plan for any district, would
read a whole table where an index has the few rows."""


async def take(connection: Any, *, within_transaction: bool = False) -> None:
    """Let a connection show what this request sees; a pool does so for each that it lends (`setup`)."""
    sight = _SEEN.get()
    role = roles.WEB_ALL if sight.everything else roles.WEB
    lists = (sight.districts, sight.funds, sight.accounts)
    await connection.execute(
        _TAKE + (_PLANNED if sight.districts else ""),
        role,
        *map(",".join, lists),
        sight.user,
        within_transaction,
    )
