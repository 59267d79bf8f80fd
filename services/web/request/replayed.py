"""replayed: a page asked a second time, by a worker, for whoever asked for it the first time.

In:    a request; the one that a worker makes of it
Out:   what was asked, as bytes and back; whether a request is such a one
Holds: it says who asked, never what that person may see: roles and sight are read anew, from the same
       snapshot as the page; nothing that comes over a network can be taken for one
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import msgspec
from fastapi import Request

from services.runtime.postgres.sight import NOTHING, SessionSight
from services.sign_in.session_rules import SignedIn

_SCOPE = "benefit_ledger.replayed"
_CARRIED = ("acting_as", "lang")


class PageAsked(NamedTuple):
    """A request of a page: its address, what its form had, and by which session it came."""

    method: str
    address: str
    fields: Sequence[tuple[str, str]]
    cookies: dict[str, str]
    session: SignedIn | None

    def encoded(self) -> bytes:
        """As it is kept."""
        return msgspec.json.encode(self)

    @classmethod
    def decoded(cls, raw: bytes) -> "PageAsked":
        """As it was kept."""
        return msgspec.json.decode(raw, type=cls)


@dataclass(slots=True)
class Replayed:
    """A page being asked again: for which session; and what that session saw, once that is known."""

    session: SignedIn | None
    sight: SessionSight = NOTHING

    def scope(self) -> dict[str, object]:
        """What of a request's scope says so."""
        return {_SCOPE: self}


def replayed_of(request: Request) -> Replayed | None:
    """What a worker says of the request; None where it came from a reader."""
    found = request.scope.get(_SCOPE)
    return found if isinstance(found, Replayed) else None


def cookies_of(request: Request) -> dict[str, str]:
    """Those cookies that change a page: the labelled switch, the language."""
    return {name: request.cookies[name] for name in _CARRIED if name in request.cookies}


def digest_of(sight: SessionSight) -> str:
    """What two sights are compared by."""
    return sha256(repr(tuple(sight)).encode()).hexdigest()
