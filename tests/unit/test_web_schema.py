"""Requests made out of the pages' own OpenAPI document, sent as each role: no fault, nothing of others.

Schemathesis makes them of every route, of every parameter and field that the document names; where
the books have such a thing, a thing of the other district is asked for as well. The same requests in
every run; `EXPLORE=1` makes more and others.
"""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import httpx
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis.core.result import Ok

from events.authority import EVERY
from events.codec import encode_fact
from events.envelope import Recorded
from policies.access import access
from services.runtime.embedded.postgres_server import PostgresServer
from services.sign_in.session_rules import SignedIn
from tests.browser import city
from tests.signed_in_staff import SignedInAs, user_row
from tests.unit.test_districts_apart import CANARY, ONE, OTHER, moved, unpacked
from tests.web_pages import ADDRESS, WebPages, books_of, pages_alone, routes, web_pages

Case = schemathesis.Case[Any]

ROLES = list(access().roles)
EXPLORE = bool(os.environ.get("EXPLORE"))
_REQUEST = settings(
    max_examples=20 if EXPLORE else 2,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

THERE = {
    "account": ["icbc-1282"],
    "area": [OTHER],
    "city": [OTHER],
    "key": ["district-211282.hrss:KY-2022-004000", "district-211282.hrss:KPQ-0000"],
    "number": ["J-0-1"],
    "place": [OTHER],
    "q": ["KY-2022-004000"],
    "token": ["k-7c23beed08555c4b"],
    "user": ["other"],
}
"""Things of the other district, where pages call them otherwise than facts do."""


class Confirmed(SignedInAs):
    """Whoever is named is signed in, and has just given a one-time code."""

    async def find(self, token: str, address: str, now: datetime) -> SignedIn | None:
        """The session."""
        found = await super().find(token, address, now)
        assert found is not None
        return found._replace(confirmed_at=now)

    async def end(self, token: str, why: str) -> None:
        """Whoever signs out may come again."""


@pytest.fixture(scope="module")
def facts() -> list[Recorded]:
    """A summer of the one district."""
    return [one for one in city.build().ledger.facts if OTHER not in encode_fact(one).decode()]


@pytest.fixture(scope="module")
def books(postgres: PostgresServer, facts: list[Recorded]) -> str:
    """The books of both districts, and a user of each role in the one of them."""
    users = [user_row(role, [role], ONE, ONE) for role in ROLES]
    users += [
        user_row("other", ["operator"], OTHER, OTHER),
        user_row("all", ["auditor"], EVERY, EVERY),
    ]
    return books_of(postgres, "web_schema", [*facts, *moved(facts)], users)


@pytest.fixture(scope="module")
def cases(facts: list[Recorded]) -> list[list[Case]]:
    """Requests of every route: the simplest, and others."""
    schema = schemathesis.openapi.from_dict(document(named(moved(facts))))
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    made = [requests(operation.as_strategy()) for operation in found]
    assert len(made) == sum(len(route.methods or ()) for route in routes(pages_alone()))
    return made


def requests(strategy: SearchStrategy[Case]) -> list[Case]:
    """Some requests of one route."""
    made: list[Case] = []

    @_REQUEST
    @given(strategy)
    def make(case: Case) -> None:
        made.append(case)

    make()
    return made


def named(facts: list[Recorded]) -> dict[str, list[str]]:
    """What facts call things, by the names of their fields."""
    found: dict[str, dict[str, None]] = {}

    def walk(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for own, inner in value.items():
                walk(inner, own)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, name)
        elif isinstance(value, str) and CANARY.search(value):
            found.setdefault(name, {})[value] = None

    for fact in facts:
        walk(orjson.loads(encode_fact(fact)))
    return {name: list(values)[:3] for name, values in found.items()} | THERE


def document(there: Mapping[str, list[str]]) -> dict[str, Any]:
    """The pages' document; it says which things there are, and that every page takes a district."""
    made: dict[str, Any] = orjson.loads(orjson.dumps(pages_alone().openapi()))
    for operation in (one for path in made["paths"].values() for one in path.values()):
        own = operation.setdefault("parameters", [])
        if all(parameter["name"] != "district" for parameter in own):
            own.append({"name": "district", "in": "query", "schema": {"enum": [ONE, OTHER]}})
        for parameter in own:
            parameter["schema"] = offering(parameter["schema"], there.get(parameter["name"]))
    for body in made["components"]["schemas"].values():
        body["additionalProperties"] = False
        for name, schema in body["properties"].items():
            body["properties"][name] = offering(schema, there.get(name))
    return made


def offering(schema: dict[str, Any], values: list[str] | None) -> dict[str, Any]:
    """What is asked, and the things that there are."""
    return {"anyOf": [{"enum": values}, schema]} if values else schema


@pytest.fixture
async def pages(books: str) -> AsyncIterator[WebPages]:
    """The pages, where everybody has to sign in."""
    async with web_pages(books, sessions=Confirmed()) as opened:
        opened.http.headers["x-csrf-token"] = "csrf"
        yield opened


def asked(case: Case) -> Iterator[str]:
    """All that a request says."""
    waiting: list[Any] = [case.path_parameters, case.query, case.body]
    while waiting:
        match waiting.pop():
            case dict() as held:
                waiting += held.values()
            case list() as held:
                waiting += held
            case str() as text if text:
                yield unquote(text)


def told(answer: httpx.Response, case: Case) -> str:
    """What an answer says, headers too, without what it was asked."""
    heads = [f"{name}: {unquote(value)}" for name, value in answer.headers.items()]
    text = "\n".join([*heads, unpacked(answer)])
    for said in sorted(asked(case), key=len, reverse=True):
        for form in (said, escape(said), quote(said), quote(said, safe=""), quote_plus(said)):
            text = text.replace(form, "")
    return text


async def sent(http: httpx.AsyncClient, case: Case) -> httpx.Response:
    """Send a request as our own pages would."""
    made = case.as_transport_kwargs(base_url=ADDRESS)
    keep = ("method", "url", "params", "data", "files", "content")
    return await http.request(**{name: made[name] for name in keep if made.get(name)})


@pytest.mark.parametrize("role", ROLES)
async def test_no_request_of_a_role_ends_in_a_fault_or_with_a_word_of_the_other_district(
    pages: WebPages, cases: list[list[Case]], role: str
) -> None:
    pages.http.cookies.set("session", role)
    opened, wrong = 0, []
    for number, route in enumerate(cases, ROLES.index(role)):
        for case in route if EXPLORE else route[number % 2 :: 2]:
            answer = await sent(pages.http, case)
            opened += answer.status_code == 200
            if answer.status_code >= 500 or CANARY.search(told(answer, case)):
                wrong.append((answer.status_code, case))
    assert wrong == []
    assert opened > 5, "the walk sees pages, not refusals alone"


async def test_who_sees_both_districts_is_told_words_of_the_other(
    pages: WebPages, cases: list[list[Case]]
) -> None:
    pages.http.cookies.set("session", "all")
    found: set[str] = set()
    for route in cases:
        if route[0].method == "GET" and len(found) < 5:
            answer = await sent(pages.http, route[0])
            found |= {route[0].path} if CANARY.search(told(answer, route[0])) else set()
    assert len(found) == 5, "or the walk finds nothing because it looks for nothing"
