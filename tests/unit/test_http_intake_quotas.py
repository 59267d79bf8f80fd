"""Quotas and metrics of HTTP intake: a source's part of a minute, who is put off until when, what is counted."""

import asyncio
import copy
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from events.contract.inbound.catalogue import TYPES
from events.contract.schemas import examples
from events.contract.schemas.openapi import document
from policies.cities import read_cities
from policies.cities.quotas import USUAL, SourceQuota
from policies.engine.message_names import names_of_policies
from services.http_intake.app import IntakeSources, create_app
from services.http_intake.checking import SenderGrant
from services.http_intake.metrics import IntakeMetrics, numbers_of
from services.http_intake.quotas import OverQuota, SourceQuotas
from services.http_intake.reading_metrics import NoNumbers, source_numbers
from services.http_intake.request_events import BATCH
from services.runtime.embedded.home import free_port
from services.runtime.kafka.inbound_topics import InboundMessage
from services.runtime.settings import Settings
from services.runtime.telemetry import metrics_port
from services.tools.operations.doctor import look
from tests.given_when_then import policies

APPLICATION = examples.events()["application.submitted"]
HASTY, CALM = APPLICATION["source"], "district-211221.hrss"
NOW = datetime(2022, 9, 1, 2, tzinfo=UTC)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def once(quotas: SourceQuotas, source: str = HASTY, size: int = 0, events: int = 0) -> None:
    with quotas.serving(source, 0) as served:
        served.read(size)
        served.holds(events)


def test_a_minutes_part_may_come_at_once_and_comes_back_evenly() -> None:
    watch = Watch()
    quotas = SourceQuotas(lambda _: SourceQuota(requests=3), watch)
    for _ in range(3):
        once(quotas)
    with pytest.raises(OverQuota) as over:
        once(quotas)
    assert (over.value.measure, over.value.most, over.value.seconds) == ("requests", 3, 20)
    once(quotas, CALM)  # takes from its own part
    watch.now = over.value.seconds
    once(quotas)
    with pytest.raises(OverQuota):
        once(quotas)


@pytest.mark.parametrize("measure", ["bytes", "events"])
def test_a_request_beyond_a_minutes_part_is_served_and_the_next_waits_the_longer(
    measure: str,
) -> None:
    watch = Watch()
    quotas = SourceQuotas(lambda _: SourceQuota(**{measure: 60}), watch)
    once(quotas, size=150 * (measure == "bytes"), events=150 * (measure == "events"))
    with pytest.raises(OverQuota) as over:
        once(quotas)
    assert (over.value.measure, over.value.seconds) == (measure, 91)
    watch.now = 90.5
    with pytest.raises(OverQuota):
        once(quotas)
    watch.now = 91
    once(quotas)


def test_what_a_head_states_counts_before_the_body_has_come() -> None:
    quotas = SourceQuotas(lambda _: SourceQuota(bytes=100), Watch())
    with quotas.serving(HASTY, 100) as served:
        with pytest.raises(OverQuota, match="bytes"), quotas.serving(HASTY, 1):
            pass
        served.read(40)  # less came than was stated
    with quotas.serving(HASTY, 60):
        pass


def test_one_source_is_served_so_many_requests_at_once() -> None:
    quotas = SourceQuotas(lambda _: SourceQuota(at_once=1), Watch())
    with quotas.serving(HASTY, 0):
        with pytest.raises(OverQuota, match="at_once"), quotas.serving(HASTY, 0):
            pass
        once(quotas, CALM)
    once(quotas)


def test_what_is_remembered_is_bounded_and_whoever_is_served_is_not_forgotten() -> None:
    quotas = SourceQuotas(lambda _: SourceQuota(requests=1), Watch(), most_sources=10)
    with quotas.serving("busy", 0):
        for number in range(1_000):
            once(quotas, f"source-{number}")
        assert len(quotas) == 10
        with pytest.raises(OverQuota):
            once(quotas, "busy")
        with pytest.raises(OverQuota):
            once(quotas, "source-999")


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 400)), max_size=60))
def test_over_any_time_no_more_is_served_than_two_parts_and_what_comes_back(
    requests: list[tuple[float, int]],
) -> None:
    watch, most = Watch(), 200
    quotas = SourceQuotas(lambda _: SourceQuota(requests=10, bytes=most), watch)
    served, waits = list[int](), [1]
    for pause, size in requests:
        watch.now += pause
        try:
            once(quotas, size=size)
        except OverQuota as over:
            waits.append(over.seconds)
        else:
            served.append(size)
    assert min(waits) == 1
    assert len(served) <= 10 + 10 * watch.now / 60 + 1e-6
    assert sum(served) - (served[-1] if served else 0) <= most + most * watch.now / 60 + 1e-6


