"""visitors: who asks for a page: by a session, or before there are accounts by the labelled switch.

In:   a request, the sessions, the books
Out:  a Visitor; SignInNeeded, PageRefused
Holds: where there are accounts, nothing but what is public is shown to whom no session names; a page
       that no role of a reader opens is not shown, and that it was asked for is recorded
"""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from fastapi import Request

from events import streams
from events.authority import Authority, RoleGrant
from events.codec import encode_command
from events.days import legal_day
from events.envelope import Asked
from events.ids import by_staff
from events.users import NoteRefusedVisit
from policies.access import EVERYBODY, PUBLIC
from policies.cities import Cities
from projections.queries import users
from projections.queries.connection import Db
from services.runtime.postgres.sight import EVERYTHING, SessionSight, seen
from services.sign_in.session_rules import SignedIn
from services.web.request import actors, areas, cookies, csrf
from services.web.request.granted import sight_of
from services.web.request.replayed import replayed_of
from services.web.request.sources import Sources
from services.web.request.troubles import NOT_YOUR_PAGE, PageRefused, SignInNeeded

_REFUSED_VISITS = UUID("5a3c1c52-7a55-5b0e-8c6b-0a7b5a1f0d21")
_BEFORE_ALL_ELSE = "/account"
"""Where a password is changed and a device is set, which a new account does first."""


class Visitor(NamedTuple):
    """Who asks: the person, the session, and what the person's roles allow.

    Shape: without accounts there is neither session nor authority, and the switch says who acts;
           with accounts, whoever is not signed in has an authority without any role
    """

    actor: actors.Actor = actors.NOBODY
    session: SignedIn | None = None
    authority: Authority | None = None

    @property
    def seconds_left(self) -> int:
        """For how long the session lasts if nothing more is asked."""
        if self.session is None:
            return 0
        end = min(self.session.idle_until, self.session.ends_at)
        return max(0, int((end - datetime.now(UTC)).total_seconds()))

    def opens(self, path: str) -> bool:
        """Whether an address is opened by a role; the switch opens everything but the users."""
        if areas.of_the_whole(path) and not seen().everything:
            return False
        if self.authority is None:
            return areas.area_of(path) != "users"
        return areas.opens(self.authority.grants, path)


class FoundSession(NamedTuple):
    """Whether people sign in here at all, and by which session somebody comes."""

    has_accounts: bool
    session: SignedIn | None = None


async def find_session(request: Request, sources: Sources) -> FoundSession:
    """Who has signed in: nobody where there are no accounts yet, or where a page is for the public.

    Raises: SignInNeeded
    """
    sessions = sources.sessions
    if sessions is None or not await sessions.required():
        return FoundSession(has_accounts=False)
    again = replayed_of(request)
    if again is not None and again.session is not None:
        return FoundSession(True, again.session)
    token = cookies.read(request, cookies.SESSION)
    address = cookies.address_of(request)
    found = await sessions.find(token, address, datetime.now(UTC)) if token else None
    path = route_of(request)
    if found is None and areas.area_of(path) != PUBLIC:
        raise SignInNeeded
    if found is not None and found.must_change and areas.area_of(path) != EVERYBODY:
        raise SignInNeeded(_BEFORE_ALL_ELSE)
    if found is not None:
        await csrf.check(request, found.csrf)
    return FoundSession(True, found)


async def visitor_of(request: Request, sources: Sources, db: Db, found: FoundSession) -> Visitor:
    """Say who asks, with the roles that stand in the same snapshot as the page."""
    if (session := found.session) is not None:
        grants = await _grants(db, session)
        authority = Authority(session.session, grants, session.confirmed_at)
        return Visitor(actors.signed_in_as(session.user, session.name, grants), session, authority)
    if found.has_accounts:
        return Visitor(authority=Authority("", ()))
    cookie = request.cookies.get(actors.COOKIE)
    return Visitor(actors.actor(cookie, sources.policies.cities))


def sight_for(visitor: Visitor, path: str, cities: Cities) -> SessionSight:
    """What of the books somebody sees on a page: by the roles that open it, where there are accounts."""
    if visitor.authority is None:
        return EVERYTHING
    grants = areas.opening(visitor.authority.grants, path)
    return sight_of(visitor.session.user if visitor.session else "", grants, cities)


async def _grants(db: Db, session: SignedIn) -> tuple[RoleGrant, ...]:
    """The roles of this session: those of the organisation's claims, else the ledger's."""
    if session.grants is None:
        return await users.grants_of(db, session.user)
    known = await users.one(db, session.user)
    return session.grants if known is None or known.state == "active" else ()


async def let_in(request: Request, sources: Sources, visitor: Visitor) -> None:
    """Let in whoever has a role that opens the page; have it recorded where it is refused.

    Raises: PageRefused
    """
    path = route_of(request)
    if visitor.authority is None or visitor.opens(path):
        return
    if visitor.session is not None and sources.send is not None:
        note = _refused(visitor.session, path, datetime.now(UTC), visitor.authority)
        await sources.send([(note.stream, encode_command(note))])
    raise PageRefused(NOT_YOUR_PAGE)


def _refused(session: SignedIn, route: str, now: datetime, authority: Authority) -> Asked:
    """One note an hour for each page and session, however often it is asked for."""
    body = NoteRefusedVisit(
        user=session.user, route=route[:200], code=NOT_YOUR_PAGE.code, session=session.session
    )
    command = str(uuid5(_REFUSED_VISITS, f"{session.session}|{route}|{now:%Y-%m-%dT%H}"))
    stream, by = streams.user(session.user), by_staff(session.user)
    return Asked(command, stream, now, legal_day(now), by, body, authority)


def route_of(request: Request) -> str:
    """The route of a request, without what it was asked for."""
    return str(getattr(request.scope.get("route"), "path", request.url.path))
