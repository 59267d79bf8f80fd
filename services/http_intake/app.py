"""App: the addresses of HTTP intake: events in, an answer for each out.

In:   sources (how a token is found, how messages are published, what they may name, the clock)
Out:  an ASGI application: `POST /v1/events`, `GET /v1/openapi.json`
Holds: whose token it is is asked before the body is read; a body is bounded in bytes and seconds;
       what a source may send in a minute is bounded, before the body is read;
       202 is answered only when every event that is taken is acknowledged by its topic. Sent again,
       an event is the same event: nothing here remembers it, and intake does
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from events.contract.inbound.semantics import Known
from services.http_intake.checking import CheckedEvent, SenderGrant, check
from services.http_intake.metrics import NOBODY, IntakeMetrics
from services.http_intake.quotas import OverQuota, Served, SourceQuotas
from services.http_intake.request_events import (
    MOST_BYTES,
    RequestTrouble,
    WrongRequest,
    records_of,
)
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.inbound_topics import InboundMessage

BODY_SECONDS = 30.0
_AFTER_SECONDS = "5"
_BEARER = "bearer "
_LONGEST_TOKEN = 200

NO_TOKEN = RequestTrouble(
    401,
    "NO_TOKEN",
    "没有令牌，或令牌无效、已过期、已撤销。请在 Authorization 头写 Bearer 加令牌。",
    "no token, or one that opens nothing: send Authorization: Bearer TOKEN",
)
TOO_LARGE = RequestTrouble(
    413,
    "TOO_LARGE",
    f"请求体超过 {MOST_BYTES // 1024 // 1024} MiB。请分几次发送。",
    f"the body is larger than {MOST_BYTES // 1024 // 1024} MiB",
)
TOO_SLOW = RequestTrouble(
    408,
    "TOO_SLOW",
    f"请求体没有在 {BODY_SECONDS:g} 秒内到齐。没有受理，请重发。",
    "the body did not arrive in time",
)
AWAY = RequestTrouble(
    503,
    "NOT_ACKNOWLEDGED",
    "台账的消息系统或数据库暂时不可用，没有确认。请稍后原样重发：同一事件到两次只办一次。",
    "not acknowledged: send the very same again later, an event that arrives twice counts once",
)
NO_SUCH_ADDRESS = RequestTrouble(
    404, "NOT_FOUND", "没有这个地址。请见 /v1/openapi.json。", "no such address"
)
NOT_ALLOWED = RequestTrouble(
    405, "NOT_ALLOWED", "这个地址不接受这种方法。请见 /v1/openapi.json。", "method not allowed"
)
_MEASURES = {
    "requests": ("每分钟 {} 次请求", "{} requests a minute"),
    "events": ("每分钟 {} 个事件", "{} events a minute"),
    "bytes": ("每分钟 {} 字节", "{} bytes a minute"),
    "at_once": ("同时 {} 个请求", "{} requests at once"),
}
BROKEN = RequestTrouble(
    500,
    "NOT_PROCESSED",
    "受理程序出错，没有确认。请原样重发，或联系台账管理员。",
    "an error of ours",
)

log = structlog.get_logger("http-intake")


@dataclass(frozen=True, slots=True)
class IntakeSources:
    """What HTTP intake asks and where it publishes."""

    grant_of: Callable[[str], Awaitable[SenderGrant | None]]
    publish: Callable[[Sequence[InboundMessage]], Awaitable[None]]
    known: Known
    now: Callable[[], datetime]
    openapi: Mapping[str, Any]
    quotas: SourceQuotas
    metrics: IntakeMetrics


def create_app(sources: IntakeSources) -> Starlette:
    """Put the addresses together over what they ask."""
    openapi = orjson.dumps(sources.openapi)

    async def events(request: Request) -> Response:
        begun, asking = time.monotonic(), _Asking()
        answer = await _answered(request, sources, asking)
        took = time.monotonic() - begun
        sources.metrics.answered(asking.source, answer.status_code, took, asking.trouble)
        return answer

    async def contract(_: Request) -> Response:
        return Response(openapi, media_type="application/json")

    async def other(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return _told(BROKEN)
        trouble = {404: NO_SUCH_ADDRESS, 405: NOT_ALLOWED}.get(error.status_code, BROKEN)
        return _told(trouble, error.headers)

    return Starlette(
        routes=[
            Route("/v1/events", events, methods=["POST"]),
            Route("/v1/openapi.json", contract, methods=["GET"]),
        ],
        exception_handlers={HTTPException: other, Exception: other},
    )


@dataclass(slots=True)
class _Asking:
    """Who asks, once it is known, and why the whole request is refused."""

    source: str = NOBODY
    trouble: str = ""


async def _answered(request: Request, sources: IntakeSources, asking: _Asking) -> Response:
    """Answer one request, whatever comes of it."""
    headers: dict[str, str] = {}
    try:
        return await _take(request, sources, asking)
    except WrongRequest as wrong:
        trouble = wrong.trouble
    except OverQuota as over:
        sources.metrics.put_off(asking.source, over.measure)
        headers["Retry-After"] = str(over.seconds)
        trouble = over_quota(over)
    except ClientDisconnect:
        trouble = TOO_SLOW
    except OperatingFailure as failure:
        log.warning("not acknowledged", why=failure.what)
        trouble = AWAY
    except Exception:
        log.exception("not processed")
        trouble = BROKEN
    asking.trouble = trouble.code
    return _told(trouble, headers)


def over_quota(over: OverQuota) -> RequestTrouble:
    """Say which part a source has used up, and when it may go on."""
    text, text_en = (words.format(f"{over.most:,}") for words in _MEASURES[over.measure])
    return RequestTrouble(
        429,
        "OVER_QUOTA",
        f"该来源已到限额（{text}）。没有受理，请在 {over.seconds} 秒后原样重发。",
        f"over the quota of this source ({text_en}): send the same again in {over.seconds} s",
    )


async def _take(request: Request, sources: IntakeSources, asking: _Asking) -> Response:
    """Answer one request of somebody who may ask.

    Raises: WrongRequest, OverQuota, OperatingFailure
    """
    grant = await sources.grant_of(token) if (token := _token(request)) else None
    if grant is None:
        raise WrongRequest(NO_TOKEN)
    asking.source = grant.source
    stated = min(_stated_bytes(request), MOST_BYTES)
    with sources.quotas.serving(grant.source, stated) as served:
        return await _take_of(request, sources, grant, served)


async def _take_of(
    request: Request, sources: IntakeSources, grant: SenderGrant, served: Served
) -> Response:
    body = await _body(request)
    sources.metrics.read(grant.source, len(body))
    served.read(len(body))
    records = records_of(request.headers.items(), body)
    served.holds(len(records))
    arrival_ms = int(sources.now().timestamp() * 1000)
    # reading is work for a processor: beside the loop, which has other senders to answer
    checked = await asyncio.to_thread(check, records, grant, sources.known, arrival_ms)
    taken = [one for one in checked if one.taken]
    if taken:
        await sources.publish([_message(one) for one in taken])
    sources.metrics.taken(grant.source, checked)
    log.info("taken", token=grant.number, source=grant.source, taken=len(taken), of=len(checked))
    return _answer(checked, len(taken))


def _token(request: Request) -> str:
    stated = request.headers.get("authorization", "")
    token = stated[len(_BEARER) :].strip() if stated[: len(_BEARER)].lower() == _BEARER else ""
    return token if len(token) <= _LONGEST_TOKEN else ""


def _stated_bytes(request: Request) -> int:
    """The bytes that the head of a request states, or none."""
    stated = request.headers.get("content-length", "")
    return int(stated[:20]) if re.fullmatch("[0-9]+", stated) else 0


async def _body(request: Request) -> bytes:
    """The body, within its bounds.

    Raises: WrongRequest
    """
    if _stated_bytes(request) > MOST_BYTES:
        raise WrongRequest(TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise WrongRequest(TOO_LARGE)
    except TimeoutError as error:
        raise WrongRequest(TOO_SLOW) from error
    return bytes(body)


def _message(one: CheckedEvent) -> InboundMessage:
    assert one.event is not None
    return InboundMessage(one.feed, one.event.id.encode(), one.record.value, one.record.headers)


def _answer(checked: Sequence[CheckedEvent], taken: int) -> Response:
    """202 where all are taken, 422 where none is, 207 between; each event has its own answer."""
    status = 202 if taken == len(checked) else 207 if taken else 422
    told = {
        "accepted": taken,
        "refused": len(checked) - taken,
        "events": [one.told(number) for number, one in enumerate(checked, 1)],
    }
    return _json(status, told)


def _told(trouble: RequestTrouble, more: Mapping[str, str] | None = None) -> Response:
    told = {"code": trouble.code, "text": trouble.text, "text_en": trouble.text_en}
    headers = dict(more or {})
    if trouble.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="benefit-ledger"'
    if trouble.status == 503:
        headers["Retry-After"] = _AFTER_SECONDS
    return _json(trouble.status, {"error": told}, headers)


def _json(status: int, content: object, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(content),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )
