"""The pages of signing in: both steps, cookies, forms of this session alone, forms that come too late."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from services.runtime.embedded.postgres_server import PostgresServer
from services.sign_in.entrance import Entrance
from services.sign_in.session_rules import SessionLimits, SignedIn
from services.sign_in.sessions import open_session
from tests.staff_accounts import AGENT, FIRST, HERE, KEY, PASSWORD, CountedPasswords, Office, code
from tests.web_pages import ADDRESS, WebPages, books_of, web_pages

TEMPLATES = Path("services/web/templates")
_USER = """
    INSERT INTO books.users (partition, user_id, region, grants, state, added_at, added_by, changed_by, changed_at)
    VALUES (0, '{user}', '211200', '[["{role}", ["*"], ["*"]]]', 'active', now(), 'staff:x', 'staff:x', now())
"""


@pytest.fixture(scope="module")
def books(postgres: PostgresServer) -> str:
    """Books in which two people have roles."""
    users = [("li-jing", "finance"), ("zhao-min", "checker")]
    return books_of(
        postgres, "sign_in_pages", [], [_USER.format(user=u, role=role) for u, role in users]
    )


class House(NamedTuple):
    """The pages, and the accounts behind them."""

    pages: WebPages
    office: Office

    @property
    def http(self) -> httpx.AsyncClient:
        """A browser that keeps its cookies."""
        return self.pages.http


@asynccontextmanager
async def opened(books: str, **client: Any) -> AsyncIterator[House]:
    async with asyncpg.create_pool(books, min_size=1, max_size=4) as pool:
        await pool.execute(
            "TRUNCATE access.external, access.kept_forms, access.attempts, access.sessions, "
            "access.pending, access.recovery_codes, access.accounts"
        )
        entrance = Entrance.over(pool, KEY, SessionLimits(), CountedPasswords())
        async with web_pages(books, sign_in=entrance, sessions=entrance.sessions) as pages:
            for name, value in client.items():
                setattr(pages.http, name, value)
            yield House(pages, Office(pool))


@pytest.fixture
async def house(books: str) -> AsyncIterator[House]:
    """A house in which nobody has an account yet."""
    async with opened(books) as house:
        yield house


def secret_of(answer: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
    assert found is not None, answer.text[:2000]
    return found[1]


async def sign_in(house: House, user: str, password: str, back: str = "/") -> httpx.Response:
    form = await house.http.get("/sign-in", params={"back": back})
    said = {"user": user, "password": password, "csrf": secret_of(form), "back": back}
    return await house.http.post("/sign-in", data=said)


async def enter(
    house: House, secret: str, back: str = "/", user: str = "li-jing"
) -> httpx.Response:
    """Both steps, with a code that no test has used."""
    asked = await sign_in(house, user, PASSWORD, back)
    assert asked.status_code == 200, asked.text[:500]
    await house.office.pool.execute("UPDATE access.accounts SET code_step = NULL")
    typed = {"code": code(secret, datetime.now(UTC)), "csrf": secret_of(asked), "back": back}
    return await house.http.post("/sign-in/code", data=typed)


async def test_without_accounts_the_switch_stays(house: House) -> None:
    assert (await house.http.get("/account")).status_code == 404
    assert (await house.http.get("/policies")).status_code == 200
    answer = await house.http.get("/sign-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_with_accounts_every_page_asks_who_it_is_and_public_ones_do_not(house: House) -> None:
    await house.office.add()
    answer = await house.http.get("/budgets?district=211202")
    assert answer.status_code == 303
    there = urlsplit(answer.headers["location"])
    assert (there.path, parse_qs(there.query)) == (
        "/sign-in",
        {"back": ["/budgets?district=211202"]},
    )
    assert (await house.http.get("/public")).status_code == 200
    assert (await house.http.get("/static/workplace.css")).status_code == 200


async def test_from_the_first_password_to_a_page(house: House) -> None:
    await house.office.add()
    entered = await sign_in(house, "li-jing", FIRST, "/budgets")
    assert (entered.status_code, entered.headers["location"]) == (303, "/budgets")
    held_up = await house.http.get("/budgets")
    assert urlsplit(held_up.headers["location"]).path == "/account"
    account = await house.http.get("/account")
    assert "开始使用前" in account.text
    said = {"former": FIRST, "wanted": PASSWORD, "again": PASSWORD, "csrf": secret_of(account)}
    before = house.http.cookies["session"]
    changed = await house.http.post("/account/password", data=said)
    assert changed.status_code == 303, changed.text
    assert house.http.cookies["session"] != before
    waiting = await house.http.get("/account/second-factor")
    secret = re.findall(r'class="id">([A-Z2-7]{32})<', waiting.text)[0]
    assert '<svg width="' in waiting.text
    typed = {"code": code(secret, datetime.now(UTC)), "csrf": secret_of(waiting)}
    enrolled = await house.http.post("/account/second-factor", data=typed)
    codes = re.findall(r'class="id">([A-Z2-7-]{19})<', enrolled.text)
    assert len(codes) == 10
    assert enrolled.headers["cache-control"] == "no-store"
    page = await house.http.get("/budgets")
    assert page.status_code == 200
    out = await house.http.post("/sign-out", data={"csrf": secret_of(page)})
    assert out.headers["location"] == "/sign-in"
    assert (await house.http.get("/budgets")).status_code == 303
    asked = await sign_in(house, "li-jing", PASSWORD, "/budgets")
    used = {"code": codes[0], "csrf": secret_of(asked), "back": "/budgets"}
    assert (await house.http.post("/sign-in/code", data=used)).headers["location"] == "/budgets"
    assert (await house.http.get("/budgets")).status_code == 200


async def test_cookies_are_for_the_server_alone(house: House) -> None:
    await house.office.add()
    entered = await sign_in(house, "li-jing", FIRST)
    given = [one for one in entered.headers.get_list("set-cookie") if one.startswith("session=")]
    assert len(given) == 1
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(given[0].split("; "))
    assert "Expires" not in given[0]


async def test_over_tls_a_cookie_is_of_this_host_and_never_in_the_clear(books: str) -> None:
    async with opened(books, base_url="https://127.0.0.1") as house:
        await house.office.add()
        house.http.headers["origin"] = "https://127.0.0.1"
        entered = await sign_in(house, "li-jing", FIRST)
        given = entered.headers.get_list("set-cookie")
        names = {one.partition("=")[0] for one in given}
        assert names == {"__Host-session", "__Host-sign-in"}
        assert all("; Secure" in one and "; HttpOnly" in one for one in given)


async def test_a_token_that_somebody_planted_is_never_the_session(house: House) -> None:
    await house.office.add()
    house.http.cookies.set("session", "planted", domain="127.0.0.1")
    await sign_in(house, "li-jing", FIRST)
    assert "planted" not in [one.value for one in house.http.cookies.jar]
    house.http.cookies.clear()
    house.http.cookies.set("session", "planted", domain="127.0.0.1")
    assert (await house.http.get("/account")).status_code == 303


async def test_a_session_that_somebody_planted_is_over_when_another_signs_in(house: House) -> None:
    """Fixation with a token that opens something: the planter's own session."""
    await house.office.add()
    await house.office.add("zhao-min", "赵敏")
    now = datetime.now(UTC)
    planted = await open_session(house.office.pool, "zhao-min", HERE, AGENT, now, SessionLimits())
    house.http.cookies.set("session", planted, domain="127.0.0.1")
    assert (await house.http.get("/account")).status_code == 200
    await sign_in(house, "li-jing", FIRST)
    given = [one.value for one in house.http.cookies.jar if one.name == "session"]
    assert planted not in given
    assert await house.office.sessions.find(planted, HERE, now) is None
    (found,) = [await house.office.sessions.find(one or "", HERE, now) for one in given]
    assert found is not None
    assert found.user == "li-jing"


