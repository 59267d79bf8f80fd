"""Areas: a role opens the pages of its areas; the others are refused, by any address, on record."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from events import streams
from events.authority import EVERY, RoleGrant
from events.users import AddUser
from policies.access import EVERYBODY, PUBLIC, access
from services.runtime.embedded.postgres_server import PostgresServer
from services.sign_in.session_rules import SignedIn
from services.web.parts.navigation import GROUPS
from services.web.request import areas
from tests.given_when_then import Scene
from tests.web_pages import WebPages, books_of, routes, web_pages

ROLES = list(access().roles)
NOT_A_PAGE = frozenset({"/static", "/assets/{name}", "/assets/fonts/{name:path}"})


class Everybody:
    """Sessions in memory: whoever's name is the token is signed in."""

    def __init__(self) -> None:
        self.must_change: set[str] = set()

    async def required(self) -> bool:
        return True

    async def find(self, token: str, address: str, now: datetime) -> SignedIn | None:
        if token not in ROLES:
            return None
        user, later = f"{token}-user", now + timedelta(minutes=15)
        must = token in self.must_change
        return SignedIn(f"S-{token}", user, token, None, "csrf", must, later, later)

    async def end(self, token: str, why: str) -> None:
        raise AssertionError


@pytest.fixture(scope="module")
def dsn(postgres: PostgresServer) -> str:
    """Books that know one user of each role."""
    scene = Scene().budget(10_000)
    for role in ROLES:
        grants = (RoleGrant(role, ("211200",), (EVERY,)),)
        user = AddUser(user=f"{role}-user", region="211200", grants=grants, by="test")
        scene.when(streams.user(f"{role}-user"), user)
    everywhere = (
        """UPDATE books.users SET grants = replace(grants::text, '"211200"', '"*"')::jsonb"""
    )
    return books_of(postgres, "areas", scene.ledger.facts, [everywhere])


@pytest_asyncio.fixture
async def pages(dsn: str) -> AsyncIterator[WebPages]:
    """The pages, where everybody has to sign in."""
    async with web_pages(dsn, sessions=Everybody()) as opened:
        opened.http.headers["x-csrf-token"] = "csrf"
        yield opened


def addresses(opened: WebPages) -> Iterator[tuple[str, str]]:
    """Every method and route of the app."""
    for route in routes(opened.app):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            if route.path not in NOT_A_PAGE:
                yield method, route.path


def at(path: str) -> str:
    """An address of a route, of a thing that there is not."""
    return path.replace("{", "").replace("}", "").replace(":path", "")


@pytest.mark.asyncio
async def test_every_route_has_an_area_and_every_area_of_a_role_has_a_page(
    pages: WebPages,
) -> None:
    known = {areas.area_of(path) for _method, path in addresses(pages)}
    assert None not in known, "a page that nobody may open"
    of_roles = {area for role in access().roles.values() for area in role.areas}
    assert of_roles <= set(access().areas)
    assert {areas.area_of(page.path) for group in GROUPS for page in group.pages} <= known


@pytest.mark.asyncio
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_its_pages_and_no_other(pages: WebPages, role: str) -> None:
    pages.http.cookies.set("session", role)
    for method, path in addresses(pages):
        area = areas.area_of(path)
        address, before = at(path), len(pages.sent)
        answer = await pages.http.request(method, address, follow_redirects=False)
        refused = answer.status_code == 403 and "E-ROLE" in answer.text
        opened = area in (PUBLIC, EVERYBODY) or access().sees(role, str(area))
        assert refused is not opened, (method, path, answer.status_code)
        assert refused or method != "GET" or len(pages.sent) == before, f"{path} does something"


@pytest.mark.asyncio
async def test_who_has_not_signed_in_sees_what_is_public_and_nothing_else(
    pages: WebPages,
) -> None:
    for method, path in addresses(pages):
        answer = await pages.http.request(method, at(path), follow_redirects=False)
        if areas.area_of(path) == PUBLIC:
            assert answer.status_code != 303, path
        else:
            assert answer.status_code == 303, (method, path, answer.status_code)
            assert answer.headers["location"].startswith("/sign-in?back="), path


@pytest.mark.asyncio
async def test_no_answer_may_be_framed_guessed_at_or_read_by_another_site(pages: WebPages) -> None:
    """Every route as nobody, then pages, refusals and files as somebody: whatever the answer is."""
    evil = {"origin": "https://evil.example"}
    answers = [
        await pages.http.request(method, at(path), follow_redirects=False)
        for method, path in addresses(pages)
    ]
    pages.http.cookies.set("session", "auditor")
    paths = ("/", "/journal", "/users", "/nothing", "/static/workplace.css", "/%00")
    answers += [await pages.http.get(path, headers=evil) for path in paths]
    answers.append(await pages.http.get("/", headers={"host": "evil.example"}))
    answers.append(await pages.http.post("/sign-out", headers=evil))
    assert {200, 303, 400, 403, 404} <= {answer.status_code for answer in answers}
    for answer in answers:
        said, where = answer.headers, str(answer.url)
        policy = {one.strip() for one in said["content-security-policy"].split(";")}
        assert {"frame-ancestors 'none'", "default-src 'none'", "base-uri 'none'"} <= policy, where
        assert said["x-content-type-options"] == "nosniff", where
        assert said["referrer-policy"] == "same-origin", where
        assert "access-control-allow-origin" not in said, where


@pytest.mark.asyncio
async def test_a_refused_page_is_noted_once_for_its_session(pages: WebPages) -> None:
    pages.http.cookies.set("session", "operator")
    for _again in range(2):
        await pages.http.get("/audit")
    first, second = pages.sent
    assert first["id"] == second["id"], "the ledger takes it once"
    assert first["type"] == "NoteRefusedVisit"
    assert first["stream"] == "user/operator-user"
    assert first["body"] == {
        "user": "operator-user",
        "route": "/audit",
        "code": "E-ROLE",
        "session": "S-operator",
    }


@pytest.mark.asyncio
async def test_the_navigation_shows_what_a_role_opens(pages: WebPages) -> None:
    pages.http.cookies.set("session", "administrator")
    text = (await pages.http.get("/policies")).text
    assert 'href="/operations"' in text
    assert 'href="/applications"' not in text
    assert 'href="/journal"' not in text


@pytest.mark.asyncio
async def test_a_new_account_sets_its_password_first(dsn: str) -> None:
    sessions = Everybody()
    sessions.must_change.add("finance")
    async with web_pages(dsn, sessions=sessions) as opened:
        opened.http.cookies.set("session", "finance")
        answer = await opened.http.get("/batches", follow_redirects=False)
        assert answer.headers["location"].startswith("/account?back=")


@pytest.mark.asyncio
async def test_what_is_sent_carries_the_authority(pages: WebPages) -> None:
    pages.http.cookies.set("session", "finance")
    form = {
        "command": "7d9f7c3a-94b9-5a3f-8a41-0f6f6f2f4c11",
        "line": "budget/fund/unemployment_insurance/211202/2022",
        "document": "调-1",
        "direction": "more",
        "amount": "1.00",
        "reason": "追加",
        "back": "/budgets",
    }
    answer = await pages.http.post("/budgets/adjustments", data=form)
    (sent,) = pages.sent
    assert sent["by"] == "staff:finance-user", answer.text
    assert sent["authority"] == ["S-finance", [["finance", ["*"], ["*"]]], None]
    assert datetime.fromisoformat(sent["sent_at"]).tzinfo == UTC
