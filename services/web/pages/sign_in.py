"""sign in, in two steps, and sign out.

In:   a user's id and password, then a code
Out:  a cookie with a session's new token; pages that say the same whether or not there is an account
Holds: a form of these pages carries what only its own cookie proves, so that nobody is signed in as
       somebody else by another site; whoever is let in goes to an address of ours alone
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from services.sign_in.entrance import Entrance
from services.sign_in.external import LetIn
from services.sign_in.sessions import SIGNED_OUT, new_token
from services.sign_in.signing_in import (
    CodeAsked,
    Entered,
    NotRight,
    StartAgain,
    TriedTooOften,
)
from services.web.request import cookies
from services.web.request.scope import inside
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived
from services.wording import figures, languages
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

Typed = Annotated[str, Form()]

_WRONG = _("用户名或口令不正确。")
_WRONG_CODE = _("动态口令不正确，或已经用过。请等验证器换下一个，再输入。")
_AGAIN = _("登录没有完成，或等得太久，请重新登录。")
_TOO_OFTEN = _("连续失败次数较多，{time} 以后才可再试。忘记口令的，请联系系统管理员。")


class Door(NamedTuple):
    """Somebody who is not in yet."""

    request: Request
    entrance: Entrance
    now: datetime

    @property
    def token(self) -> str:
        """What this browser was given with the form before."""
        return cookies.read(self.request, cookies.SIGN_IN)

    @property
    def address(self) -> str:
        """From where."""
        return cookies.address_of(self.request)

    @property
    def agent(self) -> str:
        """By which browser."""
        return cookies.agent_of(self.request)

    @property
    def organisation(self) -> str:
        """What the organisation's own sign-in is called; empty where there is none."""
        external = self.entrance.external
        return external.provider.about.name if external else ""

    def carries(self, csrf: str) -> bool:
        """Whether a form is one that this browser was given."""
        return bool(self.token) and cookies.same(csrf, cookies.form_secret(self.token))

    def page(
        self,
        step: str,
        back: str,
        token: str = "",
        problem: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HTMLResponse:
        """The form of a step, with a token of its own."""
        token = token or self.token or new_token()
        template = self.request.app.state.templates.get_template("sign_in.html")
        answer = HTMLResponse(
            template.render(
                step=step,
                back=back,
                csrf=cookies.form_secret(token),
                problem=problem,
                organisation=self.organisation,
                path=self.request.url.path,
            ),
            status,
        )
        cookies.put(self.request, answer, cookies.SIGN_IN, token)
        return answer

    def held(self, step: str, back: str, until: datetime) -> HTMLResponse:
        """Say that no try is taken for a while."""
        problem = translate(_TOO_OFTEN, time=figures.moment(until))
        answer = self.page(step, back, problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(max(1, round((until - self.now).total_seconds())))
        return answer

    async def let_in(self, token: str, back: str) -> Response:
        """Give the session to this browser; what it had before is over."""
        if before := cookies.read(self.request, cookies.SESSION):
            await self.entrance.sessions.end(before, SIGNED_OUT)
        answer = RedirectResponse(back, HTTPStatus.SEE_OTHER)
        cookies.drop(self.request, answer, cookies.SIGN_IN)
        cookies.put(self.request, answer, cookies.SESSION, token)
        return answer


def _at_the_door(request: Request) -> Iterator[Door]:
    entrance: Entrance | None = request.app.state.sources.sign_in
    if entrance is None:
        raise PageRefused(NOT_FOUND)
    languages.choose(request.query_params.get("lang") or request.cookies.get("lang") or "zh")
    yield Door(request, entrance, datetime.now(UTC))


AtTheDoor = Annotated[Door, Depends(_at_the_door)]


@router.get("/sign-in")
async def first_form(door: AtTheDoor, back: str = "/") -> Response:
    """Ask for user and password."""
    back = _inside(back)
    if not await door.entrance.sessions.required():
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)
    return door.page("password", back)


@router.post("/sign-in")
async def by_password(
    door: AtTheDoor, user: Typed = "", password: Typed = "", csrf: Typed = "", back: Typed = "/"
) -> Response:
    """Take user and password; a code is asked for where there is a second factor."""
    back = _inside(back)
    if not door.carries(csrf):
        return _begin_again(door, back)
    answer = await door.entrance.signing_in.by_password(
        user, password, door.address, door.agent, door.now
    )
    match answer:
        case Entered(token):
            return await door.let_in(token, back)
        case CodeAsked(token):
            return door.page("code", back, token)
        case TriedTooOften(until):
            return door.held("password", back, until)
        case NotRight():
            status = HTTPStatus.UNAUTHORIZED
            return door.page("password", back, problem=translate(_WRONG), status=status)


@router.post("/sign-in/code")
async def by_code(
    door: AtTheDoor, code: Typed = "", csrf: Typed = "", back: Typed = "/"
) -> Response:
    """Take a code of the telephone, or one of the recovery codes."""
    back = _inside(back)
    if not door.carries(csrf):
        return _begin_again(door, back)
    answer = await door.entrance.signing_in.by_code(
        door.token, code, door.address, door.agent, door.now
    )
    match answer:
        case Entered(token):
            return await door.let_in(token, back)
        case TriedTooOften(until):
            return door.held("code", back, until)
        case NotRight():
            status = HTTPStatus.UNAUTHORIZED
            return door.page("code", back, problem=translate(_WRONG_CODE), status=status)
        case StartAgain() | CodeAsked():
            return _begin_again(door, back)


@router.get("/sign-in/code")
async def stray(door: AtTheDoor) -> Response:
    """Begin again: the second step follows the first one and has no address of its own."""
    return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)


