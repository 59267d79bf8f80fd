"""HTTP intake: what may be sent by whom, one answer an event, the very record that Kafka would carry."""

import asyncio
import copy
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.cloudevent import read_event
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import Refusal
from events.contract.schemas import examples
from events.contract.schemas.openapi import MOST_EVENTS, document
from policies.cities.quotas import USUAL
from policies.engine.message_names import names_of_policies
from services.http_intake.app import IntakeSources, create_app
from services.http_intake.checking import SenderGrant, check
from services.http_intake.metrics import IntakeMetrics
from services.http_intake.quotas import SourceQuotas
from services.http_intake.request_events import (
    BATCH,
    MOST_BYTES,
    STRUCTURED,
    Record,
    WrongRequest,
    records_of,
)
from services.runtime import settings as module
from services.runtime.errors import BrokerAway, NotConfigured
from services.runtime.kafka.inbound_topics import InboundMessage
from services.runtime.settings import Settings
from services.tools.staff.source_tokens import NotSuchType, types_of
from tests.fuzz.messages import STRUCTURED as STRUCTURED_HEADERS
from tests.fuzz.messages import Fuzz
from tests.given_when_then import policies

KNOWN = names_of_policies(policies())
NOW = datetime(2022, 9, 1, 2, tzinfo=UTC)
EVENTS = examples.events()
APPLICATION = EVENTS["application.submitted"]
SOURCE = APPLICATION["source"]
TOKEN = "bl_a-token"
OPENAPI = document()


def grant(*types: str, source: str = SOURCE) -> SenderGrant:
    return SenderGrant("T-1", source, frozenset(types or TYPES))


class Topics:
    """The topics as a list; away when told so."""

    def __init__(self) -> None:
        self.sent: list[InboundMessage] = []
        self.away = False

    async def send_all(self, messages: Sequence[InboundMessage]) -> None:
        if self.away:
            raise BrokerAway("kafka:9092", "no answer")
        self.sent += messages


def sources(
    grant_of: Callable[[str], Awaitable[SenderGrant | None]], topics: Topics
) -> IntakeSources:
    """What the application asks, with quotas and counters of its own."""
    quotas, metrics = SourceQuotas(lambda _: USUAL), IntakeMetrics(CollectorRegistry())
    return IntakeSources(grant_of, topics.send_all, KNOWN, lambda: NOW, OPENAPI, quotas, metrics)


