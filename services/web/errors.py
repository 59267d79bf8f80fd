"""errors: when a page cannot be shown, it says what happened, to which record, and what to do.

Holds: a page that could not be read shows no amount at all, never 0; no stack, no query, no
       identity reaches the reader, and the code on the page finds the log line; a field that is
       not understood is named, and the form that held it stands there as it was filled
"""

import secrets
import traceback
from dataclasses import replace
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from projections.queries.keyset import UnknownMark
from services.runtime.errors import OperatingFailure
from services.web import actors, fields, forms, languages, paging
from services.web.fields import NotUnderstood
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.scope import PageScope, inside, today
from services.web.visit import Visit

_log = structlog.get_logger("web")


class Trouble(NamedTuple):
    """What a page says instead of its content."""

    status: HTTPStatus
    code: str
    what: str
    do: str


NOT_FOUND = Trouble(
    HTTPStatus.NOT_FOUND,
    "E-404",
    _("没有找到这条记录，或它不在您的区划内。"),
    _("请核对编号。"),
)
NOT_READ = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "E-READ",
    _("暂时读不到账本，页面未显示任何金额。"),
    _("请稍后刷新；持续 5 分钟的，请报下面的编号。"),
)
NOT_SENT = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "E-SEND",
    _("暂时无法提交，没有写入任何内容，或尚未得到确认。"),
    _("请返回后再次提交：同一表单重复提交只办理一次。"),
)
NOT_A_REQUEST = Trouble(
    HTTPStatus.BAD_REQUEST,
    "E-FORM",
    _("收到的内容不完整，或写法不对，没有办理。"),
    _("请从本系统的页面重新提交。"),
)
NOT_ALLOWED = Trouble(
    HTTPStatus.FORBIDDEN,
    "E-ORIGIN",
    _("这次提交不是从本系统的页面发出的，没有办理。"),
    _("请从本系统的页面重新提交。"),
)
NOT_AN_ACT = Trouble(
    HTTPStatus.METHOD_NOT_ALLOWED,
    "E-METHOD",
    _("这个地址不能这样打开。"),
    _("请从本系统的页面重新进入。"),
)
FAULT = Trouble(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "E-FAULT",
    _("页面没有生成，未显示任何金额。"),
    _("请稍后刷新；仍然如此的，请报下面的编号。"),
)


class Refused(Exception):
    """A page that cannot be shown, for a reason that its reader can act on."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble


def install(app: FastAPI) -> None:
    """Give every failure its page."""

    async def refused(request: Request, error: Exception) -> HTMLResponse:
        assert isinstance(error, Refused)
        return page(request, error.trouble)

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

    app.add_exception_handler(Refused, refused)
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
            problem=problem,
            command=str(uuid4()) if problem.field == "command" else None,
        ),
        back=back,
        knows=set(request.query_params),
    )
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def bare(request: Request, refused: str = "") -> Visit:
    """A visit that reads nothing, for the frame of a page that has no figures."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None:
        return replace(known, refused=refused)
    actor = actors.actor(request.cookies.get(actors.COOKIE))
    scope = PageScope(today(), language=languages.chosen())
    db: Any = None
    return Visit(request, request.app.state.sources, db, scope, actor, None, refused)


def _came_from(request: Request, sent: dict[str, str]) -> str:
    """The page on which a form stood."""
    if inside(sent.get("back", "")):
        return sent["back"]
    parts = urlsplit(request.headers.get("referer", ""))
    here = parts.netloc == request.headers.get("host") and parts.path != request.url.path
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    return back if here and inside(back) else "/"


def page(request: Request, trouble: Trouble, error: Exception | None = None) -> HTMLResponse:
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
