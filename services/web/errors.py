"""errors: when a page cannot be shown, it says what happened, to which record, and what to do.

Holds: a page that could not be read shows no amount at all, never 0; no stack, no query, no
       identity reaches the reader, and the code on the page finds the log line
"""

import secrets
import traceback
from http import HTTPStatus
from typing import NamedTuple

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from services.runtime.errors import OperatingFailure
from services.web import languages
from services.web.languages import marked as _
from services.web.scope import NotADate

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
NOT_UNDERSTOOD = Trouble(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "E-QUERY",
    _("地址中的条件无法识别。"),
    _("请核对日期和数字的写法，例如 2022-08-31，或清除条件后重试。"),
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
        return page(request, NOT_FOUND)

    async def query(request: Request, _error: Exception) -> HTMLResponse:
        return page(request, NOT_UNDERSTOOD)

    async def unread(request: Request, error: Exception) -> HTMLResponse:
        return page(request, NOT_READ, error)

    async def unsent(request: Request, error: Exception) -> HTMLResponse:
        return page(request, NOT_SENT, error)

    async def fault(request: Request, error: Exception) -> HTMLResponse:
        return page(request, FAULT, error)

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, query)
    app.add_exception_handler(NotADate, query)
    for away in (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        app.add_exception_handler(away, unread)
    app.add_exception_handler(OperatingFailure, unsent)
    app.add_exception_handler(Exception, fault)


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
