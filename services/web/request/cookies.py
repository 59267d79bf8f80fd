"""cookies: the token of a session, and of a sign-in that is under way; neither is seen by script.

Holds: over TLS a cookie is for this very host (`__Host-`) and never sent in the clear; on loopback
       there is no TLS, and the names are plain
"""

import hmac
from hashlib import sha256

from fastapi import Request
from starlette.responses import Response

SESSION = "session"
SIGN_IN = "sign-in"
EXTERNAL = "external"


def read(request: Request, name: str) -> str:
    """The token in a cookie; empty where there is none."""
    return request.cookies.get(_named(request, name), "")


def put(request: Request, answer: Response, name: str, token: str) -> None:
    """Give a token to this browser, until it is closed."""
    answer.set_cookie(
        _named(request, name),
        token,
        path="/",
        secure=_over_tls(request),
        httponly=True,
        samesite="lax",
    )


def drop(request: Request, answer: Response, name: str) -> None:
    """Take a token from this browser."""
    answer.delete_cookie(
        _named(request, name),
        path="/",
        secure=_over_tls(request),
        httponly=True,
        samesite="lax",
    )


def form_secret(token: str) -> str:
    """What a form carries whose only other secret is the cookie."""
    return sha256(b"form:" + token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets, in the same time whatever they are; an empty one equals nothing."""
    return bool(one) and hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )


def address_of(request: Request) -> str:
    """From where a request comes."""
    return request.client.host if request.client else ""


def agent_of(request: Request) -> str:
    """What a browser says of itself."""
    return request.headers.get("user-agent", "")


def _named(request: Request, name: str) -> str:
    return f"__Host-{name}" if _over_tls(request) else name


def _over_tls(request: Request) -> bool:
    return request.url.scheme == "https"
