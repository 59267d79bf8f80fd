"""account: one's own account: password, second factor, sessions, last sign-ins; a code once more."""

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from markupsafe import Markup
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.sign_in import accounts, attempts, sessions
from services.sign_in.entrance import Entrance
from services.sign_in.own_account import Changed, Enrolled
from services.sign_in.session_rules import SignedIn
from services.sign_in.signing_in import NotRight, TriedTooOften
from services.web.request import cookies
from services.web.request.scope import inside
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

Typed = Annotated[str, Form()]

_DONE = {
    "password": _("口令已更改，其他会话已全部结束。"),
    "session": _("会话已结束。"),
}
OUTCOMES = {
    "begun": _("未完成"),
    "wrong": _("口令不符"),
    "wrong_code": _("动态口令不符"),
    "password": _("口令相符"),
    "signed_in": _("已登录"),
    "confirmed": _("已确认"),
    "refused": _("等待中，未受理"),
    "forgiven": _("管理员清零"),
}
_TOO_OFTEN = _("连续失败次数较多，{time} 以后才可再试。")
_WRONG_CODE = _("动态口令不正确，或已经用过。请等验证器换下一个，再输入。")
_LATEST = 10


def _own(visit: Visit) -> tuple[Entrance, SignedIn]:
    """How this person came in.

    Raises: PageRefused where nobody signs in
    """
    entrance, session = visit.sources.sign_in, visit.visitor.session
    if entrance is None or session is None:
        raise PageRefused(NOT_FOUND)
    return entrance, session


@router.get("/account")
async def overview(visit: Arrived, done: str = "") -> Response:
    """Show one's own account."""
    return await _overview(visit, done=_DONE.get(done, ""))


async def _overview(visit: Visit, done: str = "", problem: str = "") -> Response:
    entrance, who = _own(visit)
    account = await accounts.find(entrance.pool, who.user)
    if account is None:
        raise PageRefused(NOT_FOUND)
    now = datetime.now(UTC)
    own = await sessions.listed(entrance.pool, who.user)
    answer = visit.page(
        "account.html",
        translate("我的账号"),
        who=who,
        account=account,
        codes_left=await accounts.recovery_codes_left(entrance.pool, who.user),
        sessions=[one for one in own if not one.state(now, entrance.limits)],
        tries=await attempts.latest(entrance.pool, who.user, _LATEST),
        outcomes=OUTCOMES,
        done=done,
        problem=problem,
    )
    if problem:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


@router.post("/account/password")
async def change_password(
    visit: Arrived, former: Typed = "", wanted: Typed = "", again: Typed = ""
) -> Response:
    """Put another password; all other sessions end."""
    entrance, who = _own(visit)
    address, agent = cookies.address_of(visit.request), cookies.agent_of(visit.request)
    changed = await entrance.own.change_password(
        who, former, wanted, again, address, agent, datetime.now(UTC)
    )
    if isinstance(changed, Changed):
        answer = RedirectResponse(visit.link("/account", done="password"), HTTPStatus.SEE_OTHER)
        cookies.put(visit.request, answer, cookies.SESSION, changed.token)
        return answer
    return await _overview(visit, problem=_said(changed))


@router.get("/account/second-factor")
async def enrolment(visit: Arrived) -> Response:
    """Give a secret to be scanned."""
    return await _enrolment(visit)


async def _enrolment(visit: Visit, problem: str = "") -> Response:
    entrance, who = _own(visit)
    account = await accounts.find(entrance.pool, who.user)
    waiting = await entrance.own.begin_enrolment(who)
    answer = visit.page(
        "second_factor.html",
        translate("绑定验证器"),
        picture=Markup(waiting.picture),  # noqa: S704  drawn by us from base32 alone
        secret=waiting.secret,
        has_one=account is not None and account.code_secret is not None,
        problem=problem,
    )
    if problem:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


@router.post("/account/second-factor")
async def enrol(visit: Arrived, code: Typed = "", former: Typed = "") -> Response:
    """Ask for codes of this telephone from now on; the recovery codes are shown this once."""
    entrance, who = _own(visit)
    address = cookies.address_of(visit.request)
    done = await entrance.own.enrol(who, code, former, address, datetime.now(UTC))
    if isinstance(done, Enrolled):
        return visit.page("recovery_codes.html", translate("恢复码"), codes=done.codes)
    return await _enrolment(visit, problem=_said(done))


@router.post("/account/sessions/end")
async def end_session(visit: Arrived, session: Typed = "") -> Response:
    """End another session of one's own."""
    entrance, who = _own(visit)
    await sessions.end_one(entrance.pool, session, who.user, datetime.now(UTC))
    return RedirectResponse(visit.link("/account", done="session"), HTTPStatus.SEE_OTHER)


@router.post("/account/sessions/end-others")
async def end_other_sessions(visit: Arrived) -> Response:
    """End every session of one's own but this one."""
    entrance, who = _own(visit)
    await sessions.end_others(entrance.pool, who.user, who.session, datetime.now(UTC))
    return RedirectResponse(visit.link("/account", done="session"), HTTPStatus.SEE_OTHER)


@router.post("/session/continue")
async def go_on(visit: Arrived, back: Typed = "/") -> Response:
    """Keep this session alive: to have asked is enough. Script hears for how long."""
    _entrance, who = _own(visit)
    if "application/json" in visit.request.headers.get("accept", ""):
        left = min(who.idle_until, who.ends_at).timestamp() - time.time()
        return JSONResponse({"seconds": max(0, round(left))})
    return RedirectResponse(back if inside(back) else "/", HTTPStatus.SEE_OTHER)


@router.get("/confirm-code")
async def ask_code(visit: Arrived, back: str = "/") -> Response:
    """Ask for a code once more."""
    return _ask(visit, back)


def _ask(visit: Visit, back: str, problem: str = "") -> Response:
    back = back if inside(back) else "/"
    answer = visit.page("confirm_code.html", translate("输入动态口令"), back=back, problem=problem)
    if problem:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


@router.post("/confirm-code")
async def confirm_code(visit: Arrived, code: Typed = "", back: Typed = "/") -> Response:
    """Take a code; what asks for one may be done for some minutes."""
    entrance, who = _own(visit)
    address = cookies.address_of(visit.request)
    wrong = await entrance.signing_in.confirm(
        who.session, who.user, code, address, datetime.now(UTC)
    )
    if wrong is None:
        return RedirectResponse(back if inside(back) else "/", HTTPStatus.SEE_OTHER)
    return _ask(visit, back, _said(_WRONG_CODE if isinstance(wrong, NotRight) else wrong))


def _said(why: str | TriedTooOften) -> str:
    if isinstance(why, TriedTooOften):
        return translate(_TOO_OFTEN, time=figures.moment(why.until))
    return translate(why)