async def test_a_token_that_somebody_copied_opens_nothing_after_signing_out(house: House) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    await enter(house, secret)
    copied = house.http.cookies["session"]
    page = await house.http.get("/budgets")
    assert (await house.http.post("/sign-out", data={"csrf": secret_of(page)})).status_code == 303
    house.http.cookies.clear()
    house.http.cookies.set("session", copied, domain="127.0.0.1")
    assert (await house.http.get("/budgets")).headers["location"].startswith("/sign-in?")
    late = await house.http.post("/budgets/close", data={"csrf": secret_of(page)})
    assert late.headers["location"].startswith("/sign-in")
    assert house.pages.sent == []


async def test_whoever_is_let_in_stays_inside(house: House) -> None:
    await house.office.add()
    outside = [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/sign-out",
        "",
    ]
    for back in outside:
        entered = await sign_in(house, "li-jing", FIRST, back)
        assert entered.headers["location"] == "/", back


async def test_nobody_is_signed_in_by_another_site(house: House) -> None:
    await house.office.add()
    said = {"user": "li-jing", "password": FIRST}
    for csrf in ("", "x" * 64):
        answer = await house.http.post("/sign-in", data={**said, "csrf": csrf})
        assert answer.status_code == 400
        assert "session" not in house.http.cookies
    elsewhere = await house.http.post("/sign-in", data=said, headers={"origin": "http://evil"})
    assert elsewhere.status_code == 403