def test_quotas_stand_in_the_citys_file_and_of_two_cities_the_less_counts(tmp_path: Path) -> None:
    text = Path("cities/211200/city.yaml").read_text("utf-8")
    one = f"quotas:\n  {HASTY}: {{requests: 30, bytes: 1000}}\n"
    for code, quota in (("211200", one), ("210500", one.replace("30", "40").replace("1000", "9"))):
        folder = tmp_path / code
        folder.mkdir()
        own = text if code == "211200" else re.sub("2112([0-9]{2})", r"2105\1", text)
        own = own.replace("staff:", "#staff:") if code != "211200" else own
        own = re.sub(r"(?m)^- \{id.*\n", "", own) if code != "211200" else own
        (folder / "city.yaml").write_text(own + quota, "utf-8")
    cities = read_cities(tmp_path)
    assert cities.quota_of(HASTY) == SourceQuota(requests=30, bytes=9)
    assert cities.quota_of(CALM) == USUAL


class Intake:
    """HTTP intake without a network, with one token a source."""

    def __init__(self, quota: SourceQuota) -> None:
        self.registry = CollectorRegistry()
        self.watch = Watch()
        self.sent: list[InboundMessage] = []
        self.sources = IntakeSources(
            self._grant_of,
            self._publish,
            names_of_policies(policies()),
            lambda: NOW,
            document(),
            SourceQuotas(lambda _: quota, self.watch),
            IntakeMetrics(self.registry),
        )

    async def _grant_of(self, token: str) -> SenderGrant | None:
        known = token in (HASTY, CALM)
        return SenderGrant(f"T-{token}", token, frozenset(TYPES)) if known else None

    async def _publish(self, messages: Sequence[InboundMessage]) -> None:
        self.sent += messages

    def post(self, events: object, token: str = HASTY) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(create_app(self.sources))
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                headers = {"content-type": BATCH, "authorization": f"Bearer {token}"}
                return await client.post(
                    "/v1/events", content=orjson.dumps(events), headers=headers
                )

        return asyncio.run(ask())


def test_who_is_over_its_part_is_answered_429_with_the_seconds_and_nothing_is_published() -> None:
    intake = Intake(SourceQuota(requests=1))
    assert intake.post([APPLICATION]).status_code == 202
    answer = intake.post([APPLICATION])
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (429, "OVER_QUOTA")
    assert answer.headers["retry-after"] == "60"
    assert "每分钟 1 次请求" in error["text"]
    assert "60 s" in error["text_en"]
    assert len(intake.sent) == 1
    other = {**APPLICATION, "source": CALM}
    assert intake.post([other], CALM).status_code == 202, "another source has its own part"
    intake.watch.now = 60
    assert intake.post([APPLICATION]).status_code == 202


def test_everything_is_counted_by_source_and_code() -> None:
    intake = Intake(SourceQuota(requests=5))
    bad = copy.deepcopy(APPLICATION) | {"id": "bad"}
    bad["data"]["programme"] = "free-lunch"
    for events in ([APPLICATION, bad], [APPLICATION], "no events", [APPLICATION], []):
        intake.post(events)
    intake.post([APPLICATION])
    intake.post([APPLICATION], "a stranger")
    nobody, one = numbers_of(generate_latest(intake.registry).decode())
    assert (nobody.source, nobody.requests, nobody.codes) == ("-", 1, (("NO_TOKEN", 1),))
    assert (one.source, one.requests, one.accepted, one.duplicates) == (HASTY, 6, 3, 2)
    assert (one.refused, one.put_off) == (1, 1)
    codes = dict(one.codes)
    assert codes.pop("OVER_QUOTA") == codes.pop("NO_EVENTS") == codes.pop("WRONG_CONTENT") == 1
    assert list(codes.values()) == [1], "the code of the one event that was refused"
    assert one.bytes > len(orjson.dumps([APPLICATION, bad]))
    assert one.seconds > 0


def test_events_are_remembered_to_a_bound() -> None:
    metrics = IntakeMetrics(CollectorRegistry(), remembered=2)
    assert [metrics._again("s", name) for name in "abbcab"] == [
        False, False, True, False, False, False,
    ]  # fmt: skip
    assert len(metrics._seen) == 2


async def test_doctor_asks_the_running_process_and_says_when_it_does_not_answer() -> None:
    intake = Intake(USUAL)
    await asyncio.to_thread(intake.post, [APPLICATION])
    base = free_port()
    settings = Settings(
        http_intake_port=1, metrics_port=base, kafka_bootstrap="127.0.0.1:1",
        postgres_dsn="postgresql://nobody@127.0.0.1:1/none",
    )  # fmt: skip
    with pytest.raises(NoNumbers, match="没有应答"):
        await source_numbers(settings)
    with pytest.raises(NoNumbers, match="METRICS_PORT"):
        await source_numbers(settings.model_copy(update={"metrics_port": 0}))
    server, thread = start_http_server(
        metrics_port(settings, "http-intake"), "127.0.0.1", intake.registry
    )
    try:
        (finding,) = [one async for one in look(settings) if one.what == "HTTP 受理"]
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        thread.join()
    assert finding.good
    assert f"{HASTY} 请求 1、受理 1、重复 0、不受理 0、限流 0" in finding.detail
