"""The auditor's questions over a real database: what a sample is drawn from, and what pages answer."""

from collections import Counter
from datetime import date

import asyncpg
import pytest

from events.applications import ApplicationCorrected
from events.position_vector import PositionVector
from events.samples import SamplePlan
from projections.queries import sample_population
from services.audit.drawing import draw
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser.city import PARTITIONS
from tests.handmade_ledgers import History, filed, grant, granted, proposed
from tests.web_pages import books_of

FIRST = [f"district-211202.hrss:A{n:03}" for n in range(6)]
LATER = "district-211202.hrss:A900"


def histories() -> tuple[History, PositionVector]:
    """Six grants; behind the vector one more, and a correction of the first."""
    history = History()
    for number, application in enumerate(FIRST):
        grant(history, application, f"p{number:09}")
    known = Counter(one.partition for one in history.located(PARTITIONS))
    person = "beneficiary/p000000900"
    history.add(person, filed(LATER, "p000000900"), proposed(LATER, "p000000900"))
    history.add(person, granted(LATER, "p000000900"))
    other = filed(FIRST[0], "p000000000")
    stated = other.stated.model_copy(update={"region": "211221", "account": "another-account"})
    history.add(
        "beneficiary/p000000000",
        ApplicationCorrected(
            application=FIRST[0], replaces="d" * 64, digest="e" * 64, stated=stated,
            arrived=other.arrived, before_filing=False,
        ),
    )  # fmt: skip
    return history, PositionVector.of(known)


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """Books made once: these tests only read."""
    return books_of(postgres, "audit_books", histories()[0].facts)


def plan(vector: str, **changed: object) -> SamplePlan:
    whole = SamplePlan(
        rule="random", rules_version=1, seed="1", size=3, programme="", region="",
        granted_from=date(2022, 1, 1), granted_to=date(2022, 12, 31), threshold=0, vector=vector,
    )  # fmt: skip
    return whole.model_copy(update=changed)


async def test_a_population_is_what_was_known_at_its_vector(database: str) -> None:
    history, vector = histories()
    now = PositionVector.of(Counter(one.partition for one in history.located(PARTITIONS)))
    books = await asyncpg.connect(database)
    try:
        then = await sample_population.grants(books, plan(vector.text))
        today = await sample_population.grants(books, plan(now.text))
        nowhere = await sample_population.grants(books, plan(now.text, region="210400"))
        corrected = await sample_population.grants(books, plan(now.text, region="211221"))
        other = await sample_population.grants(books, plan(now.text, programme="other"))
        too_early = plan(now.text, granted_to=date(2022, 8, 11))
        early = await sample_population.grants(books, too_early)
    finally:
        await books.close()
    assert [row.application for row in then] == FIRST
    assert [row.application for row in today] == [*FIRST, LATER]
    assert (then[0].region, then[0].account) == ("211202", "acc-p000000000")
    assert (today[0].region, today[0].account) == ("211221", "another-account")
    assert then[0].filed_at == today[0].filed_at
    assert [row.application for row in corrected] == [FIRST[0]]
    assert not nowhere
    assert not other
    assert not early
    assert len(draw(plan(vector.text), then).items) == 3