async def test_the_answer_does_not_tell_whether_there_is_such_an_account(house: House) -> None:
    await house.office.add()
    seen, answer = set(), await house.http.get("/sign-in")
    for user in ("li-jing", "nobody"):
        for _ in range(6):
            answer = await sign_in(house, user, "not the password")
            said = re.sub(r'value="[0-9a-f]{64}"|\d\d:\d\d(:\d\d)?', "", answer.text)
            seen.add((answer.status_code, said))
        assert int(answer.headers["retry-after"]) in range(25, 31)
    assert sorted(status for status, _ in seen) == [401, 429]


async def test_what_is_sent_carries_the_secret_of_this_session(house: House) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    await enter(house, secret)
    form = await house.http.get("/budgets")
    mine = secret_of(form)
    theirs = await _session_of_another(house)
    said = {"command": "0198f6f4-7e12-7f44-8e21-0a5d6f3a9b11", "line": "x", "document": "财 1 号"}
    for csrf in ("", "made-up", mine[:-1], theirs.csrf):
        answer = await house.http.post("/budgets/close", data={**said, "csrf": csrf})
        assert answer.status_code == 403
        assert "E-FORM-SESSION" in answer.text
    assert (await house.http.post("/sign-out")).status_code == 403
    assert house.pages.sent == []
    answer = await house.http.post("/budgets/close", data={**said, "csrf": mine})
    assert answer.status_code != 403


async def _session_of_another(house: House) -> SignedIn:
    now, pool = datetime.now(UTC), house.office.pool
    await house.office.add("zhao-min", "赵敏")
    token = await open_session(pool, "zhao-min", HERE, AGENT, now, SessionLimits())
    found = await house.office.sessions.find(token, HERE, now)
    assert found is not None
    return found


def test_every_form_of_every_page_carries_the_secret() -> None:
    forms = []
    for page in sorted(TEMPLATES.glob("*.html")):
        text = page.read_text("utf-8")
        for form in re.finditer(r'<form[^>]*method="post"[^>]*>\s*(.{0,60})', text):
            ours = re.match(r"\{\{ parts\.(guard|csrf)\(\) \}\}", form[1])
            before = page.name == "sign_in.html" and 'name="csrf"' in form[1]
            forms.append((page.name, bool(ours or before)))
    assert len(forms) > 60
    assert [name for name, carries in forms if not carries] == []


async def test_a_form_that_comes_too_late_is_kept_and_shown_again_and_never_done(
    house: House,
) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    other, _codes = await house.office.enrolled("zhao-min", now=datetime.now(UTC))
    await enter(house, secret)
    mine = secret_of(await house.http.get("/budgets"))
    await _an_hour_passes(house)
    said = {
        "command": "0198f6f4-7e12-7f44-8e21-0a5d6f3a9b11",
        "line": "unemployment/211202/2022",
        "document": "财 <1> 号",
        "csrf": mine,
    }
    late = await house.http.post(
        "/budgets/close", data=said, headers={"referer": f"{ADDRESS}/budgets?district=211202"}
    )
    assert late.status_code == 303
    back = parse_qs(urlsplit(late.headers["location"]).query)["back"][0]
    assert re.fullmatch(r"/kept/F-[0-9a-f]{24}", back)
    entered = await enter(house, secret, back)
    assert entered.headers["location"] == back
    shown = await house.http.get(back)
    assert "尚未提交，请核对后提交" in shown.text
    assert "财 &lt;1&gt; 号" in shown.text
    assert mine not in shown.text
    assert secret_of(shown)
    assert "/budgets?district=211202" in shown.text
    assert house.pages.sent == []
    house.http.cookies.clear()
    await enter(house, other, user="zhao-min")
    assert (await house.http.get(back)).status_code == 404


