"""Public-welfare posts by quarter: who holds one, who is new, who has left, in which placement."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from events import streams
from events.approvals import ApprovalGranted
from events.values import FactValue
from projections.queries import posts
from projections.queries.scope import Scope
from services.runtime.embedded.postgres_server import PostgresServer
from tests.handmade_ledgers import History, filed, granted
from tests.web_pages import books_of, csv_records, web_pages

QUARTER = posts.Quarter(2022, 3)
PEOPLE: tuple[tuple[str, str, list[str], int, bool, str], ...] = (
    ("person-kept", "211202", ["2022-06", "2022-07", "2022-08"], 1, False, "granted"),
    ("person-new-again", "211202", ["2022-09"], 2, True, "granted"),
    ("person-again-unfiled", "211221", ["2022-04", "2022-07"], 2, False, "granted"),
    ("person-vacated", "211221", ["2022-05", "2022-06"], 1, False, "granted"),
    ("person-long-ago", "211221", ["2022-01"], 1, False, "granted"),
    ("person-only-filed", "211202", ["2022-07"], 1, False, "filed"),
)


def history() -> History:
    made = History()
    for number, (token, district, months, placement, plan, end) in enumerate(PEOPLE):
        key = f"district:{number}"
        facts: dict[str, FactValue] = {
            "post.months": months,
            "post.placement": placement,
            "post.plan_filed": plan,
        }
        claim = filed(key, token)
        stated = claim.stated.model_copy(
            update={"programme": "welfare-post", "region": district, "facts": facts}
        )
        made.add(
            streams.beneficiary(token),
            claim.model_copy(update={"stated": stated}),
            on=date(2022, 7, 1),
        )
        if end == "granted":
            made.add(streams.beneficiary(token), _granted(key, token), on=date(2022, 7, 1))
    return made


def _granted(key: str, token: str) -> ApprovalGranted:
    body = granted(key, token)
    policy = body.policy.model_copy(update={"programme": "welfare-post"})
    return body.model_copy(update={"policy": policy})


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """The books of these people, made once: these tests only read."""
    return books_of(postgres, "posts", history().facts)


@pytest.fixture
async def pool(database: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """Connections to these books."""
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as made:
        yield made


def test_the_quarter_before_the_first_is_last_years_fourth() -> None:
    assert posts.Quarter(2022, 1).before == posts.Quarter(2021, 4)
    assert posts.Quarter(2021, 4).months == ["2021-10", "2021-11", "2021-12"]


async def test_who_holds_a_post_is_new_or_has_left(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    async with pool.acquire() as db:
        found = await posts.of_quarter(db, Scope(date(2022, 9, 30)), QUARTER)
        assert {post.beneficiary: (post.movement, post.months) for post in found} == {
            "person-kept": ("kept", 2),
            "person-new-again": ("new", 1),
            "person-again-unfiled": ("kept", 1),
            "person-vacated": ("vacated", 2),
        }
        early = await posts.of_quarter(db, Scope(date(2022, 6, 30)), QUARTER)
        assert early == [], "nothing was granted by then"
        there = await posts.of_quarter(db, Scope(date(2022, 9, 30), district="211202"), QUARTER)
        assert {post.beneficiary for post in there} == {"person-kept", "person-new-again"}


async def test_every_figure_of_the_report_leads_to_a_list_of_as_many(
    database: str,
) -> None:
    async with web_pages(database) as opened:
        pages = opened.http
        report = await csv_records(pages, "/posts?year=2022&quarter=3&csv=posts")
        total = report.pop()
        assert [row["实有"] for row in report] == ["2", "1"]
        assert (total["新安置"], total["腾退"], total["再次安置"]) == ("1", "1", "2")
        assert total["再次安置已备案"] == "1"
        for area, row in zip(("211202", "211221"), report, strict=True):
            for group, name in (
                ("held", "实有"),
                ("new", "新安置"),
                ("vacated", "腾退"),
                ("again", "再次安置"),
                ("filed", "再次安置已备案"),
            ):
                path = f"/posts?year=2022&quarter=3&group={group}&area={area}"
                assert len(await csv_records(pages, f"{path}&csv=post-list")) == int(row[name]), (
                    path
                )
                assert (await pages.get(path)).status_code == 200
        assert (await pages.get("/posts?quarter=5")).status_code == 422
        assert (await pages.get("/posts?group=guessed")).status_code == 422
