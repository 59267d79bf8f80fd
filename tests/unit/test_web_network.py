"""Pages on a network: only with accounts, over TLS, by their names; a proxy is believed if named."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.errors import NotConfigured
from services.sign_in.entrance import Entrance
from services.sign_in.session_rules import SessionLimits
from services.web.request.sources import Sources
from services.web.server import Tls, listening_socket, serve
from tests.certificates import self_signed
from tests.given_when_then import policies
from tests.staff_accounts import KEY, CountedPasswords, Office
from tests.web_pages import books_of

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def dsn(postgres: PostgresServer) -> str:
    """Empty books."""
    return books_of(postgres, "network", [])


@asynccontextmanager
async def served(
    dsn: str,
    tls: Tls,
    host_names: tuple[str, ...] = (),
    verify: ssl.SSLContext | bool = False,
    *,
    accounts: bool = False,
) -> AsyncIterator[httpx.AsyncClient]:
    """The pages on a real socket."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        door = Entrance.over(pool, KEY, SessionLimits(), CountedPasswords()) if accounts else None
        sources = Sources(
            pool,
            policies(),
            Path("node_modules"),
            host_names=host_names,
            sign_in=door,
            sessions=door.sessions if door else None,
        )
        listening = listening_socket("127.0.0.1", 0)
        task = asyncio.create_task(serve(sources, listening, stop, ready, tls))
        async with httpx.AsyncClient(base_url=await ready, verify=verify) as client:
            yield client
        stop.set()
        await task


async def test_over_tls_browsers_are_told_to_stay_there(dsn: str, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with served(dsn, Tls(str(certificate), str(key)), verify=trusting) as client:
        answer = await client.get("/livez")
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
        assert "includeSubDomains" in answer.headers["strict-transport-security"]
    async with served(dsn, Tls()) as client:
        assert "strict-transport-security" not in (await client.get("/livez")).headers


@pytest.mark.parametrize(
    ("proxy", "believed"), [("", False), ("10.9.9.9", False), ("127.0.0.1", True)]
)
async def test_headers_of_a_proxy_are_believed_of_the_named_one_alone(
    dsn: str, proxy: str, believed: bool
) -> None:
    """What passes for https decides the cookie's name and HSTS, so nobody may just say so."""
    async with served(dsn, Tls(proxy=proxy)) as client:
        answer = await client.get("/livez", headers=FORGED)
        assert ("strict-transport-security" in answer.headers) is believed


@pytest.mark.parametrize(
    ("proxy", "address"),
    [("", "127.0.0.1"), ("10.9.9.9", "127.0.0.1"), ("127.0.0.1", "203.0.113.9")],
)
async def test_nobody_guesses_from_an_address_of_their_choice(
    dsn: str, proxy: str, address: str
) -> None:
    """A wait is by address: who may name one has as many tries as there are addresses."""
    other = {"Forwarded": "for=198.51.100.1", "X-Real-IP": "198.51.100.1"}
    db = await asyncpg.connect(dsn)
    await db.execute("TRUNCATE access.attempts")
    await Office(db).add(f"user-{proxy or 'none'}")
    async with served(dsn, Tls(proxy=proxy), accounts=True) as client:
        client.headers["origin"] = str(client.base_url)
        client.headers.update(other | {"X-Forwarded-For": FORGED["X-Forwarded-For"]})
        form = await client.get("/sign-in")
        secret = re.findall(r'name="csrf" value="([^"]+)"', form.text)[0]
        said = {"user": "li-jing", "password": "no such password", "csrf": secret}
        assert (await client.post("/sign-in", data=said)).status_code == 401
    assert await db.fetchval("SELECT string_agg(address, ' ') FROM access.attempts") == address
    await db.close()


@pytest.mark.parametrize("named", ["X-Forwarded-Host", "Forwarded", "X-Original-URL"])
async def test_no_header_renames_us(dsn: str, named: str) -> None:
    async with served(dsn, Tls(), host_names=("ledger.example.org",)) as client:
        sent = {"Host": "ledger.example.org", named: "host=evil.example.org"}
        answer = await client.get("/", headers=sent)
        assert answer.status_code == 200
        assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("host", "status"), [("ledger.example.org", 200), ("evil.example.org", 400), ("", 400)]
)
async def test_a_request_for_another_name_is_refused(dsn: str, host: str, status: int) -> None:
    async with served(dsn, Tls(), host_names=("ledger.example.org",)) as client:
        answer = await client.get("/livez", headers={"Host": host})
        assert answer.status_code == status
        assert "evil" not in answer.text


async def test_probes_say_nothing_but_whether(dsn: str) -> None:
    async with served(dsn, Tls()) as client:
        assert (await client.get("/livez")).text == "ok"
        assert (await client.get("/readyz")).text == "ready"


async def test_a_certificate_that_cannot_be_read_is_named_with_its_setting(
    dsn: str, tmp_path: Path
) -> None:
    certificate, _key = self_signed(tmp_path)
    sources = Sources(None, policies(), Path("node_modules"))  # type: ignore[arg-type]
    wrong = Tls(str(certificate), str(certificate))
    with (
        listening_socket("127.0.0.1", 0) as listening,
        pytest.raises(NotConfigured, match="BENEFIT_LEDGER_WEB_CERTIFICATE"),
    ):
        await serve(sources, listening, asyncio.Event(), None, wrong)
