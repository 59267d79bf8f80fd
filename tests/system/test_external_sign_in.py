"""Signing in at an organisation: a real provider of identities, its forms filled as a browser would."""

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import asyncpg
import httpx
import pytest
import pytest_asyncio

from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.errors import NotConfigured
from services.sign_in import accounts, provider_file
from services.sign_in.entrance import Entrance
from services.sign_in.provider import NotProved, Provider
from services.sign_in.provider_file import ProviderFile
from services.sign_in.session_rules import SessionLimits
from tests.staff_accounts import KEY, CountedPasswords
from tests.web_pages import ADDRESS, WebPages, books_of, web_pages

pytestmark = pytest.mark.servers

PROGRAM = Path(__file__).parents[1] / "provider_of_identities.mjs"
MODULES = Path("node_modules").resolve()
NODE = Path(".venv/bin/node").resolve()
ROLES = {
    "benefit-finance": ("finance:211200",),
    "benefit-checker": ("checker:211200",),
}


class Running(NamedTuple):
    """A provider that runs, and how to tell it something."""

    issuer: str
    process: "subprocess.Popen[str]"

    def rotate(self) -> None:
        """Let it sign with another key."""
        assert self.process.stdin is not None
        self.process.stdin.write("rotate\n")
        self.process.stdin.flush()
        self.says("rotated")

    def says(self, begins: str) -> str:
        """Its next line that begins so; it warns of being no real one in between."""
        assert self.process.stdout is not None
        return next(line for line in self.process.stdout if line.startswith(begins)).strip()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A provider for this file's tests."""
    back = [f"{ADDRESS}/sign-in/external/back", f"{ADDRESS}/sign-in"]
    with subprocess.Popen(
        [NODE, PROGRAM, MODULES, *back],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        started = Running("", process)
        yield started._replace(issuer=started.says("http://"))
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def books(postgres: PostgresServer) -> str:
    """Books in which nobody is known yet."""
    return books_of(postgres, "external_sign_in", [])


def about(issuer: str, folder: Path, **changed: object) -> ProviderFile:
    secret = folder / "secret"
    secret.write_text("secret-of-tests-which-is-long-enough\n")
    said = {
        "name": "统一身份认证",
        "issuer": issuer,
        "client_id": "benefit-ledger",
        "client_secret_file": secret,
        "address": ADDRESS,
        "roles": ROLES,
        **changed,
    }
    return ProviderFile.model_validate(said)


class House(NamedTuple):
    """The pages, the provider, and the accounts."""

    pages: WebPages
    running: Running
    entrance: Entrance
    provider: Provider

    async def at_the_provider(self, login: str, address: str) -> httpx.URL:
        """Fill the provider's own forms, until it sends the browser back to us."""
        async with httpx.AsyncClient() as browser:
            answer = await browser.get(address)
            for _ in range(12):
                if answer.is_redirect:
                    there = urljoin(str(answer.url), answer.headers["location"])
                    if there.startswith(f"{ADDRESS}/"):
                        return httpx.URL(there)
                    answer = await browser.get(there)
                    continue
                form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
                assert form is not None, answer.text[:500]
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                assert prompt is not None
                said = {"prompt": prompt[1], "login": login, "password": "any"}
                answer = await browser.post(urljoin(str(answer.url), form[1]), data=said)
        raise AssertionError("the provider never sent anybody back")

    async def sign_in(self, login: str, back: str = "/") -> httpx.Response:
        """Go there and come back."""
        begun = await self.pages.http.get("/sign-in/external", params={"back": back})
        assert begun.status_code == 303, begun.text[:500]
        returned = await self.at_the_provider(login, begun.headers["location"])
        return await self.pages.http.get(f"{returned.path}?{returned.query.decode()}")


@pytest_asyncio.fixture
async def house(books: str, running: Running, tmp_path: Path) -> AsyncIterator[House]:
    """The pages over a provider, with one account of our own, so that people must sign in."""
    async with asyncpg.create_pool(books, min_size=1, max_size=4) as pool:
        await pool.execute(
            "TRUNCATE access.external, access.kept_forms, access.attempts, access.sessions, "
            "access.pending, access.recovery_codes, access.accounts"
        )
        passwords = CountedPasswords()
        now = datetime.now(UTC)
        hashed = await passwords.hash("orchid tramway seven")
        assert await accounts.add(pool, "wang-fang", "王芳", hashed, "test", now)
        provider = Provider(about(running.issuer, tmp_path))
        entrance = Entrance.over(pool, KEY, SessionLimits(), passwords, provider)
        async with web_pages(books, sign_in=entrance, sessions=entrance.sessions) as pages:
            yield House(pages, running, entrance, provider)


async def test_who_is_vouched_for_has_the_roles_of_the_claims(house: House) -> None:
    form = await house.pages.http.get("/sign-in?back=/budgets")
    assert "/sign-in/external?back=/budgets" in form.text
    assert "统一身份认证" in form.text
    answer = await house.sign_in("1001", "/budgets")
    assert (answer.status_code, answer.headers["location"]) == (303, "/budgets")
    account = await house.pages.http.get("/account")
    assert "李静" in account.text
    assert "财务" in account.text
    token = house.pages.http.cookies["session"]
    who = await house.entrance.sessions.find(token, "", datetime.now(UTC))
    assert who is not None
    assert who.grants is not None
    assert [(one.role, one.districts) for one in who.grants] == [("finance", ("211200",))]
    assert who.must_change, "a code of ours is still asked for before what weighs"
    # the same person again: the same account, another session
    assert (await house.sign_in("1001")).status_code == 303
    assert house.pages.http.cookies["session"] != token
    rows = await house.entrance.pool.fetch("SELECT user_id, subject FROM access.external")
    assert [tuple(row) for row in rows] == [("li-jing", "1001")]


@pytest.mark.parametrize(
    ("login", "words"), [("1002", "互不相容"), ("1003", "没有给您本系统的角色")]
)
async def test_who_has_no_role_or_roles_that_exclude_each_other_stays_out(
    house: House, login: str, words: str
) -> None:
    answer = await house.sign_in(login)
    assert answer.status_code == 403
    assert words in answer.text
    assert "session" not in house.pages.http.cookies
    assert await house.entrance.pool.fetchval("SELECT count(*) FROM access.external") == 0


async def test_a_name_that_a_provider_says_takes_no_account_of_ours(house: House) -> None:
    hashed = await CountedPasswords().hash("orchid tramway seven")
    now = datetime.now(UTC)
    assert await accounts.add(house.entrance.pool, "li-jing", "李静", hashed, "test", now)
    answer = await house.sign_in("1001")
    assert answer.status_code == 403
    assert "不能用于本系统" in answer.text


async def test_whoever_is_suspended_here_stays_out(house: House) -> None:
    assert (await house.sign_in("1001")).status_code == 303
    await accounts.suspend(house.entrance.pool, "li-jing", "test", datetime.now(UTC))
    assert (await house.sign_in("1001")).status_code == 403


async def test_a_provider_may_change_its_keys(house: House) -> None:
    assert (await house.sign_in("1001")).status_code == 303
    house.running.rotate()
    assert (await house.sign_in("1001")).status_code == 303


async def test_what_comes_back_counts_once_in_this_browser_for_this_sign_in(house: House) -> None:
    begun = await house.pages.http.get("/sign-in/external")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43
    returned = await house.at_the_provider("1001", begun.headers["location"])
    right = dict(returned.params)
    for wrong in (
        {**right, "state": "x" * 64},
        {**right, "iss": "https://evil.example"},
        {"state": right["state"], "error": "access_denied"},
        {**right, "code": "made-up"},
    ):
        note = house.pages.http.cookies["external"]
        answer = await house.pages.http.get(f"/sign-in/external/back?{urlencode(wrong)}")
        assert answer.status_code == 403, wrong
        assert "session" not in house.pages.http.cookies
        house.pages.http.cookies.set("external", note, domain="127.0.0.1")
    there = f"/sign-in/external/back?{urlencode(right)}"
    elsewhere = house.pages.http.cookies["external"]
    house.pages.http.cookies.clear()
    assert (await house.pages.http.get(there)).status_code == 403, "another browser"
    house.pages.http.cookies.set("external", elsewhere, domain="127.0.0.1")
    assert (await house.pages.http.get(there)).status_code == 303
    house.pages.http.cookies.set("external", elsewhere, domain="127.0.0.1")
    assert (await house.pages.http.get(there)).status_code == 403, "the code is used"


async def test_a_token_for_another_sign_in_or_of_another_day_proves_nothing(house: House) -> None:
    external, now = house.entrance.external, datetime.now(UTC)
    assert external is not None
    address = await house.provider.address("s" * 43, "n" * 43, "v" * 64)
    for nonce, at in (("m" * 43, now), ("n" * 43, now + timedelta(days=2))):
        returned = await house.at_the_provider("1001", address)
        with pytest.raises(NotProved):
            await house.provider.identity(returned.params["code"], "v" * 64, nonce, at)
    returned = await house.at_the_provider("1001", address)
    with pytest.raises(NotProved):
        await house.provider.identity(returned.params["code"], "w" * 64, "n" * 43, now)
    returned = await house.at_the_provider("1001", address)
    who = await house.provider.identity(returned.params["code"], "v" * 64, "n" * 43, now)
    assert who.subject == "1001"


async def test_signing_out_ends_the_session_there_too(house: House) -> None:
    await house.sign_in("1001")
    account = await house.pages.http.get("/account")
    secret = re.search(r'name="csrf" value="([^"]+)"', account.text)
    assert secret is not None
    out = await house.pages.http.post("/sign-out", data={"csrf": secret[1]})
    there = out.headers["refresh"].partition("url=")[2]
    assert there.startswith(f"{house.running.issuer}/session/end?")
    assert "id_token_hint" in parse_qs(urlsplit(there).query)
    async with httpx.AsyncClient() as browser:
        page = await browser.get(there)
        assert page.status_code == 200, page.text[:300]
    assert (await house.pages.http.get("/account")).status_code == 303


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("issuer: http://sso.example.cn", "https"),
        ("roles: {staff: [no-such-role]}", "no-such-role"),
        ("colour: red", "colour"),
        ("address: ledger", "https"),
        ("client_id: ''", "client_id"),
        (": :", "YAML"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_words(
    tmp_path: Path, line: str, words: str
) -> None:
    good = (
        "name: 统一身份认证\nissuer: https://sso.example.cn\nclient_id: x\n"
        "address: https://ledger.example.cn\nroles: {staff: [finance]}\n"
    )
    path = tmp_path / "oidc.yaml"
    path.write_text(good, "utf-8")
    assert provider_file.read(path).roles_of({"groups": "staff"}) == ("finance",)
    name = line.partition(":")[0]
    kept = [one for one in good.splitlines() if not name or not one.startswith(f"{name}:")]
    path.write_text("\n".join([*kept, line]), "utf-8")
    with pytest.raises(NotConfigured, match=words):
        provider_file.read(path)
