"""HTTP intake as it is served: on its own port, with a certificate of its own, until it is told to stop."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from events.contract.schemas.openapi import document
from policies.cities.quotas import USUAL
from policies.engine.message_names import names_of_policies
from services.http_intake import worker
from services.http_intake.app import IntakeSources
from services.http_intake.checking import SenderGrant
from services.http_intake.metrics import IntakeMetrics
from services.http_intake.quotas import SourceQuotas
from services.runtime.embedded.home import free_port
from services.runtime.errors import NotConfigured
from services.runtime.settings import Settings
from tests.certificates import CertificateFiles, self_signed
from tests.given_when_then import policies


async def nobody(_: str) -> SenderGrant | None:
    return None


async def nowhere(_: object) -> None:
    raise AssertionError("nothing is published without a token")


def sources() -> IntakeSources:
    known = names_of_policies(policies())
    quotas, metrics = SourceQuotas(lambda _: USUAL), IntakeMetrics(CollectorRegistry())
    return IntakeSources(
        nobody, nowhere, known, lambda: datetime.now(UTC), document(), quotas, metrics
    )


def with_certificate(found: CertificateFiles) -> Settings:
    return Settings(
        http_intake_port=free_port(),
        http_intake_certificate=str(found.certificate),
        http_intake_certificate_key=str(found.key),
    )


async def test_it_speaks_tls_with_its_own_certificate_and_ends_when_told(tmp_path: Path) -> None:
    found = self_signed(tmp_path)
    settings = with_certificate(found)
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    listening = worker._listening(settings)
    serving = asyncio.create_task(worker._serve(settings, sources(), listening, stop, ready))
    address = await ready
    assert address.startswith("https://")
    trusted = ssl.create_default_context(cafile=str(found.certificate))
    async with httpx.AsyncClient(verify=trusted) as client:
        at = f"https://localhost:{settings.http_intake_port}"
        assert (await client.get(f"{at}/v1/openapi.json")).json()["openapi"] == "3.1.0"
        refused = await client.post(f"{at}/v1/events", content=b"{}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "NO_TOKEN")
        assert "server" not in refused.headers
    stop.set()
    await asyncio.wait_for(serving, 30)
    listening.close()


async def test_a_certificate_that_cannot_be_read_is_named_with_its_setting(tmp_path: Path) -> None:
    found = self_signed(tmp_path)
    settings = with_certificate(found._replace(key=found.certificate))
    with worker._listening(settings) as listening, pytest.raises(NotConfigured, match="PEM"):
        await worker._serve(settings, sources(), listening, asyncio.Event(), None)


def test_a_port_that_is_taken_is_named_with_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = Settings(http_intake_port=other.getsockname()[1])
        with pytest.raises(worker.HttpPortTaken, match="HTTP_INTAKE_PORT"):
            worker._listening(settings)
