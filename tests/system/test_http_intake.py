"""HTTP intake on a real port: what is accepted lies on its topic, and only while the token is good."""

import asyncio
from datetime import date

import httpx
import orjson

from events.applications import DecideApplication
from events.contract.schemas import examples
from services.http_intake.worker import run
from services.runtime.embedded.home import free_port
from services.runtime.settings import Settings
from services.tools.staff import source_tokens
from tests.upstream_system import DEADLINE_SECONDS, Upstream
from tests.whole_ledger import call

APPLICATION = examples.events()["application.submitted"]
SOURCE = APPLICATION["source"]
BATCH = "application/cloudevents-batch+json"


async def test_what_is_accepted_over_http_becomes_the_same_commands(upstream: Upstream) -> None:
    settings = upstream.settings.model_copy(update={"http_intake_port": free_port()})
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(run(settings, stop, ready=ready))
    try:
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        assert not serving.done(), serving.exception()
        async with httpx.AsyncClient(base_url=await ready, timeout=DEADLINE_SECONDS) as client:
            await _accepted_until_withdrawn(settings, client, upstream)
    finally:
        stop.set()
        await asyncio.wait_for(serving, DEADLINE_SECONDS)


async def _accepted_until_withdrawn(
    settings: Settings, client: httpx.AsyncClient, upstream: Upstream
) -> None:
    told = await call(
        "tokens", "new", SOURCE, "--sends", "application.submitted", settings=settings
    )
    (token,) = [line for line in told.out.splitlines() if line.startswith("bl_")]
    (made,) = await source_tokens.listed(settings)
    over = await source_tokens.make(settings, SOURCE, ["reviews"], "ops", date(2022, 1, 1))
    events = [
        APPLICATION,
        {**APPLICATION, "id": "m-2", "data": {**APPLICATION["data"], "application": "A-2"}},
        {**APPLICATION, "id": "m-3", "data": {**APPLICATION["data"], "programme": "free-lunch"}},
    ]

    async def send(token: str) -> httpx.Response:
        headers = {"content-type": BATCH, "authorization": f"Bearer {token}"}
        return await client.post("/v1/events", content=orjson.dumps(events), headers=headers)

    first = await send(token)
    assert first.status_code == 207, first.text
    assert first.json()["accepted"] == 2
    asked = [one.body for one in await upstream.commands(2)]
    wanted = {f"{SOURCE}:{name}" for name in (APPLICATION["data"]["application"], "A-2")}
    assert {body.application for body in asked if isinstance(body, DecideApplication)} == wanted
    assert (await send(token)).json() == first.json(), "sent again, the answer is the same"
    assert (await send(over.token)).status_code == 401, "its last day is over"
    assert (await client.get("/v1/openapi.json")).json()["openapi"] == "3.1.0"
    rows = await source_tokens.listed(settings)
    assert token not in repr(rows)
    assert [row.number for row in rows] == [made.number, over.number]
    assert [row.used_at is not None for row in rows] == [True, False]
    gone = await call("tokens", "withdraw", made.number, settings=settings)
    assert "已撤销" in gone.out, gone.err
    assert (await send(token)).status_code == 401
