"""error pages: when a page cannot be shown, it says what happened, to which record, and what to do.

Holds: a page that could not be read shows no amount at all, never 0; no stack, no query, no
       identity reaches the reader, and the code on the page finds the log line; a field that is
       not understood is named, and the form that held it stands there as it was filled
"""

import secrets
import traceback
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from projections.queries.keyset import UnknownMark
from services.runtime.errors import OperatingFailure
from services.web.acts import forms, keeping
from services.web.acts.job_asking import begin
from services.web.parts import paging
from services.web.request import actors, csrf, fields
from services.web.request.fields import NotUnderstood
from services.web.request.long_work import LongWork
from services.web.request.replayed import PageAsked, cookies_of
from services.web.request.scope import PageScope, inside, today
from services.web.request.sources import Sources
from services.web.request.troubles import (
    FAULT,
    NOT_A_REQUEST,
    NOT_AN_ACT,
    NOT_FOUND,
    NOT_READ,
    NOT_SENT,
    PageRefused,
    PageTrouble,
    SignInNeeded,
)
from services.web.request.visit import Visit
from services.web.request.visitors import Visitor
from services.wording import city_names, languages
from services.wording.languages import translate

_log = structlog.get_logger("web")


def install(app: FastAPI) -> None:
    """Give every failure its page."""

    async def refused(request: Request, error: Exception) -> HTMLResponse:
        assert isinstance(error, PageRefused)
        return page(request, error.trouble)

    async def not_signed_in(request: Request, error: Exception) -> Response:
        assert isinstance(error, SignInNeeded)
        if request.method == "GET":
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        else:
            stood_on = _came_from(request, dict(await forms.typed(request)))
            back = await keeping.keep_late(request, stood_on) or stood_on
        target = f"{error.first}?{urlencode({'back': back})}"
        return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)

    async def http(request: Request, error: Exception) -> HTMLResponse:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return page(request, NOT_AN_ACT)
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return page(request, NOT_A_REQUEST)
        return page(request, NOT_FOUND)

    async def field(request: Request, error: Exception) -> HTMLResponse:
        if isinstance(error, RequestValidationError):
            error = fields.problem_of(error)
        if isinstance(error, UnknownMark):
            error = paging.not_given(error.text)
        assert isinstance(error, NotUnderstood)
        return await not_understood(request, error)

    async def unread(request: Request, error: Exception) -> HTMLResponse:
        return page(request, NOT_READ, error)

    async def unsent(request: Request, error: Exception) -> HTMLResponse:
        return page(request, NOT_SENT, error)

    async def fault(request: Request, error: Exception) -> HTMLResponse:
        return page(request, FAULT, error)

    async def long_work(request: Request, error: Exception) -> Response:
        assert isinstance(error, LongWork)
        return await _as_job(request, error)

    app.add_exception_handler(LongWork, long_work)
    app.add_exception_handler(PageRefused, refused)
    app.add_exception_handler(SignInNeeded, not_signed_in)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, field)
    app.add_exception_handler(NotUnderstood, field)
    app.add_exception_handler(UnknownMark, field)
    for away in (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        app.add_exception_handler(away, unread)
    app.add_exception_handler(OperatingFailure, unsent)
    app.add_exception_handler(Exception, fault)


async def not_understood(request: Request, problem: NotUnderstood) -> HTMLResponse:
    """Answer 422 with the field's name; the page stays usable, and a form keeps what was typed."""
    visit = bare(request, problem.field)
    act = request.method == "POST"
    sent = await forms.typed(request) if act else []
    back = _came_from(request, dict(sent)) if act else visit.here(after=None, before=None)
    if act:
        sent = [(name, value) for name, value in sent if name != "back"] + [("back", back)]
    route = getattr(request.scope.get("route"), "path", "")
    action = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = visit.page(
        "not_understood.html",
        translate("没有办理") if act else translate("条件不能识别"),
        problem=problem,
        name=forms.word(problem.field) if act else problem.name,
        value=fields.shown(problem.value),
        act=act,
        form=forms.filled(
            route,
            action,
            sent,
            visit.cities.accounts.values(),
            problem=problem,
            command=str(uuid4()) if problem.field == "command" else None,
        ),
        back=back,
        unknown=(),
    )
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


async def _as_job(request: Request, work: LongWork) -> Response:
    """Offer what takes long as a job; what was posted has been asked for, and waits as one."""
    visit = bare(request)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET":
        return visit.page("job_offer.html", work.title, work=work, address=address, unknown=())
    sent = [(name, value) for name, value in await forms.typed(request) if name != csrf.FIELD]
    asked = PageAsked("POST", address, sent, cookies_of(request), visit.visitor.session)
    try:
        return await begin(visit, work.title, asked)
    except NotUnderstood as error:
        return await not_understood(request, error)


def bare(request: Request, refused: str = "") -> Visit:
    """A visit that reads nothing, for the frame of a page that has no figures."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None:
        return replace(known, refused=refused)
    sources: Sources = request.app.state.sources
    city_names.choose(sources.policies.cities)
    visitor = Visitor(actors.actor(request.cookies.get(actors.COOKIE), sources.policies.cities))
    scope = PageScope(today(), language=languages.chosen())
    db: Any = None
    return Visit(request, sources, db, scope, visitor, None, refused)


def _came_from(request: Request, sent: dict[str, str]) -> str:
    """The page on which a form stood."""
    if inside(sent.get("back", "")):
        return sent["back"]
    parts = urlsplit(request.headers.get("referer", ""))
    here = parts.netloc == request.headers.get("host") and parts.path != request.url.path
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    return back if here and inside(back) else "/"


def page(request: Request, trouble: PageTrouble, error: Exception | None = None) -> HTMLResponse:
    """Answer with the page of a trouble; what really happened goes to the log."""
    support = secrets.token_hex(2).upper()
    if error is not None:
        route = request.scope.get("route")
        _log.error(
            "page not shown",
            support=support,
            code=trouble.code,
            route=getattr(route, "path", ""),
            error=type(error).__name__,
            trace="".join(traceback.format_exception(error)) if trouble is FAULT else "",
        )
    template = request.app.state.templates.get_template("error.html")
    languages.choose(request.query_params.get("lang") or request.cookies.get("lang") or "zh")
    return HTMLResponse(
        template.render(trouble=trouble, support=support if error else "", path=request.url.path),
        status_code=trouble.status,
    )