async def test_whoever_never_was_signed_in_leaves_nothing(house: House) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    await enter(house, secret)
    mine = secret_of(await house.http.get("/budgets"))
    await _an_hour_passes(house)
    token = house.http.cookies["session"]
    for cookie, csrf in (("made-up", mine), (token, "made-up"), (token, "")):
        house.http.cookies.clear()
        house.http.cookies.set("session", cookie, domain="127.0.0.1")
        late = await house.http.post("/budgets/close", data={"document": "x", "csrf": csrf})
        assert "kept" not in late.headers["location"]
    assert await house.office.pool.fetchval("SELECT count(*) FROM access.kept_forms") == 0


async def test_a_code_is_given_once_more(house: House) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    await enter(house, secret)
    form = await house.http.get("/confirm-code?back=/batches")
    said = {"csrf": secret_of(form), "back": "/batches"}
    used = {**said, "code": code(secret, datetime.now(UTC))}
    assert (await house.http.post("/confirm-code", data=used)).status_code == 422
    await house.office.pool.execute("UPDATE access.accounts SET code_step = NULL")
    right = await house.http.post(
        "/confirm-code", data={**said, "code": code(secret, datetime.now(UTC))}
    )
    assert right.headers["location"] == "/batches"
    assert await house.office.pool.fetchval(
        "SELECT confirmed_at > now() - interval '1 minute' FROM access.sessions "
        "WHERE ended_at IS NULL ORDER BY made_at DESC LIMIT 1"
    )
    evil = await house.http.get("/confirm-code?back=//evil.example")
    assert 'value="/"' in evil.text


async def test_what_weighs_asks_for_a_code_first_and_the_form_stands_there_again(
    house: House,
) -> None:
    secret, _codes = await house.office.enrolled("zhao-min", now=datetime.now(UTC))
    await enter(house, secret, user="zhao-min")
    said = {
        "command": "0198f6f4-7e12-7f44-8e21-0a5d6f3a9b11",
        "reason": "名单有误",
        "csrf": secret_of(await house.http.get("/batches")),
    }
    asked = await house.http.post("/batches/B2208310001/reject", data=said)
    assert asked.status_code == 303
    there = urlsplit(asked.headers["location"])
    (back,) = parse_qs(there.query)["back"]
    assert there.path == "/confirm-code"
    assert house.pages.sent == []
    await house.office.pool.execute("UPDATE access.accounts SET code_step = NULL")
    typed = {"csrf": said["csrf"], "back": back, "code": code(secret, datetime.now(UTC))}
    assert (await house.http.post("/confirm-code", data=typed)).headers["location"] == back
    shown = await house.http.get(back)
    assert "名单有误" in shown.text
    assert house.pages.sent == []
    await house.http.post("/batches/B2208310001/reject", data=said)
    (sent,) = house.pages.sent
    assert sent["type"] == "RejectBatch"
    assert sent["authority"][2] is not None


async def test_another_session_of_ones_own_can_be_ended(house: House) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    await enter(house, secret)
    stolen = house.http.cookies["session"]
    house.http.cookies.clear()
    await enter(house, secret)
    account = await house.http.get("/account")
    numbers = re.findall(r'name="session" value="(S-[0-9a-f]+)"', account.text)
    for number in numbers:
        if f"{number}</span>　" not in account.text:
            said = {"session": number, "csrf": secret_of(account)}
            await house.http.post("/account/sessions/end", data=said)
    house.http.cookies.clear()
    house.http.cookies.set("session", stolen, domain="127.0.0.1")
    assert (await house.http.get("/account")).status_code == 303


async def test_a_page_says_for_how_long_and_continuing_keeps_the_session(house: House) -> None:
    secret, _codes = await house.office.enrolled(now=datetime.now(UTC))
    await enter(house, secret)
    page = await house.http.get("/budgets")
    left = re.search(r'id="session-end"[^>]* hidden data-seconds="(\d+)"', page.text)
    assert left is not None
    assert 880 <= int(left[1]) <= 900
    await house.office.pool.execute(
        "UPDATE access.sessions SET seen_at = seen_at - interval '13 minutes'"
    )
    went_on = await house.http.post(
        "/session/continue",
        data={"csrf": secret_of(page)},
        headers={"accept": "application/json"},
    )
    assert 880 <= went_on.json()["seconds"] <= 900


async def _an_hour_passes(house: House) -> None:
    await house.office.pool.execute(
        "UPDATE access.sessions SET made_at = made_at - $1::interval, seen_at = seen_at - $1::interval",
        timedelta(hours=1),
    )