def post(
    content: bytes | AsyncIterator[bytes],
    kind: str = STRUCTURED,
    *,
    topics: Topics | None = None,
    granted: SenderGrant | None = None,
    token: str = TOKEN,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Send one request to the application, without a network."""

    async def grant_of(stated: str) -> SenderGrant | None:
        return (granted or grant()) if stated == TOKEN else None

    app = create_app(sources(grant_of, topics or Topics()))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    stated = dict(headers or {})
    if token:
        stated["authorization"] = f"Bearer {token}"

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            sent = {"content-type": kind, **stated}
            return await client.post("/v1/events", content=content, headers=sent)

    answer = asyncio.run(ask())
    documented(answer)
    return answer


def documented(answer: httpx.Response) -> None:
    """Hold an answer against what the OpenAPI document says of its status."""
    responses = OPENAPI["paths"]["/v1/events"]["post"]["responses"]
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": OPENAPI["components"]}
    jsonschema.Draft202012Validator(whole).validate(answer.json())


def wire(event: object) -> bytes:
    return orjson.dumps(event)


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(APPLICATION), **changes}


def with_data(**changes: Any) -> dict[str, Any]:
    return changed(data={**APPLICATION["data"], **changes})


def binary(event: dict[str, Any]) -> dict[str, str]:
    return {f"ce-{name}": value for name, value in event.items() if name != "data"}


@pytest.mark.parametrize("name", list(TYPES))
def test_three_ways_of_sending_put_the_same_event_on_its_topic(name: str) -> None:
    event, topics = EVENTS[name], Topics()
    granted = grant(name, source=event["source"])
    assert post(wire(event), topics=topics, granted=granted).status_code == 202
    assert post(wire([event]), BATCH, topics=topics, granted=granted).status_code == 202
    headers = binary(event)
    data = wire(event["data"])
    answer = post(data, "application/json", topics=topics, granted=granted, headers=headers)
    assert answer.status_code == 202
    structured, in_batch, in_headers = topics.sent
    assert structured.value == in_batch.value == wire(event)
    assert {message.feed for message in topics.sent} == {TYPES[name].feed}
    assert {message.key for message in topics.sent} == {event["id"].encode()}
    arrived = int(NOW.timestamp() * 1000)
    first, second, third = (
        read(Message(one.feed, one.value, one.headers, arrived), KNOWN)
        for one in (structured, in_batch, in_headers)
    )
    assert first == second == third
    assert all(isinstance(one, Inbound) for one in first)


def test_the_answer_names_the_digest_that_a_correction_needs() -> None:
    (told,) = post(wire(APPLICATION)).json()["events"]
    assert told["accepted"]
    (claim,) = told["claims"]
    replaces = {"replaces": claim["digest"], **APPLICATION["data"]}
    correction = changed(id="c-1", type="application.corrected", data=replaces)
    assert post(wire(correction)).status_code == 202


def test_one_bad_event_stops_no_other_and_is_told_by_the_contracts_own_codes() -> None:
    topics = Topics()
    bad = with_data(programme="free-lunch", region="999999")
    answer = post(wire([APPLICATION, bad, EVENTS["application.withdrawn"]]), BATCH, topics=topics)
    assert answer.status_code == 207
    told = answer.json()
    assert (told["accepted"], told["refused"]) == (2, 1)
    assert [one["accepted"] for one in told["events"]] == [True, False, True]
    codes = {problem["code"] for problem in told["events"][1]["problems"]}
    assert codes == {"UNKNOWN_PROGRAMME", "UNKNOWN_REGION"}
    assert [message.value for message in topics.sent] == [
        wire(APPLICATION),
        wire(EVENTS["application.withdrawn"]),
    ]


def test_a_bad_line_of_an_employers_batch_is_named_and_the_batch_goes_on() -> None:
    batch = copy.deepcopy(EVENTS["application.batch-submitted"])
    batch["data"]["lines"][0]["beneficiary"]["id"] = "1"
    topics = Topics()
    answer = post(wire(batch), topics=topics, granted=grant(source=batch["source"]))
    (told,) = answer.json()["events"]
    assert answer.status_code == 202
    assert [(p["code"], p["line"]) for p in told["problems"]] == [("WRONG_PERSON_ID", 1)]
    assert len(told["claims"]) == len(batch["data"]["lines"]) - 1
    assert len(topics.sent) == 1


@pytest.mark.parametrize(
    ("event", "code", "field"),
    [
        (changed(source="hall.of-another"), "SOURCE_NOT_GRANTED", "source"),
        (changed(type="budget.allocated"), "TYPE_NOT_GRANTED", "type"),
        (changed(type="no.such"), "UNKNOWN_TYPE", "type"),
        (with_data(applied_on="2022-09-02"), "APPLIED_AFTER_ARRIVAL", "data.applied_on"),
    ],
)
def test_what_is_not_taken_reaches_no_topic(event: dict[str, Any], code: str, field: str) -> None:
    topics = Topics()
    answer = post(wire(event), topics=topics, granted=grant("application.submitted"))
    assert (answer.status_code, topics.sent) == (422, [])
    (problem,) = answer.json()["events"][0]["problems"]
    assert (problem["code"], problem["field"]) == (code, field)


def test_a_name_written_twice_is_seen_in_every_mode() -> None:
    twice = wire(APPLICATION)[:-1] + b',"id":"other"}'
    for body, kind in ((twice, STRUCTURED), (b"[" + twice + b" , " + twice + b"]", BATCH)):
        for told in post(body, kind).json()["events"]:
            assert [problem["code"] for problem in told["problems"]] == ["KEY_TWICE"]
    (told,) = post(b'{"a":1,"a":2}', "application/json", headers=binary(APPLICATION)).json()[
        "events"
    ]
    assert told["problems"][0]["code"] == "KEY_TWICE"


@pytest.mark.parametrize("token", ["", "bl_other", "x" * 300])
def test_without_a_token_nothing_is_read(token: str) -> None:
    answer = post(b"no json", token=token)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", STRUCTURED, 400, "NO_EVENTS"),
        (b"[]", BATCH, 400, "NO_EVENTS"),
        (b"{}", BATCH, 400, "WRONG_CONTENT"),
        (b"[{]", BATCH, 400, "NOT_JSON"),
        (b"[" * 400 + b"1" + b"]" * 400, BATCH, 422, "WRONG_CONTENT"),
        (b"[" * 5_000 + b"]" * 5_000, BATCH, 400, "TOO_DEEP"),
        (b"[" + b",".join([b"1"] * (MOST_EVENTS + 1)) + b"]", BATCH, 400, "TOO_MANY_EVENTS"),
        (b"{}", "text/plain", 415, "WRONG_CONTENT"),
        (b"{}", "application/json", 415, "WRONG_CONTENT"),
        (b"{}", f"{STRUCTURED}; charset=gb18030", 415, "WRONG_CONTENT"),
        (b"x" * (MOST_BYTES + 1), STRUCTURED, 413, "TOO_LARGE"),
        (b"{", STRUCTURED, 422, "NOT_JSON"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(
    body: bytes, kind: str, status: int, code: str
) -> None:
    topics = Topics()
    answer = post(body, kind, topics=topics)
    told = answer.json()
    found = told["error"]["code"] if "error" in told else told["events"][0]["problems"][0]["code"]
    assert (answer.status_code, found, topics.sent) == (status, code, [])


def test_a_body_without_a_stated_length_is_bounded_too() -> None:
    given_away = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given_away
        while True:
            given_away += 1
            yield b"x" * 1024 * 1024

    assert post(endless()).status_code == 413
    assert given_away < 10


def test_what_is_not_acknowledged_is_said_to_be_sent_again() -> None:
    topics = Topics()
    topics.away = True
    answer = post(wire(APPLICATION), topics=topics)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    topics.away = False
    assert post(wire(APPLICATION), topics=topics).status_code == 202
    assert post(wire(APPLICATION), topics=topics).status_code == 202
    assert topics.sent[0] == topics.sent[1], "the same event twice, which intake takes once"


def test_what_has_no_address_or_another_method_is_said_in_words() -> None:
    async def ask() -> list[httpx.Response]:
        async def nobody(_: str) -> SenderGrant | None:
            return None

        app = create_app(sources(nobody, Topics()))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return [
                await client.get("/v1/events"),
                await client.get("/"),
                await client.get("/v1/openapi.json"),
            ]

    other_method, nowhere, contract = asyncio.run(ask())
    assert (other_method.status_code, other_method.headers["allow"]) == (405, "POST")
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert contract.json() == OPENAPI


def test_packed_bodies_are_refused_and_never_unpacked() -> None:
    assert post(wire(APPLICATION), headers={"content-encoding": "gzip"}).status_code == 415


@settings(max_examples=50, deadline=None)
@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=12,
    ).map(orjson.dumps),
    kind=st.sampled_from([STRUCTURED, BATCH, "application/json", "text/plain", ""]),
    headers=st.dictionaries(
        st.sampled_from(["ce-id", "ce-source", "ce-type", "ce-specversion", "ce-data"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    ),
)
def test_whatever_is_sent_gets_a_documented_answer(
    body: bytes, kind: str, headers: dict[str, str]
) -> None:
    assert post(body, kind, headers=headers).status_code < 500


def test_whatever_a_topic_would_take_is_taken_over_http_and_nothing_else() -> None:
    """Random messages: the answer is that of intake's reader on the topic of their type."""
    arrived, compared = int(NOW.timestamp() * 1000), Counter[bool]()
    for put in Fuzz(7).messages(1_200, good_every=7):
        if not put.value:
            continue
        stated = [_http_header(name, value) for name, value in put.headers]
        requests = [(stated, put.value)]
        if put.headers == STRUCTURED_HEADERS and isinstance(_parsed(put.value), dict):
            requests.append(([("content-type", BATCH)], b" [ " + put.value + b"]"))
        for headers, body in requests:
            on_topic = Record(put.value, put.headers)
            source, feed = _source_and_feed(on_topic)
            wanted = read(Message(feed, put.value, put.headers, arrived), KNOWN)
            try:
                (record,) = records_of(headers, body)
            except WrongRequest:
                assert not any(isinstance(answer, Inbound) for answer in wanted), put
                continue
            (checked,) = check([record], grant(source=source), KNOWN, arrived)
            assert list(checked.answers) == wanted, put
            compared[checked.taken] += 1
    assert min(compared[True], compared[False]) > 200, compared


def _http_header(name: str, value: bytes) -> tuple[str, str]:
    """A record's header as HTTP has it: an attribute is percent-encoded."""
    if name.startswith("ce_"):
        return f"ce-{name[3:]}", quote(value, safe=" /;=")
    return name, value.decode("latin-1")


def _parsed(value: bytes) -> object:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def _source_and_feed(record: Record) -> tuple[str, str]:
    """The source that an event states, and the topic that its type belongs to."""
    try:
        event = read_event(record.value, record.headers)
    except Refusal:
        return SOURCE, "applications"
    entry = TYPES.get(event.type)
    return event.source, entry.feed if entry else "applications"


def test_a_token_names_types_or_whole_feeds() -> None:
    assert types_of(["reviews", "plan.extended", "person.status-changed"]) == [
        "review.decided",
        "plan.extended",
        "approval.revoked",
        "advance.ordered",
        "person.status-changed",
    ]
    with pytest.raises(NotSuchType, match="没有“lunch”"):
        types_of(["lunch"])


def test_tokens_travel_in_the_clear_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_CONTAINER", ())
    assert Settings(http_intake_host="::1").http_intake_host == "::1"
    with pytest.raises(ValueError, match="in the clear"):
        Settings(http_intake_host="0.0.0.0")
    with_tls = Settings(
        http_intake_host="0.0.0.0",
        http_intake_certificate="a.pem",
        http_intake_certificate_key="b.pem",
    )
    assert with_tls.http_intake_host == "0.0.0.0"
    with pytest.raises(ValueError, match="both its certificate and the key"):
        Settings(http_intake_certificate="a.pem")


def test_without_a_port_there_is_no_http_intake() -> None:
    from services.http_intake.worker import run

    with pytest.raises(NotConfigured, match="HTTP_INTAKE_PORT"):
        asyncio.run(run(Settings(), asyncio.Event()))