@router.get("/sign-in/external")
async def go_to_the_organisation(door: AtTheDoor, back: str = "/") -> Response:
    """Send somebody to the organisation's own sign-in."""
    if door.entrance.external is None:
        raise PageRefused(NOT_FOUND)
    begun = await door.entrance.external.begin(_inside(back), door.now)
    answer = RedirectResponse(begun.address, HTTPStatus.SEE_OTHER)
    cookies.put(door.request, answer, cookies.EXTERNAL, begun.note)
    return answer


@router.get("/sign-in/external/back")
async def come_back(door: AtTheDoor) -> Response:
    """Take what the organisation says of whoever has come back."""
    external = door.entrance.external
    if external is None:
        raise PageRefused(NOT_FOUND)
    answer = await external.complete(
        cookies.read(door.request, cookies.EXTERNAL),
        dict(door.request.query_params),
        door.address,
        door.agent,
        door.now,
    )
    if isinstance(answer, LetIn):
        page = await door.let_in(answer.token, answer.back)
    else:
        status = HTTPStatus.FORBIDDEN
        page = door.page("password", "/", problem=translate(answer.why), status=status)
    cookies.drop(door.request, page, cookies.EXTERNAL)
    return page


@router.post("/sign-out")
async def sign_out(visit: Arrived) -> Response:
    """End this session; and the one at the organisation, where it was opened there.

    A form's answer may not redirect to another host, so the browser is sent there by a header.
    """
    token = cookies.read(visit.request, cookies.SESSION)
    entrance, there = visit.sources.sign_in, None
    if visit.sources.sessions is not None and token:
        await visit.sources.sessions.end(token, SIGNED_OUT)
        if entrance is not None and entrance.external is not None:
            there = await entrance.external.sign_out_there(token)
    answer: Response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    if there is not None:
        answer = visit.page("signed_out.html", translate("已退出"), there=there)
        answer.headers["Refresh"] = f"0; url={there}"
    cookies.drop(visit.request, answer, cookies.SESSION)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _begin_again(door: Door, back: str) -> Response:
    problem, status = translate(_AGAIN), HTTPStatus.BAD_REQUEST
    return door.page("password", back, new_token(), problem, status)


def _inside(back: str) -> str:
    """Where to go afterwards: within the workplace, and not to these pages."""
    return back if inside(back) and not back.startswith("/sign-") else "/"
