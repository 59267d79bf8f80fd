"""The pages of an administrator: users, first passwords, sign-ins, settings; and what they do not show."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import asyncpg
import pytest

from events import streams
from events.authority import EVERY, RoleGrant
from events.codec import command_of
from events.users import AddUser, GrantRoles, ResetCredential, SuspendUser
from services.runtime.embedded.postgres_server import PostgresServer
from services.sign_in.entrance import Entrance
from services.sign_in.session_rules import SessionLimits
from services.sign_in.sessions import open_session
from services.web.pages.settings import holidays_of
from tests.browser.city import project
from tests.given_when_then import Scene
from tests.staff_accounts import AGENT, HERE, KEY, CountedPasswords, Office
from tests.web_pages import WebPages, books_of, web_pages

DISTRICT, OTHER = "211202", "210402"
_CONFIRMED = "UPDATE access.accounts SET must_change = false, code_secret = 'x' WHERE user_id = $1"


class Known(NamedTuple):
    """The ledger so far, and the books made of it."""

    scene: Scene
    dsn: str


class House(NamedTuple):
    """An administrator at the pages."""

    pages: WebPages
    office: Office
    known: Known

    async def told(self) -> None:
        """Let the ledger answer everything that was sent."""
        facts = self.known.scene.ledger.ask([command_of(sent) for sent in self.pages.sent])
        await project(self.known.dsn, facts)
        self.pages.sent.clear()


@pytest.fixture(scope="module")
def known(postgres: PostgresServer) -> Known:
    """Books that know an administrator of one city, a clerk there, and somebody of another city."""
    scene = Scene().budget(10_000)
    for user, role, region in (
        ("he-jun", "administrator", "211200"),
        ("li-jing", "finance", "211200"),
        ("ma-li", "finance", "210400"),
    ):
        grants = (RoleGrant(role, (region,), (EVERY,)),)
        scene.when(streams.user(user), AddUser(user=user, region=region, grants=grants, by="test"))
    return Known(scene, books_of(postgres, "user_pages", scene.ledger.facts))


@pytest.fixture
async def house(known: Known) -> AsyncIterator[House]:
    """The administrator of one city is signed in."""
    async with asyncpg.create_pool(known.dsn, min_size=1, max_size=3) as pool:
        await pool.execute("TRUNCATE access.attempts, access.sessions, access.accounts CASCADE")
        entrance = Entrance.over(pool, KEY, SessionLimits(), CountedPasswords())
        office, mine = Office(pool), ""
        for user, name in (("he-jun", "何军"), ("li-jing", "李静"), ("ma-li", "马莉")):
            await office.add(user, name)
            await pool.execute(_CONFIRMED, user)
            token = await open_session(pool, user, HERE, AGENT, datetime.now(UTC), SessionLimits())
            if user == "he-jun":
                mine = token
        async with web_pages(known.dsn, sign_in=entrance, sessions=entrance.sessions) as pages:
            pages.http.cookies.set("session", mine)
            secret = await pool.fetchval(
                "SELECT csrf FROM access.sessions WHERE user_id = 'he-jun'"
            )
            pages.http.headers["x-csrf-token"] = secret
            yield House(pages, office, known)


def form(**fields: Any) -> dict[str, Any]:
    return {"command": str(uuid4()), "reason": "转岗", **fields}


async def test_an_administrator_sees_the_users_of_the_own_city_and_nobodys_personal_data(
    house: House,
) -> None:
    http = house.pages.http
    page = (await http.get("/users")).text
    assert "li-jing" in page
    assert "ma-li" not in page, "who works for another city is not shown"
    assert (await http.get("/users/ma-li")).status_code == 404
    assert (await http.post("/users/ma-li/suspend", data=form())).status_code == 404
    for closed in ("/applications", "/audit/looks", "/applications/a:1/reveal"):
        assert (await http.get(closed)).status_code == 403, closed
    assert "ma-li" not in (await http.get("/users/sign-ins")).text
    assert house.office.passwords.computed == 0


async def test_a_user_is_added_and_given_a_first_password_when_the_ledger_has_it(
    house: House,
) -> None:
    http = house.pages.http
    asked = form(
        user="wang-fang", region="211200", role=["checker", "operator"],
        districts_checker=[DISTRICT], funds_checker=["*"], districts_operator=["211200"],
    )  # fmt: skip
    assert (await http.post("/users", data=asked)).status_code == 303
    body = command_of(house.pages.sent[0]).body
    assert isinstance(body, AddUser)
    assert sorted(body.grants) == [
        RoleGrant("checker", (DISTRICT,), (EVERY,)),
        RoleGrant("operator", ("211200",), (EVERY,)),
    ]
    await house.told()
    page = (await http.get("/users/wang-fang")).text
    assert "给出首次口令" in page
    first = form(name="王芳")
    assert (await http.post("/users/wang-fang/credential", data=first)).status_code == 303
    assert await house.office.pool.fetchval(
        "SELECT count(*) FROM access.accounts WHERE user_id = 'wang-fang'"
    ) == 0, "not before the ledger has recorded it"  # fmt: skip
    assert [type(command_of(one).body) for one in house.pages.sent] == [ResetCredential] * 2
    await house.told()
    again = await http.post("/users/wang-fang/credential", data=first)
    shown = re.search(r'<span class="id strong">([^<]+)</span>', again.text)
    assert shown is not None, again.text[:2000]
    kept = await house.office.pool.fetchrow(
        "SELECT name, password, must_change FROM access.accounts WHERE user_id = 'wang-fang'"
    )
    assert (kept["name"], kept["must_change"]) == ("王芳", True)
    assert (await CountedPasswords().check(kept["password"], shown[1])).right
    assert shown[1] not in (await http.get("/users/wang-fang")).text


async def test_roles_change_and_a_suspended_user_is_out_at_once(house: House) -> None:
    http = house.pages.http
    roles = form(role="finance", districts_finance=DISTRICT, funds_finance="employment_subsidy")
    await http.post("/users/li-jing/roles", data=roles)
    body = command_of(house.pages.sent[0]).body
    assert isinstance(body, GrantRoles)
    assert body.grants == (RoleGrant("finance", (DISTRICT,), ("employment_subsidy",)),)
    house.pages.sent.clear()
    stop = form()
    await http.post("/users/li-jing/suspend", data=stop)
    assert isinstance(command_of(house.pages.sent[0]).body, SuspendUser)
    open_ones = (
        "SELECT count(*) FROM access.sessions WHERE user_id = 'li-jing' AND ended_at IS NULL"
    )
    assert await house.office.pool.fetchval(open_ones) == 1
    await house.told()
    await http.post("/users/li-jing/suspend", data=form())
    assert await house.office.pool.fetchval(open_ones) == 0
    page = (await http.get("/users/li-jing")).text
    assert "停用用户" in page
    assert "转岗" in page
    sign_ins = (await http.get("/users/sign-ins?user=li-jing")).text
    assert "停用后结束" in sign_ins


async def test_all_other_sessions_of_ones_own_end_at_once(house: House) -> None:
    pool = house.office.pool
    for _more in range(2):
        await open_session(pool, "he-jun", HERE, AGENT, datetime.now(UTC), SessionLimits())
    answer = await house.pages.http.post("/account/sessions/end-others")
    assert answer.status_code == 303
    rows = await pool.fetch("SELECT user_id FROM access.sessions WHERE ended_at IS NULL ORDER BY 1")
    assert [row["user_id"] for row in rows] == ["he-jun", "li-jing", "ma-li"]
    assert (await house.pages.http.get("/account")).status_code == 200


async def test_settings_say_by_what_the_own_city_works_and_change_nothing(house: House) -> None:
    await house.office.pool.execute(
        """INSERT INTO control.source_tokens (number, digest, source, types, made_by)
           VALUES ('T-1', '1', 'district-211202.hrss', '{x}', 'test'),
                  ('T-2', '2', 'somewhere.else', '{x}', 'test')
           ON CONFLICT DO NOTHING"""
    )
    page = await house.pages.http.get("/settings")
    assert page.status_code == 200, page.text[:800]
    assert "T-2" not in page.text
    assert "付款账户和格式" in page.text
    assert "210400" not in page.text
    holidays = holidays_of(2022)
    assert holidays is not None
    days = {str(one.day): one.rests for one in holidays}
    assert (days["2022-10-03"], days["2022-10-08"]) == (True, False)
    assert holidays_of(1900) is None
