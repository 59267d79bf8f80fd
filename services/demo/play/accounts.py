"""Accounts: four people who may sign in, made before the first day, in whose sessions the staff act.

In:   a running ledger; the city's script, which says who they are
Out:  facts about users; sessions; when all is played, each one's password and device, this once
Holds: the ledger is asked as by an operator, and decides by these roles from then on; nobody can
       sign in until the play is over, and what is shown then is shown never again
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID, uuid5

from asyncpg import Pool, Record

from events import streams
from events.authority import Authority, RoleGrant
from events.envelope import Asked
from events.ids import by_staff
from events.users import AddUser
from policies.access import access
from policies.cities import Cities
from policies.vocabulary.places import lies_in
from projections.queries import users
from services.demo.cast.calendar import at
from services.demo.cast.city import PlayedCity
from services.runtime.kafka.packets import PacketSender
from services.runtime.vault.keys import AccessKey
from services.sign_in import accounts, one_time_codes, passwords, sessions
from services.sign_in.session_rules import SessionLimits
from services.sign_in.signing_in import secret_context

BY = "demo"
"""Who adds the users, and opens and ends their sessions."""

ROLES = {
    "maker": ("finance",),
    "checker": ("checker", "operator"),
    "reviewer": ("reviewer", "operator"),
    "auditor": ("auditor", "administrator"),
}
"""In which roles each of them acts. Two register what people bring: whoever proposes an account or takes an
objection does not judge it."""

_NAMESPACE = UUID("8b0f7d5e-6a0c-5c1b-9a5e-2f4d7c1e0a96")
_HERE = "127.0.0.1"

TAKEN_UP = "SELECT count(*) FROM books.facts WHERE type = 'SignInRequired'"
"""How many partitions take of the pages only what somebody who has signed in asks."""

ADDED = "SELECT count(*) FROM books.users WHERE user_id = ANY($1)"
"""How many of some users stand in the books."""


class DemoAccount(NamedTuple):
    """One account as it is shown, once; without a password where it was shown before."""

    user: str
    name: str
    roles: str
    password: str = ""
    secret: str = ""


def grants(city: PlayedCity, served: Cities) -> dict[str, tuple[str, tuple[RoleGrant, ...]]]:
    """For which region each of the four works, and what they may do there.

    Shape: whoever sees the system as a whole sees every district of the ledger
    """
    whole = next(
        region
        for region in (city.code, f"{city.code[:2]}0000", "")
        if all(lies_in(one.code, region) for one in served) or not region
    )
    staff, found = city.script.staff.model_dump(), {}
    for part, roles in ROLES.items():
        everything = part == "auditor" and whole
        districts = () if everything else ((city.code,),)
        found[staff[part]] = (
            whole if everything else city.code,
            tuple(RoleGrant(role, *districts) for role in roles),
        )
    return found


async def add_users(
    sender: PacketSender, city: PlayedCity, served: Cities, pool: "Pool[Record]"
) -> list[str]:
    """Ask the ledger that the four may sign in, and have an account for each that nobody can open yet."""
    first_day = city.script.calendar.opened_on
    asked = []
    for user, (region, own) in grants(city, served).items():
        name, now = f"{city.code}|{user}", at(first_day).astimezone(UTC)
        body = AddUser(user=user, region=region, grants=own, by=BY)
        number = str(uuid5(_NAMESPACE, name))
        asked.append(Asked(number, streams.user(user), now, first_day, by_staff(BY), body))
        called = city.staff.get(user, user)
        await accounts.add(pool, user, called, None, BY, datetime.now(UTC))
    await sender.send_commands(asked)
    return [one.body.user for one in asked if isinstance(one.body, AddUser)]


class PlaySessions:
    """One session of each of the four, for as long as the play lasts."""

    def __init__(self, pool: "Pool[Record]") -> None:
        self._pool = pool
        self._open: dict[str, Authority] = {}

    @classmethod
    @asynccontextmanager
    async def over(cls, pool: "Pool[Record]") -> AsyncIterator[Self]:
        """PlaySessions that end with the play, however it ends."""
        own = cls(pool)
        try:
            yield own
        finally:
            await own.end()

    async def open(self, names: list[str]) -> None:
        """Open them, each with the roles that stand in the books."""
        kept = sessions.StoredSessions(self._pool, SessionLimits())
        for user in names:
            now = datetime.now(UTC)
            token = await sessions.open_session(
                self._pool, user, _HERE, "benefit-ledger demo", now, SessionLimits()
            )
            found = await kept.find(token, _HERE, now)
            assert found is not None, "it was opened just now"
            own = await users.grants_of(self._pool, user)
            self._open[user] = Authority(found.session, own)

    def of(self, user: str) -> Authority:
        """In whose session and roles somebody asks."""
        return self._open[user]

    async def end(self) -> None:
        """End them all."""
        for authority in self._open.values():
            why = f"{sessions.ENDED}:{BY}"
            now = datetime.now(UTC)
            await sessions.end_one(self._pool, authority.session, None, now, why)


async def handed_out(
    pool: "Pool[Record]", key: AccessKey, city: PlayedCity, served: Cities
) -> tuple[DemoAccount, ...]:
    """Give each of the four a password and a device, once, and say what they are."""
    shown = []
    for user, (_, own) in grants(city, served).items():
        account = await accounts.find(pool, user)
        assert account is not None, "it was added before the first day"
        roles = "、".join(access().roles[one.role].name for one in own)
        if account.password is not None or account.code_secret is not None:
            shown.append(DemoAccount(user, account.name, roles))
            continue
        password, secret = passwords.one_time_password(), one_time_codes.new_secret()
        hashed = await passwords.Passwords().hash(password)
        sealed = key.sealer.seal(secret.encode(), secret_context(user))
        now = datetime.now(UTC)
        unused = one_time_codes.step_at(now) - 2
        async with pool.acquire() as db, db.transaction():
            await accounts.set_password(db, user, hashed, now, must_change=False)
            await accounts.let_wait(db, user, sealed)
            await accounts.take_secret(db, user, sealed, unused, [])
        shown.append(DemoAccount(user, account.name, roles, password, secret))
    return tuple(shown)
